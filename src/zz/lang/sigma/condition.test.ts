/** Conditions: precedence, quantifiers, patterns, and what of Sigma 1 is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileText, ruleText } from './testing.ts';

/** Selections named so; each is true when the event's field of that name is 1. */
function tryCondition(condition: string, names: readonly string[], on: readonly string[]): boolean | string {
  const selections = names.map((name) => `${name}:\n  '${name}': 1`).join('\n');
  const rule = compileText(ruleText(`${selections}\ncondition: ${condition}`));
  if (typeof rule === 'string') return rule;
  return rule.matches({
    fields: Object.fromEntries(on.map((name) => [name, 1])),
    logsource: { product: 'test' },
  });
}

describe('conditions', () => {
  it.each([
    ['and binds closer than or', 'a or b and c', ['a'], true],
    ['and binds closer than or, from the left', 'a and b or c', ['c'], true],
    ['not binds closer than and', 'not a and b', [], false],
    ['not of a parenthesis', 'not (a or b)', ['b'], false],
    ['parentheses bind most', '(a or b) and c', ['a'], false],
    ['not not', 'not not a', ['a'], true],
    ['1 of a pattern', '1 of sel*', ['sel_2'], true],
    ['1 of a pattern: none', '1 of sel*', ['a'], false],
    ['all of a pattern', 'all of sel*', ['sel_1'], false],
    ['all of a pattern: all', 'all of sel*', ['sel_1', 'sel_2'], true],
    ['a star in the middle', '1 of s*_2', ['sel_2'], true],
    ['a star in front', '1 of *_2', ['sel_2'], true],
    ['a pattern without a star is a name', '1 of a', ['a'], true],
    ['not 1 of', 'a and not 1 of sel*', ['a', 'sel_1'], false],
    ['x of binds closer than not', 'not all of sel*', ['sel_1'], true],
    ['1 of them', '1 of them', ['c'], true],
    ['them leaves names with _ out', '1 of them', ['_x'], false],
    ['all of them leaves names with _ out', 'all of them', ['a', 'b', 'c', 'sel_1', 'sel_2', 'f.x-1'], true],
    ['a pattern leaves names with _ out', '1 of *', ['_x'], false],
    ['a pattern that begins with _ names them', '1 of _*', ['_x'], true],
    ['a name with _ can be named', '_x', ['_x'], true],
    ['names with other characters', 'a and f.x-1', ['a', 'f.x-1'], true],
    ['operators in capitals', 'a AND NOT b', ['a'], true],
  ] as const)('%s', (_why, condition, on, want) => {
    expect(tryCondition(condition, ['a', 'b', 'c', 'sel_1', 'sel_2', '_x', 'f.x-1'], on)).toBe(want);
  });

  it('a list of conditions is "or"', () => {
    expect(tryCondition('\n  - a\n  - b', ['a', 'b'], ['b'])).toBe(true);
  });

  it.each([
    ['an unknown selection', 'a and nothing', 'the selection nothing does not exist'],
    ['a pattern that fits nothing', '1 of x*', 'fits no selection'],
    ['any of', 'any of sel*', 'not part of the specification'],
    ['2 of', '2 of sel*', 'not part of the specification'],
    ['an aggregation', 'a | count() > 5', 'aggregations after a pipe'],
    ['an aggregation without blanks', 'a|count() > 5', 'aggregations after a pipe'],
    ['near', 'a near b', 'near belongs to Sigma 1'],
    ['two selections without an operator', 'a b', 'b is not expected here'],
    ['an open parenthesis', '(a', 'has no )'],
    ['a closed one', 'a)', ') is not expected here'],
    ['an operator at the end', 'a and', 'ends too early'],
    ['nothing', "''", 'ends too early'],
    ['nesting that would overflow the stack', `${'('.repeat(9000)}a`, 'nested too deep'],
  ])('%s is refused', (_why, condition, reason) => {
    expect(tryCondition(condition, ['a', 'b', 'sel_1'], [])).toContain(reason);
  });

  it('a text without parentheses means what the fully parenthesised one means, whatever the operators', () => {
    type Tree = { text: string; full: string; value: (on: ReadonlySet<string>) => boolean };
    const names = ['a', 'b', 'c'];
    const leaf = fc.tuple(fc.constantFrom(...names), fc.boolean()).map(
      ([name, negated]): Tree => ({
        text: negated ? `not ${name}` : name,
        full: negated ? `(not (${name}))` : `(${name})`,
        value: (on) => on.has(name) !== negated,
      }),
    );
    const joined = (operator: 'and' | 'or', item: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
      fc.array(item, { minLength: 1, maxLength: 4 }).map((items) => ({
        text: items.map(({ text }) => text).join(` ${operator} `),
        full: `(${items.map(({ full }) => full).join(` ${operator} `)})`,
        value: (on) =>
          operator === 'and' ? items.every(({ value }) => value(on)) : items.some(({ value }) => value(on)),
      }));
    fc.assert(
      fc.property(joined('or', joined('and', leaf)), fc.subarray(names), (tree, on) => {
        const want = tree.value(new Set(on));
        expect(tryCondition(tree.text, names, on)).toBe(want);
        expect(tryCondition(tree.full, names, on)).toBe(want);
      }),
      { numRuns: 150 },
    );
  });
});
