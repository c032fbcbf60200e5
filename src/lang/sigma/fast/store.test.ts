/** Programs that are kept: found again by what they are made of, and by nothing else. */
import { describe, expect, it } from 'vitest';
import type { CompiledRule } from '../compile.ts';
import { fingerprintOf } from '../fingerprint.ts';
import {
  applyFilters,
  type LogsourceMappings,
  type Placeholders,
  parseMappings,
  parseSigma,
} from '../index.ts';
import { compileText, ruleText, testMappings } from '../testing.ts';
import { buildFastRuleSet } from './ruleset.ts';
import { packTables, unpackTables } from './tables.ts';
import { compileAll, hollowRule, memoryStore } from './testing.ts';

const windows = 'logsource:\n  product: windows\n  category: process_creation';
const cmd = ruleText('sel:\n  Image|endswith: \\cmd.exe\ncondition: sel', windows);
const whoami = ruleText('sel:\n  CommandLine|contains: whoami\ncondition: sel', windows);
const sysmon = {
  fields: { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 1, Image: 'C:\\cmd.exe' },
  logsource: { product: 'windows' },
};

function compiled(text: string, placeholders: Placeholders = {}): CompiledRule {
  const rule = compileText(text, placeholders);
  if (typeof rule === 'string') throw new Error(rule);
  return rule;
}

interface Given {
  readonly rules?: readonly CompiledRule[];
  readonly mappings?: LogsourceMappings;
  readonly placeholders?: Placeholders;
}

/** Whether the program for the event is another one than that of the rules `cmd` and `whoami`. */
function isAnother({ rules = [cmd, whoami].map((text) => compiled(text)), ...options }: Given): boolean {
  const programs = memoryStore();
  const ask = (own: readonly CompiledRule[], more: Omit<Given, 'rules'>): void => {
    buildFastRuleSet(own, { mappings: testMappings, programs, ...more }).match(sysmon);
  };
  ask(
    [cmd, whoami].map((text) => compiled(text)),
    {},
  );
  ask(rules, options);
  return programs.kept.size === 2;
}

describe('a kept program', () => {
  it('is used again without a look at any rule', () => {
    const programs = memoryStore();
    const rules = [compiled(cmd)];
    const first = buildFastRuleSet(rules, { mappings: testMappings, programs });
    expect(first.match(sysmon)).toEqual(rules);
    const hollow = rules.map(hollowRule);
    const second = buildFastRuleSet(hollow, { mappings: testMappings, programs });
    expect(second.match(sysmon)).toEqual(hollow);
  });

  it('is the same whatever its rules say of themselves', () => {
    const renamed = cmd
      .replace('a rule', 'another name')
      .replace('logsource', 'level: high\ndate: 2026-11-26\nlogsource');
    expect(isAnother({ rules: [renamed, whoami].map((text) => compiled(text)) })).toBe(false);
  });

  it.each([
    ['a value', [cmd.replace('cmd', 'cmD2'), whoami]],
    ['a modifier', [cmd.replace('endswith', 'contains'), whoami]],
    ['a field', [cmd.replace('Image', 'OriginalFileName'), whoami]],
    ['a condition', [cmd.replace('condition: sel', 'condition: not sel'), whoami]],
    ['the number of rules', [cmd]],
    ['the order of rules', [whoami, cmd]],
  ])('is another one when the rules differ in %s', (_, texts) => {
    expect(isAnother({ rules: texts.map((text) => compiled(text)) })).toBe(true);
  });

  it('tells what looks alike in the text of a rule apart', () => {
    const values = ['1', '"1"', '1.0', 'true', '"true"', 'null', '"null"', '""'];
    const rules = values.map((value) => compiled(ruleText(`sel:\n  a: ${value}\ncondition: sel`)).rule);
    const lists = ['sel:\n  - a: x\n  - b: y', 'sel:\n  a: x\n  b: y', 'sel:\n  - a\n  - x'];
    rules.push(...lists.map((selection) => compiled(ruleText(`${selection}\ncondition: sel`)).rule));
    expect(new Set(rules.map(fingerprintOf)).size).toBe(rules.length);
  });

  it('is another one when a filter is in a rule, and for each reading of the filter', () => {
    const [rule] = parseSigma(cmd, 'a.yml').documents;
    const filter = `title: f\nlogsource: {product: windows, category: process_creation}\nfilter:\n  rules: any\n  sel: {User: x}\n  condition: sel\n`;
    const { filters } = parseSigma(filter, 'f.yml');
    if (rule === undefined) throw new Error('no rule was read');
    const programs = memoryStore();
    for (const document of [
      rule,
      applyFilters(rule, filters, 'require'),
      applyFilters(rule, filters, 'exclude'),
    ]) {
      const own = { ...compiled(cmd), rule: document };
      buildFastRuleSet([own], { mappings: testMappings, programs }).match(sysmon);
    }
    expect(programs.kept.size).toBe(3);
  });

  it('is another one when the mapping calls a field otherwise, and the same when it routes otherwise', () => {
    const mapping = (row: string): LogsourceMappings =>
      parseMappings(
        `version: 1\nproduct: windows\nchannelField: Channel\nservices:\n  sysmon: [Microsoft-Windows-Sysmon/Operational]\ncategories:\n  process_creation:\n    - ${row}\n`,
      );
    expect(
      isAnother({
        mappings: mapping('{ service: sysmon, where: { EventID: 1 }, aliases: { Image: ProcessName } }'),
      }),
    ).toBe(true);
    expect(isAnother({ mappings: mapping('{ service: sysmon, where: { EventID: [1, 2] } }') })).toBe(false);
  });

  it('is another one when a placeholder stands for other values', () => {
    const programs = memoryStore();
    const text = ruleText('sel:\n  Image|endswith|expand: "%list%"\ncondition: sel', windows);
    const matches = ['\\cmd.exe', '\\other.exe'].map((value) => {
      const placeholders = { list: [value] };
      const set = buildFastRuleSet([compiled(text, placeholders)], {
        mappings: testMappings,
        placeholders,
        programs,
      });
      return set.match(sysmon).length;
    });
    expect(matches).toEqual([1, 0]);
  });

  it('is one where logsources have the same rules and names', () => {
    const rule = ruleText('sel:\n  a: x\ncondition: sel', 'logsource:\n  product: windows');
    const programs = memoryStore();
    const set = buildFastRuleSet([compiled(rule)], { mappings: testMappings, programs });
    const of = (Channel: string) => ({ fields: { Channel, a: 'x' }, logsource: { product: 'windows' } });
    expect(
      ['Security', 'Microsoft-Windows-Sysmon/Operational', 'other'].map((one) => set.match(of(one)).length),
    ).toEqual([1, 1, 1]);
    expect(programs.kept.size).toBe(1);
  });

  it('when one rule changes, only the programs with that rule are built', () => {
    const other = ruleText(
      'sel:\n  EventID: 4624\ncondition: sel',
      'logsource:\n  product: windows\n  service: security',
    );
    const logon = { fields: { Channel: 'Security', EventID: 4624 }, logsource: { product: 'windows' } };
    const programs = memoryStore();
    const load = (texts: readonly string[]) => {
      const rules = texts.map((text) => compiled(text));
      const set = buildFastRuleSet(rules, { mappings: testMappings, programs });
      return [sysmon, logon].map((event) => set.match(event).map((rule) => rules.indexOf(rule)));
    };
    expect(load([cmd, other])).toEqual([[0], [1]]);
    expect(programs.kept.size).toBe(2);
    expect(load([cmd.replace('endswith', 'startswith'), other])).toEqual([[], [1]]);
    expect(programs.kept.size).toBe(3);
  });

  it('holds numbers that JSON has no word for', () => {
    const programs = memoryStore();
    const rules = compileAll(
      ['1e999', '-1e999', '-0', '0x1F', '9007199254740993'].map((number) =>
        ruleText(`sel:\n  a: ${number}\ncondition: sel`),
      ),
    );
    const given = [Number.POSITIVE_INFINITY, '-1e999', 0, '-0', 31, '9007199254740993', 9007199254740992];
    const answers = [rules, rules.map(hollowRule)].map((own) => {
      const set = buildFastRuleSet(own, { mappings: testMappings, programs });
      return given.map((a) =>
        set.match({ fields: { a }, logsource: { product: 'test' } }).map((one) => own.indexOf(one)),
      );
    });
    expect(rules).toHaveLength(5);
    expect(answers[0]).toEqual(
      given.map((a) =>
        rules.flatMap((rule, at) =>
          rule.matches({ fields: { a }, logsource: { product: 'test' } }) ? [at] : [],
        ),
      ),
    );
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe('packed tables', () => {
  it('come back as they were, wherever the bytes lie', () => {
    const value = {
      name: 'é \ud800 "',
      list: [1, null, true, { deep: Uint16Array.of(1, 0xffff) }],
      signed: Int32Array.of(-1, 0x7fffffff),
      none: new Int32Array(0),
      bytes: Uint8Array.of(1, 2, 255),
      numbers: Float64Array.of(Number.NaN, -0, Number.POSITIVE_INFINITY, 0.1),
    };
    const bytes = packTables(value);
    expect(unpackTables(bytes)).toEqual(value);
    for (const shift of [1, 4, 8]) {
      const moved = new Uint8Array(bytes.byteLength + shift);
      moved.set(bytes, shift);
      expect(unpackTables(moved.subarray(shift))).toEqual(value);
    }
  });

  it('are read where they lie, without a copy', () => {
    const bytes = packTables({ table: Int32Array.of(1, 2, 3) });
    const { table } = unpackTables(bytes) as { readonly table: Int32Array };
    expect(table.buffer).toBe(bytes.buffer);
  });
});
