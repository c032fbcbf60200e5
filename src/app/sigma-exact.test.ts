/** Rules that columns decide, made at random, over rows that are made to be misread: SQL against the engine. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareRules, openRuleRows, type RuleRows } from '../../test/support/rule-rows.ts';
import type { CompiledRule } from '../lang/sigma/index.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import type { EventRow } from '../store/events.ts';
import { verbatimParsers } from './verbatim.ts';

let rows: RuleRows;
beforeAll(async () => {
  rows = await openRuleRows(parsers, verbatimParsers);
});
afterAll(() => rows?.close());

/** Few letters, so that values and patterns meet; and what escapes, folding and encodings make of text. */
const letters = [
  'a',
  'A',
  'b',
  'k',
  'K',
  '\u212a',
  's',
  '\u017f',
  '\\',
  '/',
  '-',
  '\u2013',
  '.',
  '%',
  '_',
  "'",
  '"',
];
const oddities = [
  '\n',
  '\t',
  '\u0000',
  '\u007f',
  ' ',
  '(',
  '[',
  '{',
  '+',
  '$',
  '\u00e9',
  '\ud83d\ude00',
  '\ud800',
  '\udfff',
];
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...letters) }, fc.constantFrom(...oddities)), {
    maxLength: 6,
  })
  .map((units) => units.join(''));
const value = fc.oneof(
  { weight: 8, arbitrary: text },
  fc.constantFrom<unknown>(
    '',
    '-',
    7,
    0,
    1e21,
    'a\\ud800',
    '\\N',
    '\\udab',
    'NULL',
    null,
    true,
    ['a', 'b'],
    [],
    {},
  ),
);

const fields = [
  'Image',
  'CommandLine',
  'ParentImage',
  'NewProcessName',
  'Computer',
  'Channel',
  'TargetFilename',
  'User',
];
const record = fc
  .record({
    EventID: fc.constantFrom<unknown>(1, '1', 4688, '4688', 11, 3, 8, 4624, 1102, '01'),
    Channel: fc.constantFrom(
      'Microsoft-Windows-Sysmon/Operational',
      'MICROSOFT-WINDOWS-SYSMON/OPERATIONAL',
      'Security',
      'security',
      'System',
      'Linux-Sysmon/Operational',
      'Microsoft-Windows-\u017fysmon/Operational',
    ),
    Provider_Name: fc.constantFrom('x', 'Microsoft-Windows-Sysmon', 'Linux-Sysmon'),
    more: fc.dictionary(
      fc.constantFrom(
        ...fields.filter((name) => name !== 'Channel'),
        'ParentProcessName',
        'SourceImage',
        'TargetImage',
        'ProcessId',
      ),
      value,
      { maxKeys: 7 },
    ),
  })
  .map(({ more, ...head }) => JSON.stringify({ ...head, ...more }));

const pattern = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(fc.oneof(text, fc.constantFrom('*', '?', '\\*', '\\\\')), { maxLength: 3 })
      .map((parts) => parts.join('')),
  },
  fc.constantFrom<unknown>('', '*', 7, null, true),
);
const modifiers = fc.constantFrom(
  '',
  '',
  '',
  '|contains',
  '|contains',
  '|startswith',
  '|endswith',
  '|endswith',
  '|cased',
  '|contains|cased',
  '|neq',
  '|contains|all',
  '|contains|windash',
  '|endswith|neq',
  '|exists',
  '|re',
  '|base64offset|contains',
);
const item = fc
  .record({
    field: fc.constantFrom(...fields, 'EventID', 'Image', 'CommandLine', 'SourceImage'),
    modifier: modifiers,
    values: fc.array(pattern, { minLength: 1, maxLength: 3 }),
    code: fc.constantFrom<unknown>(1, '4688', 11),
  })
  .map(({ field, modifier, values, code }): Readonly<Record<string, unknown>> => {
    if (field === 'EventID') return { EventID: code };
    if (modifier === '|exists') return { [`${field}|exists`]: values.length > 1 };
    if (modifier === '|contains|all') return { [`${field}${modifier}`]: [...values, 'a'] };
    return {
      [`${field}${modifier}`]: values.length === 1 ? values[0] : values.filter((one) => one !== null),
    };
  });
const selection = fc.oneof(
  fc.array(item, { minLength: 1, maxLength: 2 }).map((items) => Object.assign({}, ...items) as object),
  fc.array(item, { minLength: 2, maxLength: 2 }),
);
const condition = fc.constantFrom(
  'a',
  'a and not b',
  'a or b',
  'not (a and b)',
  'a and not (b or c)',
  'not a and not b',
  'not not a',
  '(a or not b) and c',
  'not 1 of *',
  'a and not (b and not c)',
);
const logsource = fc.constantFrom(
  { product: 'windows', category: 'process_creation' },
  { product: 'windows', category: 'process_creation' },
  { category: 'process_creation' },
  { product: 'windows', service: 'security' },
  { service: 'sysmon' },
  { product: 'linux', category: 'process_creation' },
  { product: 'windows' },
  { product: 'windows', category: 'file_event' },
);
/** YAML is a superset of JSON, but for escapes of surrogates that stand alone. */
const rule = fc
  .record({ a: selection, b: selection, c: selection, condition, logsource })
  .map(({ logsource: source, condition: asked, a, b, c }) =>
    JSON.stringify({
      title: JSON.stringify({ asked, a, b, c, source }).slice(0, 300),
      logsource: source,
      detection: { a, b, c, condition: asked },
    }),
  );

/** Rows that say less than they seem to: of another version, parser or encoding, or with columns of their own. */
function misleading(row: EventRow, idx: number): EventRow {
  const lie = { process: 'a', command_line: 'ab', parent_process: 'b', host: 'a', file: 'a' };
  switch (idx % 5) {
    case 0:
      return { ...row, ...lie, parser_version: row.parser_version - 1 };
    case 1:
      return { ...row, ...lie, parser: 'gone' };
    case 2:
      return { ...row, ...lie, parser: '', parser_version: 0, raw_encoding: 'latin1' };
    case 3:
      return { ...row, process: '', command_line: '', parent_process: '', host: '', file: '' };
    default:
      return row;
  }
}

/** As many as are asked for, the same ones each time. */
function sampled<T>(arbitrary: fc.Arbitrary<T>, numRuns: number, seed: number): readonly T[] {
  return fc.sample(arbitrary, { numRuns, seed });
}

describe('rules that columns decide', { timeout: 300_000 }, () => {
  const rulesOf = (seed: number): CompiledRule[] =>
    sampled(rule, 150, seed).flatMap((one) => rows.compiled(one));

  it.each([1, 2])('are decided as the engine decides them (%i)', async (seed) => {
    const rules = rulesOf(seed);
    expect(rules.length).toBeGreaterThan(75);
    const { faults, matched, certain } = await compareRules(rows, rules, sampled(record, 300, seed));
    expect(faults).toEqual([]);
    expect(matched).toBeGreaterThan(rules.length / 2);
    // So many that what is said of them says something.
    expect(certain).toBeGreaterThan(50);
  });

  it('are not decided by rows that say less than they seem to', async () => {
    const { faults, certain, matches } = await compareRules(rows, rulesOf(3), sampled(record, 300, 3), {
      change: misleading,
    });
    expect(faults).toEqual([]);
    expect(certain).toBeGreaterThan(0);
    expect(certain).toBeLessThan(matches / 2);
  });
});
