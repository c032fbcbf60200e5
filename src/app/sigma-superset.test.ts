/** Rules in SQL against the stream engine: the rows that a rule's condition leaves out are rows it does not match. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsFor } from '../../test/support/rule-events.ts';
import { sharedPath } from '../../test/support/shared.ts';
import { hashId } from '../base/ids.ts';
import { readRuleFiles } from '../features/detection/pack.ts';
import {
  buildRuleSet,
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  parseMappings,
  parseSigma,
  renderSql,
  type SigmaEvent,
  sqlCondition,
} from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import { type ContextId, type EventId, mainTenant, type SourceId } from '../model/ids.ts';
import { createEvaluator } from '../pipeline/evaluate.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { processBatch } from '../pipeline/process.ts';
import type { Parser } from '../plugins/define.ts';
import { parsers as ownParsers } from '../plugins/parsers/index.generated.ts';
import { chdbClient } from '../store/chdb/client.ts';
import { openChdbEventStore } from '../store/chdb/events.ts';
import type { EngineClient } from '../store/clickhouse/engine.ts';
import type { EventStore } from '../store/events.ts';
import { paths } from './paths.ts';
import { verbatimParsers } from './verbatim.ts';

/** Takes any record that says what it is, so that rules for other products have events too. */
const madeUp: Parser = {
  name: 'made-up',
  version: 1,
  summary: 'for this test',
  reads: 'json',
  accepts: (json) => Object.hasOwn(json, 'madeUp'),
  parse: ({ madeUp: of }) => ({
    kind: 'event',
    time: null,
    native: (of as SigmaEvent).fields,
    logsource: (of as SigmaEvent).logsource,
    ocsf: {} as never,
  }),
};
const parsers = [madeUp, ...ownParsers];
const verbatim = [...verbatimParsers, { name: 'made-up', computed: {}, escapes: [] }];
const context: RecordContext = {
  id: 'c'.repeat(32) as ContextId,
  tenant: mainTenant,
  source: 'test' as SourceId,
  decoder: 'json',
  transport: 'file',
};

let directory: string;
let events: EventStore;
let probe: EngineClient;
let mappings: LogsourceMappings;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wf-superset-'));
  events = await openChdbEventStore({ directory, fsync: false });
  await events.migrate();
  probe = chdbClient(directory, 1);
  mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
});
afterAll(async () => {
  await probe?.close();
  await events?.close();
  await rm(directory, { recursive: true, force: true });
});

let seq = 0;
/** Stores records as the pipeline does; answers the sequence they have. */
async function store(lines: readonly string[]): Promise<number> {
  seq += 1;
  const encoded = lines.map((line) => Buffer.from(line));
  const offsets = new Uint32Array(lines.length * 2);
  let at = 0;
  for (const [i, bytes] of encoded.entries()) {
    offsets[2 * i] = at;
    at += bytes.length;
    offsets[2 * i + 1] = at;
  }
  const { rows, stored } = processBatch(
    {
      seq,
      context,
      receivedAt: Date.UTC(2026, 10, 24),
      buffer: Buffer.concat(encoded),
      offsets,
      ids: lines.map((_, i) => hashId(String(seq), String(i)) as EventId),
      flaws: new Map(),
      skip: new Set(),
    },
    { parsers, evaluator: createEvaluator([], mappings), range: { earliest: 0, futureLimitMs: 86_400_000 } },
    { rows: true },
  );
  expect(stored).toBe(lines.length);
  await events.append([{ seq, rows, count: stored }]);
  return seq;
}

function eventOf(line: string): SigmaEvent | null {
  const outcome = parseRecord(line, context, parsers);
  return outcome.kind === 'event'
    ? { fields: outcome.event.native, logsource: outcome.event.logsource }
    : null;
}

function compiledOf(text: string): CompiledRule[] {
  return parseSigma(text, 'x.yml').documents.flatMap((rule) => {
    const result = compileRule(rule, { mappings });
    return result.ok ? [result.value] : [];
  });
}

/** Rules asked of the engine in one statement. */
const atOnce = 40;

/** Indexes of the rows, among those given, that the condition of each rule lets through. */
async function candidates(
  rules: readonly CompiledRule[],
  of: number,
  among: readonly number[],
): Promise<readonly ReadonlySet<number>[]> {
  const params: Record<string, readonly string[] | readonly number[]> = { among };
  const columns = rules.map(({ rule }, n) => {
    const condition = sqlCondition(rule, { mappings, verbatim });
    if (!condition.ok) throw new Error(condition.error.reason);
    const letters = Array.from(String(n), (digit) => 'abcdefghij'.charAt(Number(digit))).join('');
    const text = renderSql(condition.value, `rule${letters}x`);
    Object.assign(params, text.params);
    return `toUInt8(${text.where}) AS r${n}`;
  });
  const found = rules.map(() => new Set<number>());
  const sql = `SELECT idx, ${columns.join(', ')} FROM watchfloor.events WHERE seq = ${of} AND idx IN {among:Array(UInt32)}`;
  for await (const text of probe.ndjson(sql, params)) {
    for (const line of text.split('\n').filter((one) => one !== '')) {
      const row = JSON.parse(line) as Record<string, number>;
      for (const [n, set] of found.entries()) if (row[`r${n}`] === 1) set.add(row['idx'] ?? -1);
    }
  }
  return found;
}

interface Outcome {
  readonly missed: readonly string[];
  /** Rules that matched something, and share of all pairs of rule and row that are candidates. */
  readonly matched: number;
  readonly share: number;
}

async function compare(
  rules: readonly CompiledRule[],
  lines: readonly string[],
  rows: 'all' | 'matching',
): Promise<Outcome> {
  const of = await store(lines);
  const set = buildRuleSet(rules, mappings);
  const matches = new Map<CompiledRule, number[]>();
  for (const [idx, line] of lines.entries()) {
    const event = eventOf(line);
    for (const one of event === null ? [] : set.match(event))
      matches.set(one, [...(matches.get(one) ?? []), idx]);
  }
  const missed: string[] = [];
  let passed = 0;
  for (let at = 0; at < rules.length; at += atOnce) {
    const part = rules.slice(at, at + atOnce);
    const among = rows === 'all' ? [...lines.keys()] : part.flatMap((one) => matches.get(one) ?? []);
    const found = await candidates(part, of, [...new Set(among)]);
    for (const [n, compiled] of part.entries()) {
      passed += found[n]?.size ?? 0;
      for (const idx of matches.get(compiled) ?? []) {
        if (found[n]?.has(idx) !== true) missed.push(`${compiled.rule.title}: ${lines[idx]?.slice(0, 300)}`);
      }
    }
  }
  return { missed, matched: matches.size, share: passed / (rules.length * lines.length) };
}

/** JSON with escapes that no writer has to use: of every third character, of slashes, of all but ASCII. */
function escaped(value: unknown, every = 3): string {
  let n = 0;
  return JSON.stringify(value, (_key, inner: unknown) => inner).replace(/\\.|[^\\]/gsu, (unit) => {
    n += 1;
    if (unit === '/') return '\\/';
    const plain = /^[a-z ]$/i.test(unit) || unit.codePointAt(0)! > 0x7f;
    if (!plain || (n % every !== 0 && unit.codePointAt(0)! <= 0x7f)) return unit;
    return Array.from(
      { length: unit.length },
      (_, i) => `\\u${unit.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join('');
  });
}

const rule = (detection: string, head = 'product: windows\n  category: process_creation'): string =>
  `title: ${JSON.stringify(detection.slice(0, 60))}\nlogsource:\n  ${head}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`;
const sysmon = (more: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  EventID: 1,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Provider_Name: 'Microsoft-Windows-Sysmon',
  ...more,
});

describe('a rule in SQL', { timeout: 600_000 }, () => {
  it('misses nothing where values are written with escapes, in other letters, or as numbers', async () => {
    const detections = [
      `s: {Image|endswith: '\\PowerShell.exe'}\ncondition: s`,
      `s: {CommandLine|contains|all: ['task', 'C:\\Users\\', '"quoted"']}\ncondition: s`,
      `s: {CommandLine|contains: 'Kerberos sekurlsa'}\ncondition: s`,
      `s: {CommandLine|contains: 'größe'}\ncondition: s`,
      `s: {CommandLine: 'a?c*end'}\ncondition: s`,
      `s: {CommandLine|contains: '100'}\ncondition: s`,
      `s: {CommandLine|contains: '/etc/passwd'}\ncondition: s`,
      `s: {CommandLine|windash|contains: ' -enc '}\ncondition: s`,
      `s: {CommandLine|base64offset|contains: 'http://evil'}\ncondition: s`,
      `s: {CommandLine|re: 'a+b'}\ncondition: s`,
      `s: {EventID: 1}\ncondition: s`,
      `s: {EventID: '1'}\nf: {Image: x}\ncondition: s and not f`,
      `k: ['sekurlsa']\ncondition: k`,
      `s: {Keywords: '0x8000000000000000'}\ncondition: s`,
      `s: {Gone: null}\ncondition: s`,
      `s: {Image|exists: true}\ncondition: s`,
      `s: {Image|neq: x}\ncondition: s`,
      `s: {Image: '*'}\ncondition: s`,
    ];
    const rules = [
      ...detections.map((text) => rule(text)),
      rule('s: {EventID: 17}\ncondition: s', 'product: windows\n  service: sysmon'),
      rule('s: {EventType: CreatePipe}\ncondition: s', 'product: WINDOWS'),
      rule('k: [createpipe]\ncondition: k', 'service: Sysmon'),
    ].flatMap(compiledOf);
    const values = [
      'C:\\Windows\\POWERSHELL.EXE',
      'powershell.exe',
      'TASK C:\\USERS\\x "Quoted"',
      'ker\u0062eros \u212aerberos \u017fekurlsa',
      '\u212aERBERO\u017f SEKURLSA',
      'GRÖSSE größe GRÖßE',
      'abc and the END',
      'cat /etc/passwd',
      'powershell \u2013ENC x',
      Buffer.from('see http://evil.example').toString('base64'),
      'xaab',
      100,
      1e21,
      true,
      null,
      ['one', 'sekurlsa'],
      { deep: ['SEKURLSA'] },
    ];
    const records = values.flatMap((value) => [sysmon({ CommandLine: value }), sysmon({ Image: value })]);
    const lines = [
      ...records.flatMap((record) => [JSON.stringify(record), escaped(record), escaped(record, 1)]),
      '{"EventID":"1","Channel":"MICROSOFT-Windows-Sysmon/Operational","Provider_Name":"x","CommandLine":1e2}',
      '{"EventID":1.0,"Channel":"Microsoft-Windows-Sysmon\\/Operational","Provider_Name":"x","CommandLine":100.00}',
      `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"x","EventData":${JSON.stringify(escaped({ CommandLine: 'cat /etc/passwd sekurlsa' }, 1))}}`,
      '{"EventID":17,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"Microsoft-Windows-Sysmon","SourceModuleType":"im","EventType":"INFO"}',
      '{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"x","Keywords":-9223372036854775808}',
      'no json',
    ];
    const { missed, matched } = await compare(rules, lines, 'matching');
    expect(missed).toEqual([]);
    expect(matched).toBe(rules.length);
  });

  it('misses nothing of what the shipped rules match, and leaves out most of the rest', async () => {
    const { files } = await readRuleFiles(paths.starterRules);
    const rules = files
      .filter(({ path }) => !path.endsWith('.evidence.yml'))
      .flatMap(({ content }) => compiledOf(content));
    const lines = rules.flatMap((one) =>
      eventsFor(one.rule, mappings).map(({ fields }) => JSON.stringify({ Provider_Name: 'x', ...fields })),
    );
    const { missed, share } = await compare(rules, lines, 'all');
    expect(missed).toEqual([]);
    expect(share).toBeLessThan(0.5);
  });

  const sigma = sharedPath('sigma');
  if (sigma === null)
    process.stderr.write('skipped: every public rule in SQL (the collection is not there)\n');
  it.skipIf(sigma === null)('misses nothing of what any public rule matches', async () => {
    const { files } = await readRuleFiles(`${sigma}/sigmahq-rules.tar.gz`);
    const rules = files
      .filter(({ path }) => /^rules(?:-[a-z-]+)?\//.test(path))
      .flatMap(({ content }) => compiledOf(content));
    expect(rules.length).toBeGreaterThan(3_000);
    const made = rules.flatMap((one, n) =>
      eventsFor(one.rule, mappings)
        .slice(0, 2)
        .map(({ fields, logsource }) => {
          const record =
            logsource.product === 'windows'
              ? { Provider_Name: 'x', ...fields }
              : { madeUp: { fields, logsource } };
          return n % 2 === 0 ? JSON.stringify(record) : escaped(record, 5);
        }),
    );
    const recorded = gunzipSync(await readFile(`${sigma}/perf-50k.ndjson.gz`))
      .toString('utf8')
      .split('\n');
    const sample = recorded.filter((line, n) => line !== '' && n % 50 === 0);
    const { missed, matched } = await compare(rules, [...made, ...sample], 'matching');
    expect(missed).toEqual([]);
    expect(matched).toBeGreaterThan(rules.length * 0.8);
  });
});
