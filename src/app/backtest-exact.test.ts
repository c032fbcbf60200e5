/** Reports of backtests that count in the store against counting by the engine alone, over every stored row. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStores, startAt, type TestStores, tenant } from '../../test/support/pipeline.ts';
import { eventsFor } from '../../test/support/rule-events.ts';
import { rowBatch } from '../../test/support/rule-rows.ts';
import { repoRoot } from '../../test/support/service.ts';
import { sharedPath } from '../../test/support/shared.ts';
import type { BacktestReport } from '../api/routes/services.ts';
import { fakeClock } from '../base/clock.ts';
import { createRules } from '../features/detection/index.ts';
import { readRuleFiles } from '../features/detection/pack.ts';
import {
  buildRuleSet,
  type CompiledRule,
  compileRule,
  type LogsourceMappings,
  parseMappings,
  parseSigma,
} from '../lang/sigma/index.ts';
import type { Actor } from '../model/actor.ts';
import type { SourceId } from '../model/ids.ts';
import { type Contexts, createContexts } from '../pipeline/contexts.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import type { EventRow } from '../store/events.ts';
import { type BacktestDeps, backtest } from './backtest.ts';
import { entityOf } from './backtest-counting.ts';
import { BacktestCounts } from './backtest-counts.ts';
import { paths } from './paths.ts';

const day = 86_400_000;
const days = 3;
const actor: Actor = { kind: 'system', id: 's', name: 's', tenant, roles: ['admin'] };

let stores: TestStores;
let contexts: Contexts;
let mappings: LogsourceMappings;
let deps: BacktestDeps;
let seq = 0;
beforeAll(async () => {
  stores = await openTestStores();
  const { records, events } = stores;
  mappings = parseMappings(await readFile(paths.mappings, 'utf8'));
  const clock = fakeClock(startAt);
  contexts = createContexts(records, clock);
  const rules = createRules({ records, clock, mappings, filterReading: 'require', profiles: new Map() });
  deps = { rules, events, contexts, parsers, mappings, filterReading: 'require', clock };
}, 120_000);
afterAll(() => stores?.close(), 120_000);

/** Rows whose columns are no longer what their parser of today would write. */
function aged(row: EventRow, idx: number): EventRow {
  const other = { process: 'C:\\cmd.exe', command_line: 'whoami', parent_process: '', host: 'old' };
  return idx % 9 === 0 ? { ...row, ...other, parser_version: 0 } : row;
}

/** Stores records with times over the days that are looked back at, hosts and users in several spellings. */
async function store(records: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const context = await contexts.ensure({
    tenant,
    source: 'test' as SourceId,
    decoder: 'json',
    transport: 'file',
  });
  const computers = ['WS-1', 'ws-1', 'WS-\u00c4', 'ws-2', '', '-', 7, ['ws-3']];
  const lines = records.flatMap((record, n) => {
    const at = startAt - 1 - ((n * 7_919_000) % (days * day));
    const text = JSON.stringify({
      ...record,
      TimeCreated: new Date(at - (at % 60_000)).toISOString(),
      Computer: computers[n % computers.length],
    });
    const latin1 = Buffer.from(text.replace('}', ',"x":"\u00e9"}'), 'latin1');
    return n % 11 === 0 ? [Buffer.from(text), latin1] : [Buffer.from(text)];
  });
  for (let at = 0; at < lines.length; at += 2_000) {
    seq += 1;
    const options = { seq, context, parsers, mappings, change: aged, receivedAt: startAt };
    await stores.events.append([rowBatch(lines.slice(at, at + 2_000), options)]);
  }
}

type Counted = Omit<BacktestReport, 'candidates' | 'counted' | 'durationMs'>;

/**
 * What the engine says of every stored row. A row that today's parser reads and that is stored as no event of its
 * logsource is left out, as a backtest has always done (ADR 12).
 */
async function byEngine(rules: readonly CompiledRule[]): Promise<ReadonlyMap<CompiledRule, BacktestCounts>> {
  const set = buildRuleSet(rules, mappings);
  const counts = new Map(rules.map((rule) => [rule, new BacktestCounts()]));
  const known = await contexts.all(tenant);
  const range = { tenant, from: startAt - days * day, to: startAt };
  for await (const stored of stores.events.scan({ ...range, condition: { kind: 'all' } })) {
    const context = known.get(stored.context);
    const outcome = context === undefined ? null : parseRecord(stored.raw, context, parsers);
    if (outcome?.kind !== 'event' || stored.product !== outcome.event.logsource.product) continue;
    const { native: fields, logsource } = outcome.event;
    const { time, host, user, source, event_id: eventId } = stored;
    for (const rule of set.match({ fields, logsource })) {
      counts.get(rule)?.add(time, entityOf(host, user, source), { eventId, time, host, user });
    }
  }
  return counts;
}

interface Compared {
  /** Matches that the store counted, and all. */
  readonly counted: number;
  readonly matches: number;
}

async function compare(texts: readonly string[]): Promise<Compared> {
  const rules = texts.flatMap((text) => {
    const [document] = parseSigma(text, 'x.yml').documents;
    const made = document === undefined ? null : compileRule(document, { mappings });
    return made?.ok === true ? [{ text, compiled: made.value }] : [];
  });
  expect(rules).toHaveLength(texts.length);
  const expected = await byEngine(rules.map(({ compiled }) => compiled));
  const total = { counted: 0, matches: 0 };
  for (const { text, compiled } of rules) {
    const query = { id: compiled.rule.id, days, source: text };
    const { candidates, counted, durationMs, ...report } = await backtest(
      deps,
      actor,
      query,
      new AbortController().signal,
    );
    const { id: ruleId, title } = compiled.rule;
    const wanted: Counted = {
      ruleId,
      title,
      from: startAt - days * day,
      to: startAt,
      ...(expected.get(compiled) as BacktestCounts).report(),
    };
    expect(report).toEqual(wanted);
    expect(candidates).toBeGreaterThanOrEqual(report.matches - counted);
    expect(durationMs).toBe(0);
    total.counted += counted;
    total.matches += report.matches;
  }
  return total;
}

const rule = (
  title: string,
  detection: string,
  head = 'product: windows, category: process_creation',
): string =>
  `title: ${title}\nid: ${title}\nlogsource: {${head}}\ndetection:\n${detection.replace(/^/gm, '  ')}\n`;

describe('a backtest that counts in the store', () => {
  it('reports what the engine finds in every row: days, entities, newest', async () => {
    const images = [
      'C:\\Windows\\cmd.exe',
      'c:\\x\\CMD.EXE',
      'C:\\\u212amd\\cmd.exe',
      'C:\\\u00e9\\cmd.exe',
      '',
      '-',
      7,
    ];
    const lines = ['whoami /all', 'WHOAMI', '\u017fc query', null, 'sc.exe query', ['whoami'], 'a\nwhoami'];
    const made = Array.from({ length: 3_000 }, (_, n) => ({
      ...(n % 2 === 0
        ? {
            EventID: 1,
            Channel: 'Microsoft-Windows-Sysmon/Operational',
            Image: images[n % 7],
            ParentImage: images[n % 3],
          }
        : {
            EventID: 4688,
            Channel: 'security',
            NewProcessName: images[n % 7],
            ParentProcessName: images[n % 5],
          }),
      Provider_Name: 'x',
      CommandLine: lines[n % 5] ?? lines[n % 7],
      User: n % 4 === 0 ? 'CORP\\ann' : 'CORP\\svc',
    }));
    const fixture = await readFile(`${repoRoot}/test/fixtures/finance-intrusion.ndjson`, 'utf8');
    const recorded = fixture.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    await store([...made, ...recorded]);
    const starters = (await readRuleFiles(paths.starterRules)).files
      .filter(({ path }) => !path.endsWith('.evidence.yml'))
      .map(({ content }) => content)
      .filter((content) => parseSigma(content, 'x.yml').documents.length === 1);
    const { counted, matches } = await compare([
      rule('exact', "s: {Image|endswith: '\\cmd.exe'}\ncondition: s"),
      rule(
        'negated',
        "s: {Image|endswith: '\\cmd.exe'}\nf: {ParentImage|startswith: 'c:\\windows'}\ng: {CommandLine: null}\ncondition: s and not (f or g)",
      ),
      rule('partly', "s: {Image|endswith: '\\cmd.exe'}\nf: {User|contains: svc}\ncondition: s and not f"),
      rule('absent', 'f: {CommandLine|contains: whoami}\ncondition: not f'),
      rule('by_id', 'f: {EventID: 4688}\ncondition: f', 'product: windows, service: security'),
      rule('keyword', 'k: [whoami]\ncondition: k', 'product: windows'),
      ...starters,
    ]);
    expect(counted).toBeGreaterThan(matches / 4);
    expect(counted).toBeLessThan(matches);
  });

  it('is stopped as any other', async () => {
    const gone = new AbortController();
    const source = rule('exact', "s: {Image|endswith: '\\cmd.exe'}\ncondition: s");
    const events: BacktestDeps['events'] = {
      ...stores.events,
      tally: (query, signal) => {
        gone.abort();
        return stores.events.tally(query, signal);
      },
    };
    await expect(
      backtest({ ...deps, events }, actor, { id: 'exact', days, source }, gone.signal),
    ).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  const sigma = sharedPath('sigma');
  if (sigma === null)
    process.stderr.write('skipped: backtests of public rules (the collection is not there)\n');
  it.skipIf(sigma === null)(
    'reports the same of public rules over recorded events',
    { timeout: 600_000 },
    async () => {
      const { files } = await readRuleFiles(`${sigma}/sigmahq-rules.tar.gz`);
      const documents = files
        .filter(({ path }) => path.startsWith('rules/'))
        .flatMap(({ content }) => parseSigma(content, 'x.yml').documents)
        .filter(({ logsource }) => logsource.product === 'windows');
      const some = documents.filter((_, n) => n % 32 === 0);
      const recorded = gunzipSync(await readFile(`${sigma}/perf-50k.ndjson.gz`))
        .toString('utf8')
        .split('\n');
      await store([
        ...some.flatMap((one) =>
          eventsFor(one, mappings).flatMap(({ fields }) => [
            { Provider_Name: 'x', ...fields },
            { Provider_Name: 'x', ...fields, Image: 'C:\\x.exe' },
          ]),
        ),
        ...recorded.filter((line, n) => line.startsWith('{') && n % 50 === 0).map((line) => JSON.parse(line)),
      ]);
      const { counted, matches } = await compare(some.map(({ source }) => source));
      expect(matches).toBeGreaterThan(some.length);
      expect(counted).toBeGreaterThan(matches / 10);
    },
  );
});
