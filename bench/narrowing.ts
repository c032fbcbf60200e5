/** What it saves that parsers say which values stand in raw: one search by field and one rule looked back with, over sshd's lines. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths } from '../src/app/paths.ts';
import { verbatimParsers } from '../src/app/verbatim.ts';
import { systemClock } from '../src/base/clock.ts';
import { hashId } from '../src/base/ids.ts';
import { parseQuery } from '../src/lang/query/index.ts';
import { parseMappings, parseSigma, sqlBounds, type VerbatimParser } from '../src/lang/sigma/index.ts';
import type { RecordContext } from '../src/model/batch.ts';
import { type ContextId, type EventId, mainTenant, type SourceId } from '../src/model/ids.ts';
import { createEvaluator } from '../src/pipeline/evaluate.ts';
import { parseRecord } from '../src/pipeline/parse.ts';
import { processBatch } from '../src/pipeline/process.ts';
import { parsers } from '../src/plugins/parsers/index.generated.ts';
import { openChdbEventStore } from '../src/store/chdb/events.ts';
import type { EventStore, StoredEvent } from '../src/store/events.ts';
import { row } from './measure.ts';

const total = 100_000;
const perBatch = 5_000;
const start = Date.UTC(2026, 10, 1);
const context: RecordContext = {
  id: 'c'.repeat(32) as ContextId,
  tenant: mainTenant,
  source: 'bench' as SourceId,
  decoder: 'text',
  transport: 'file',
  zone: 'UTC',
  month: '2026-11',
};
const mappings = parseMappings(readFileSync(paths.mappings, 'utf8'));

/** One line in 20,000 is about the user that is looked for. */
function lineOf(n: number): string {
  const time = new Date(start + n * 1_000).toISOString();
  const user = n % 20_000 === 7 ? 'needle' : `user${n % 997}`;
  return `${time} host${n % 50} sshd[${1000 + (n % 30_000)}]: Failed password for ${user} from 192.0.2.${n % 250} port ${1024 + (n % 60_000)} ssh2`;
}

async function fill(events: EventStore): Promise<void> {
  const sets = {
    parsers,
    evaluator: createEvaluator([], mappings),
    range: { earliest: 0, futureLimitMs: 864e5 },
  };
  for (let seq = 1; seq * perBatch <= total; seq += 1) {
    const lines = Array.from({ length: perBatch }, (_, i) => Buffer.from(lineOf((seq - 1) * perBatch + i)));
    const offsets = new Uint32Array(perBatch * 2);
    let at = 0;
    for (const [i, { length }] of lines.entries()) {
      offsets.set([at, at + length], 2 * i);
      at += length;
    }
    const batch = {
      seq,
      context,
      receivedAt: start + total * 1_000,
      buffer: Buffer.concat(lines),
      offsets,
      ids: lines.map((_, i) => hashId(String(seq), String(i)) as EventId),
      flaws: new Map(),
      skip: new Set<number>(),
    };
    const { rows, stored } = processBatch(batch, sets, { rows: true });
    await events.append([{ seq, rows, count: stored }]);
  }
}

function viewsOf({ raw }: Pick<StoredEvent, 'raw'>) {
  const outcome = parseRecord(raw, context, parsers);
  return outcome.kind === 'event'
    ? { native: outcome.event.native, ocsf: outcome.event.ocsf as unknown as Record<string, unknown> }
    : { native: {}, ocsf: {} };
}

const rule = `title: t\nid: t\nlogsource: {product: linux, service: sshd}\ndetection:\n  s: {user: needle}\n  condition: s\n`;

async function ask(events: EventStore, verbatim: readonly VerbatimParser[]) {
  const query = parseQuery('native.user:needle');
  const [document] = parseSigma(rule, 'bench.yml').documents;
  const condition = document === undefined ? null : sqlBounds(document, { mappings, verbatim });
  if (!query.ok || condition?.ok !== true) throw new Error('the questions are wrong');
  let read = 0;
  const views = (event: StoredEvent) => {
    read += 1;
    return viewsOf(event);
  };
  const from = systemClock.now();
  for await (const _ of events.search({
    tenant: mainTenant,
    limit: 1_000,
    query: { node: query.value, views, verbatim },
  })) {
    // Only the time is of interest.
  }
  const searched = systemClock.now();
  let candidates = 0;
  for await (const event of events.scan({
    tenant: mainTenant,
    from: start,
    to: start + total * 1_000,
    condition: condition.value.possible,
  })) {
    candidates += 1;
    viewsOf(event);
  }
  return { read, searchMs: searched - from, candidates, scanMs: systemClock.now() - searched };
}

export async function benchNarrowing(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'wf-bench-'));
  const events = await openChdbEventStore({ directory, fsync: false });
  try {
    await events.migrate();
    await fill(events);
    console.log('\n## Narrowing\n');
    row('what parsers declare', 'read by the search', 'ms', 'candidates of the rule', 'ms');
    row('---', '---:', '---:', '---:', '---:');
    for (const [name, verbatim] of [
      ['nothing', []],
      ['their computed fields', verbatimParsers],
    ] as const) {
      await ask(events, verbatim);
      const { read, searchMs, candidates, scanMs } = await ask(events, verbatim);
      row(name, read, searchMs, candidates, scanMs);
    }
  } finally {
    await events.close();
    await rm(directory, { recursive: true, force: true });
  }
}
