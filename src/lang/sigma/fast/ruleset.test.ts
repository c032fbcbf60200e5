/** The fast engine's own corners, and every difference from the plain evaluator that was ever found. */
import { describe, expect, it } from 'vitest';
import type { CompiledRule } from '../compile.ts';
import type { SigmaEvent } from '../logsource.ts';
import { buildRuleSet } from '../ruleset.ts';
import { compileText, ruleText, testMappings } from '../testing.ts';
import { buildFastRuleSet } from './ruleset.ts';

const windows = 'logsource:\n  product: windows\n  category: process_creation';
const sysmon = { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 1 };
const security = { Channel: 'Security', EventID: 4688 };

function compiled(text: string): CompiledRule {
  const rule = compileText(text);
  if (typeof rule === 'string') throw new Error(rule);
  return rule;
}

/** Positions of the rules that match, once the plain evaluator has said the same. */
function matching(texts: readonly string[], ...given: readonly SigmaEvent[]): readonly (readonly number[])[] {
  const rules = texts.map(compiled);
  const fast = buildFastRuleSet(rules, { mappings: testMappings });
  const plain = buildRuleSet(rules, testMappings);
  return given.map((event) => {
    const found = fast.match(event).map((rule) => rules.indexOf(rule));
    expect(found).toEqual(plain.match(event).map((rule) => rules.indexOf(rule)));
    expect(fast.covers(event)).toBe(plain.covers(event));
    expect(fast.logsource(event)).toEqual(plain.logsource(event));
    return found;
  });
}

const event = (fields: Record<string, unknown>, product = 'windows'): SigmaEvent => ({
  fields,
  logsource: { product },
});

describe('the fast rule set', () => {
  it('finds keywords in a field that has an index of its own', () => {
    const rules = [
      ruleText('words: ["lsadump::"]\ncondition: words', 'logsource:\n  product: windows'),
      ruleText('sel:\n  CommandLine|contains: other\ncondition: sel', windows),
    ];
    expect(matching(rules, event({ ...sysmon, CommandLine: 'mimikatz LSADUMP::sam' }))).toEqual([[0]]);
  });

  it('reads a field by its alias where the event has that, else by its own name', () => {
    const rules = [ruleText('sel:\n  Image|endswith: \\cmd.exe\ncondition: sel', windows)];
    const cmd = 'C:\\cmd.exe';
    expect(
      matching(
        rules,
        event({ ...security, NewProcessName: cmd }),
        event({ ...security, Image: cmd }),
        event({ ...security, Image: cmd, NewProcessName: 'x' }),
        event({ ...security, NewProcessName: null, Image: cmd }),
        event({ ...sysmon, NewProcessName: cmd }),
        event({ ...sysmon, Image: cmd }),
      ),
    ).toEqual([[0], [0], [], [], [], [0]]);
  });

  it('gives rules for one logsource and those for another in the order in which they came', () => {
    const rules = [
      ruleText('sel:\n  EventID: 1\ncondition: sel', 'logsource:\n  product: windows\n  service: sysmon'),
      ruleText('sel:\n  a: x\ncondition: sel', windows),
      ruleText('sel:\n  EventID: 1\ncondition: sel', 'logsource:\n  product: windows'),
      ruleText('sel:\n  a: x\ncondition: not sel', 'logsource:\n  category: process_creation'),
    ];
    expect(matching(rules, event({ ...sysmon, a: 'x' }), event({ ...sysmon, a: 'y' }))).toEqual([
      [0, 1, 2],
      [0, 2, 3],
    ]);
  });

  it('asks the rules for every service that a parser names', () => {
    const of = (service: string): string =>
      ruleText('sel:\n  a: x\ncondition: sel', `logsource:\n  product: linux\n  service: ${service}`);
    const from = (logsource: SigmaEvent['logsource']): SigmaEvent => ({ fields: { a: 'x' }, logsource });
    const sshd = { product: 'linux', service: 'sshd' };
    expect(
      matching(
        [of('sshd'), of('auth'), of('syslog')],
        from(sshd),
        from({ ...sshd, moreServices: ['Auth', 'syslog'] }),
        from({ ...sshd, moreServices: ['syslog'] }),
        from({ product: 'linux', moreServices: ['auth'] }),
      ),
    ).toEqual([[0], [0, 1, 2], [0, 2], [1]]);
  });

  it('asks a rule of nothing but negations about every event of its logsource, and about no other', () => {
    const rules = [ruleText('sel:\n  a: x\ncondition: not sel')];
    expect(matching(rules, event({}, 'test'), event({ a: 'X' }, 'test'), event({}, 'other'))).toEqual([
      [0],
      [],
      [],
    ]);
  });

  it('knows the kind of an event by values that were never seen before, however many there are', () => {
    const rules = [ruleText('sel:\n  a: x\ncondition: sel', windows)];
    const many = Array.from({ length: 3_000 }, (_, id) => event({ ...sysmon, EventID: `no ${id}`, a: 'x' }));
    const found = matching(rules, ...many, event({ ...sysmon, EventID: '1', a: 'x' }));
    expect(found.slice(0, -1).flat()).toEqual([]);
    expect(found.at(-1)).toEqual([0]);
  });

  it('reads names that every object inherits only where the event has them', () => {
    const rules = [
      ruleText('sel:\n  constructor|exists: true\ncondition: sel'),
      ruleText('sel:\n  __proto__|contains: x\ncondition: sel'),
    ];
    expect(
      matching(
        rules,
        event({}, 'test'),
        event(JSON.parse('{"constructor":1,"__proto__":"xy"}'), 'test'),
        event(JSON.parse('{"__proto__":{"constructor":1}}'), 'test'),
      ),
    ).toEqual([[], [0, 1], []]);
  });

  it('a field by a dotted name is found as it stands, nested, and in arrays', () => {
    const rules = [
      ruleText('sel:\n  a.b.c: x\ncondition: sel'),
      ruleText('sel:\n  a.b|exists: true\ncondition: sel'),
    ];
    expect(
      matching(
        rules,
        event({ 'a.b.c': 'x' }, 'test'),
        event({ 'a.b': { c: 'X' } }, 'test'),
        event({ a: { 'b.c': 'x' } }, 'test'),
        event({ a: [{ b: { c: 'y' } }, { b: [{ c: 'x' }] }] }, 'test'),
        event({ a: { b: null } }, 'test'),
      ),
    ).toEqual([[0], [0, 1], [0], [0, 1], [1]]);
  });

  it('an event with a thousand fields, and one nested deeper than the stack, are looked through', () => {
    const rules = [
      ruleText('words: [needle]\ncondition: words'),
      ruleText('sel:\n  f999: needle\ncondition: sel'),
    ];
    const wide = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, at) => [`f${at}`, at === 999 ? 'needle' : at]),
    );
    let deep: unknown = ['a needle'];
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(matching(rules, event(wide, 'test'), event({ f1: deep }, 'test'))).toEqual([[0, 1], [0]]);
  });

  it('a pattern that makes a backtracking engine run for ages has an answer', () => {
    const rules = [
      ruleText('sel:\n  a|re: (a+)+b\ncondition: sel'),
      ruleText('sel:\n  a|re: ^(a+)+$\ncondition: sel'),
    ];
    const long = 'a'.repeat(20_000);
    expect(matching(rules, event({ a: `${long}!` }, 'test'), event({ a: `${long}b` }, 'test'))).toEqual([
      [],
      [0],
    ]);
  });
});
