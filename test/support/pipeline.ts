/** The pipeline on real embedded stores, with places for the faults that a test puts in. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, fakeClock } from '../../src/base/clock.ts';
import { sha256Hex } from '../../src/base/ids.ts';
import { type Logger, silentLogger } from '../../src/base/logger.ts';
import { foldDetections } from '../../src/features/alerts/index.ts';
import type { RuleId, SourceId, TenantId } from '../../src/model/ids.ts';
import type { ActiveRule } from '../../src/pipeline/active-rules.ts';
import { createAppender } from '../../src/pipeline/appender.ts';
import { createContexts } from '../../src/pipeline/contexts.ts';
import { createCounters } from '../../src/pipeline/counters.ts';
import { createDetectConsumer, type FoldDetections } from '../../src/pipeline/detect-consumer.ts';
import { createIntake } from '../../src/pipeline/intake.ts';
import { defaultPipelineOptions, type PipelineOptions } from '../../src/pipeline/options.ts';
import { openSequence } from '../../src/pipeline/sequence.ts';
import { createStateful } from '../../src/pipeline/stateful.ts';
import { startPipelineWorker } from '../../src/pipeline/worker-client.ts';
import { parsers } from '../../src/plugins/parsers/index.generated.ts';
import { openChdbEventStore } from '../../src/store/chdb/events.ts';
import type { EventStore } from '../../src/store/events.ts';
import type { Records } from '../../src/store/records.ts';
import { openTestRecords } from './records.ts';

export const tenant = 'main' as TenantId;
export const source = 'test' as SourceId;
export const startAt = Date.UTC(2026, 10, 24, 8);

const ruleId = '6f3d1c2a-0000-4000-8000-000000000001' as RuleId;
const ruleSource = `
title: PowerShell starts
id: ${ruleId}
status: test
author: Someone
level: medium
logsource: { category: process_creation, product: windows }
detection:
  selection: { Image|endswith: '\\powershell.exe' }
  condition: selection
`;

export interface TestStores {
  readonly events: EventStore;
  readonly records: Records;
  close(): Promise<void>;
}

/** Migrated and empty; the engine holds one directory a process, so one of these at a time. */
export async function openTestStores(): Promise<TestStores> {
  const directory = await mkdtemp(join(tmpdir(), 'wf-events-'));
  const [events, { records, close }] = await Promise.all([
    openChdbEventStore({ directory, fsync: false }),
    openTestRecords(),
  ]);
  await events.migrate();
  return {
    events,
    records,
    async close() {
      await Promise.all([events.close(), close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface PipelineFaults {
  /** Around the real event store. */
  readonly events?: (real: EventStore) => EventStore;
  /** Around the real folding of detections into alerts. */
  readonly fold?: (real: FoldDetections) => FoldDetections;
  /** YAML of rules beside the one of the pipeline. */
  readonly rules?: readonly string[];
  /** By the id of their rule. */
  readonly exceptions?: Readonly<Record<string, ActiveRule['exceptions']>>;
  /** Of what stateful rules observe, before their states are written. */
  readonly mostLogRows?: number;
  readonly options?: Partial<PipelineOptions>;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

export type TestPipeline = Awaited<ReturnType<typeof startTestPipeline>>;

/** Composed as the service does it, on stores that outlive it: stopping it and starting another is a restart. */
export async function startTestPipeline(stores: TestStores, faults: PipelineFaults = {}) {
  const { records } = stores;
  const { clock = fakeClock(startAt), logger = silentLogger } = faults;
  const events = faults.events?.(stores.events) ?? stores.events;
  const options = { ...defaultPipelineOptions, ...faults.options };
  const mappings = await readFile(new URL('../../content/mappings/windows.yml', import.meta.url), 'utf8');
  const worker = startPipelineWorker(new URL('../../src/pipeline/worker.ts', import.meta.url), {
    mappings,
    range: options,
  });
  const stateful = createStateful({ records, logger, mostLogRows: faults.mostLogRows ?? 5_000 });
  const sources = [ruleSource, ...(faults.rules ?? [])];
  const active = sources.map((text): ActiveRule => {
    const id = (/^id: (\S+)/m.exec(text)?.[1] ?? '') as RuleId;
    const exceptions = faults.exceptions?.[id] ?? [];
    return { id, hash: sha256Hex(text), source: text, path: 'test.yml', exceptions };
  });
  const inForce = await worker.setRules(active);
  if (inForce.refused.length > 0) throw new Error(JSON.stringify(inForce.refused));
  stateful.setRules(inForce.stateful);
  const facts = {
    title: 'PowerShell starts',
    author: 'Someone',
    license: null,
    source: ruleSource,
    tags: [],
    severity: 'medium' as const,
  };
  const realFold: FoldDetections = (tx, detections) =>
    foldDetections(tx, detections, { now: clock.now(), rules: () => facts });
  // Waiting costs a turn of the event loop, so that retries do not hold a test up and others get their turn.
  const sleep = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const contexts = createContexts(records, clock);
  const counters = createCounters();
  const lastSeq = await events.lastSeq();
  const sequence = await openSequence(records, lastSeq);
  const fold = faults.fold?.(realFold) ?? realFold;
  const detect = createDetectConsumer({
    records,
    events,
    worker,
    contexts,
    clock,
    logger,
    sleep,
    fold,
    stateful,
    parsers,
    onCommitted: () => undefined,
  });
  const appender = createAppender(
    { events, worker, sequence, logger, sleep, onStored: (batches) => detect.offer(batches) },
    lastSeq,
  );
  await detect.start(lastSeq);
  const intake = createIntake({ events, appender, contexts, detect, clock, counters, options });
  return {
    intake,
    appender,
    detect,
    contexts,
    counters,
    worker,
    stateful,
    inForce,
    deliver: (body: string, idempotencyKey: string | null = null) =>
      intake.deliver({
        tenant,
        source,
        body: chunks(body),
        encoding: 'identity',
        idempotencyKey,
        signal: new AbortController().signal,
      }),
    importText: (body: string, signal = new AbortController().signal) =>
      intake.importStream({ tenant, source, fileName: 'test.ndjson', body: chunks(body), signal }),
    async caughtUp() {
      await detect.committed(appender.lastStored());
    },
    async stop() {
      await appender.stop();
      await detect.stop();
      await worker.close();
    },
  };
}

/** In pieces that break lines anywhere. */
async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}

/** Every stored record as `seq:idx`, in the order in which a consumer reads them. */
export async function storedPlaces(events: EventStore): Promise<string[]> {
  const places: string[] = [];
  for (let after = 0; ; ) {
    const rows = await events.readAfter(after, 5_000);
    const last = rows.at(-1);
    if (last === undefined) return places;
    places.push(...rows.map((row) => `${row.seq}:${row.idx}`));
    after = last.seq;
  }
}

/** What the alerts say, without ids and times of this run. */
export async function alertFacts(records: Records) {
  const alerts = await records.db
    .selectFrom('alerts')
    .select(['id', 'host', 'detections', 'first_event_at', 'last_event_at'])
    .orderBy('host')
    .limit(10_000)
    .execute();
  return Promise.all(
    alerts.map(async ({ id, ...alert }) => {
      const evidence = await records.db
        .selectFrom('alert_evidence')
        .select('event_id')
        .where('alert_id', '=', id)
        .orderBy('event_id')
        .limit(1_000)
        .execute();
      return { ...alert, evidence: evidence.map((one) => one.event_id) };
    }),
  );
}

/** Ids of all stored detections. */
export async function detectionIds(records: Records): Promise<string[]> {
  const rows = await records.db.selectFrom('detections').select('id').orderBy('id').limit(100_000).execute();
  return rows.map((row) => row.id);
}
