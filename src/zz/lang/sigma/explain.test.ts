import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainedRows, explainRule } from './explain.ts';
import { compileRule, parseSigma } from './index.ts';
import { ruleText, testMappings } from './testing.ts';

function explain(detection: string, fields: Readonly<Record<string, unknown>>, product = 'test') {
  const [rule] = parseSigma(ruleText(detection), 'x.yml').documents;
  if (rule === undefined) throw new Error('the rule is refused');
  const event = { fields, logsource: { product } };
  const result = explainRule(rule, event, { mappings: testMappings });
  const compiled = compileRule(rule, { mappings: testMappings });
  if (!result.ok || !compiled.ok) throw new Error('the rule does not compile');
  return { explanation: result.value, matches: compiled.value.matches(event) };
}

/** `+ kind text = found`, indented. */
const lines = (detection: string, fields: Readonly<Record<string, unknown>>): readonly string[] =>
  explainedRows(explain(detection, fields).explanation.condition).map(
    ({ depth, outcome, kind, text, found }) =>
      `${' '.repeat(depth)}${outcome ? '+' : '-'} ${kind} ${text}${found === null ? '' : ` = ${found.join(', ')}`}`,
  );

const detection = `sel:
  Image|endswith: [\\a.exe, \\b.exe]
  CommandLine|contains|all: [x, y]
  Gone: z
filter_1: {User: jo}
keys: [word]
condition: (sel or keys) and not 1 of filter_*`;

describe('explainRule', () => {
  it('shows every part of the condition with its outcome, and what the event has', () => {
    expect(lines(detection, { Image: 'C:\\b.exe', CommandLine: 'just X', User: 'al' })).toEqual([
      '- and ',
      ' - or ',
      '  - selection sel',
      '   - and ',
      '    + item Image|endswith = C:\\b.exe',
      '     - value \\a.exe',
      '     + value \\b.exe = C:\\b.exe',
      '    - item CommandLine|contains|all = just X',
      '     + value x = just X',
      '     - value y',
      '    - item Gone',
      '     - value z',
      '  - selection keys',
      '   - item ',
      '    - value word',
      ' + not ',
      '  - selection filter_1',
      '   - item User = al',
      '    - value jo',
    ]);
  });

  it('says which logsource the event has when it is another than the rule asks for', () => {
    const { explanation } = explain('sel: {a: b}\ncondition: sel', { a: 'b' }, 'other');
    expect(explanation).toMatchObject({
      matches: false,
      logsource: { outcome: false, wanted: { product: 'test' }, event: { product: 'other' } },
      condition: { outcome: true },
    });
  });

  it.each([
    {
      why: 'neq',
      text: 'a|neq: [x, y]',
      fields: { a: 'x' },
      rows: ['- item a|neq = x', ' - value x', ' + value y = x'],
    },
    { why: 'null', text: 'a: null', fields: {}, rows: ['+ item a', ' + value null = '] },
    { why: 'an object', text: 'a: x', fields: { a: { b: 1 } }, rows: ['- item a = {…}', ' - value x'] },
  ])('shows $why as the engine sees it', ({ text, fields, rows }) => {
    expect(
      lines(`sel: {${text.replace(': ', ': ')}}\ncondition: sel`, fields)
        .map((line) => line.slice(1))
        .slice(1),
    ).toEqual(rows);
  });

  it('never says another thing than the engine', () => {
    const words = fc.constantFrom('a', 'ab', 'b', 'A*', '?b', '');
    fc.assert(
      fc.property(
        fc.array(words, { minLength: 2, maxLength: 3 }),
        fc.constantFrom('', '|contains', '|contains|all', '|neq', '|endswith'),
        fc.constantFrom('s1 and s2', 's1 or not s2', 'not (s1 and s2)', '1 of s*', 'all of them'),
        fc.record(
          { x: fc.constantFrom('a', 'AB', 'b', null), y: fc.constantFrom('ab', '', 'c') },
          { requiredKeys: [] },
        ),
        (values, modifier, condition, fields) => {
          const text = `s1:\n  x${modifier}: ${JSON.stringify(values)}\ns2:\n  - y: ${JSON.stringify(values[0])}\n  - x: b\ncondition: ${condition}`;
          const { explanation, matches } = explain(text, fields);
          expect(explanation.matches).toBe(matches);
        },
      ),
      { numRuns: 300 },
    );
  });
});
