/** What it saves a backtest that columns decide: the same rules looked back with before and after, over Windows events. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCounting, entityOf } from '../src/app/backtest-counting.ts';
import { BacktestCounts } from '../src/app/backtest-counts.ts';
import { paths } from '../src/app/paths.ts';
import { verbatimParsers } from '../src/app/verbatim.ts';
import { readRuleFiles } from '../src/features/detection/pack.ts';
import {
  compileRule,
  nothing,
  parseMappings,
  parseSigma,
  type SigmaRule,
  type SqlBounds,
  type SqlCondition,
  sqlBounds,
  type VerbatimParser,
} from '../src/lang/sigma/index.ts';
import type { RecordContext } from '../src/model/batch.ts';
import { type ContextId, mainTenant, type SourceId } from '../src/model/ids.ts';
import { parseRecord } from '../src/pipeline/parse.ts';
import { parsers } from '../src/plugins/parsers/index.generated.ts';
import { openChdbEventStore } from '../src/store/chdb/events.ts';
import type { EventStore } from '../src/store/events.ts';
import { rowBatch } from '../test/support/rule-rows.ts';
import { sharedPath } from '../test/support/shared.ts';
import { benchLines } from './lines.ts';
import { row } from './measure.ts';

const rounds = 2;
const perBatch = 5_000;
const context: RecordContext = {
  id: 'c'.repeat(32) as ContextId,
  tenant: mainTenant,
  source: 'bench' as SourceId,
  decoder: 'json',
  transport: 'file',
};
const range = { tenant: mainTenant, from: 0, to: Date.UTC(2100, 0, 1) };
const mappings = parseMappings(readFileSync(paths.mappings, 'utf8'));
/** As it was when nothing was known of columns. */
const withoutColumns: readonly VerbatimParser[] = verbatimParsers.map(
  ({ name, computed, escapes, moreServices = [] }) => ({ name, computed, escapes, moreServices }),
);

const rule = (name: string, detection: string, category = 'process_creation') =>
  `title: "${name}"\nlogsource: {product: windows, category: ${category}}\ndetection:\n  ${detection}\n`;
const looked = [
  rule('Image ends with .exe', "s: {Image|endswith: '.exe'}\n  condition: s"),
  rule('Image ends with \\\\cmd.exe', "s: {Image|endswith: '\\cmd.exe'}\n  condition: s"),
  rule(
    'an image outside of Windows, not started by explorer.exe',
    "s: {Image|endswith: '.exe'}\n  f: {Image|startswith: 'C:\\Windows\\'}\n  g: {ParentImage|endswith: '\\explorer.exe'}\n  condition: s and not f and not g",
  ),
  rule(
    'the same, not with a word that only raw has',
    "s: {Image|endswith: '.exe'}\n  f: {Image|startswith: 'C:\\Windows\\'}\n  g: {Company|contains: microsoft}\n  condition: s and not f and not g",
  ),
  rule(
    'no column at all: TargetObject',
    "s: {TargetObject|contains: '\\Run'}\n  condition: s",
    'registry_set',
  ),
];

function boundsOf(document: SigmaRule, verbatim: readonly VerbatimParser[]): SqlBounds {
  const bounds = sqlBounds(document, { mappings, verbatim });
  if (!bounds.ok) throw new Error(bounds.error.reason);
  return bounds.value;
}

interface Looked {
  readonly read: number;
  readonly counted: number;
  readonly matches: number;
  readonly ms: number;
}

/** What a backtest does of a range. */
async function lookBack(
  events: EventStore,
  document: SigmaRule,
  certain: SqlCondition,
  candidate: SqlCondition,
): Promise<Looked> {
  const compiled = compileRule(document, { mappings });
  if (!compiled.ok) throw new Error(compiled.error.reason);
  const started = performance.now();
  const counts = new BacktestCounts();
  const counting = createCounting(events, certain, counts, new AbortController().signal);
  await counting.count(range);
  let read = 0;
  for await (const stored of events.scan({ ...range, condition: candidate })) {
    read += 1;
    const outcome = parseRecord(stored.raw, context, parsers);
    if (outcome.kind !== 'event') continue;
    const { native: fields, logsource } = outcome.event;
    if (!compiled.value.matches({ fields, logsource })) continue;
    const { time, host, user, source, event_id: eventId } = stored;
    counts.add(time, entityOf(host, user, source), { eventId, time, host, user });
  }
  await counting.addNewest();
  return { read, counted: counting.counted(), matches: counts.matches, ms: performance.now() - started };
}

async function rowsIn(events: EventStore, condition: SqlCondition): Promise<number> {
  let found = 0;
  for await (const { rows } of events.tally({ ...range, condition })) found += rows;
  return found;
}

const whole = (number: number): string => Math.round(number).toLocaleString('en-US');

async function benchLooked(events: EventStore): Promise<void> {
  row(
    'rule',
    'matches',
    'read before',
    'read with "not" said',
    'read now',
    'counted',
    'ms before',
    'ms now',
    '×',
  );
  row('---', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:');
  for (const text of looked) {
    const [document] = parseSigma(text, 'bench.yml').documents;
    if (document === undefined) throw new Error(`no rule: ${text}`);
    const old = boundsOf(document, withoutColumns);
    const now = boundsOf(document, verbatimParsers);
    const before = await lookBack(events, document, nothing, old.possible);
    const after = await lookBack(events, document, now.certain, now.uncertain);
    if (before.matches !== after.matches) throw new Error(`${document.title}: not the same matches`);
    row(
      document.title,
      whole(after.matches),
      whole(before.read),
      whole(await rowsIn(events, now.possible)),
      whole(after.read),
      whole(after.counted),
      whole(before.ms),
      whole(after.ms),
      (before.ms / after.ms).toFixed(1),
    );
  }
}

/** How far the public rules are decided by columns. */
async function benchPublic(): Promise<void> {
  const path = sharedPath('sigma', 'sigmahq-rules.tar.gz');
  if (path === null) return console.log('\n(no public rules here)');
  const { files } = await readRuleFiles(path);
  const documents = files
    .filter((file) => file.path.startsWith('rules/'))
    .flatMap(({ content }) => parseSigma(content, 'bench.yml').documents);
  const counts = { exact: 0, some: 0, narrower: 0 };
  for (const document of documents) {
    const old = boundsOf(document, withoutColumns);
    const now = boundsOf(document, verbatimParsers);
    if (now.exactFor.length > 0) counts.exact += 1;
    else if (now.certain.kind !== 'none') counts.some += 1;
    else if (JSON.stringify(now.possible) !== JSON.stringify(old.possible)) counts.narrower += 1;
  }
  console.log(
    `\nOf ${whole(documents.length)} public rules ${counts.exact} are exact for some parsers, ${counts.some} are certain of some rows, ${counts.narrower} are narrowed by columns only.`,
  );
}

export async function benchExact(): Promise<void> {
  const { what, lines } = await benchLines();
  const directory = await mkdtemp(join(tmpdir(), 'wf-bench-'));
  const events = await openChdbEventStore({ directory, fsync: false });
  try {
    await events.migrate();
    let seq = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (let at = 0; at < lines.length; at += perBatch) {
        seq += 1;
        const records = lines.slice(at, at + perBatch).map((line) => Buffer.from(line));
        await events.append([rowBatch(records, { seq, context, parsers, mappings })]);
      }
    }
    console.log(
      `\n## Decided by columns\n\n${whole(rounds * lines.length)} rows: ${what}, stored ${rounds} times\n`,
    );
    await benchLooked(events);
    await benchPublic();
  } finally {
    await events.close();
    await rm(directory, { recursive: true, force: true });
  }
}
