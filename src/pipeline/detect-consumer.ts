/**
 * The detect consumer: stored batches in the order of their sequence to detections and alerts, each
 * group in one transaction with the cursor (ADR 2).
 */
import { type Clock, toIso } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Detection } from '../model/detection.ts';
import type { ContextId } from '../model/ids.ts';
import type { EventStore, StoredRecord } from '../store/events.ts';
import type { Records, RecordsTx } from '../store/records.ts';
import type { BatchTally, StoredBatch } from './appender.ts';
import type { Contexts } from './contexts.ts';
import { type MatchDetectionsDeps, matchDetections } from './match-detections.ts';
import { createFindException } from './match-exceptions.ts';
import type { ObservedBatch } from './observations.ts';
import { replayBatches } from './replay.ts';
import type { Stateful } from './stateful.ts';
import type { PipelineWorker } from './worker-client.ts';

export interface FoldResult {
  /** Detections that were new. */
  readonly inserted: number;
  readonly alertsCreated: number;
  readonly alertsTouched: number;
}

/** What detections become; the root hands in the alerts feature's. Runs inside the consumer's transaction. */
export type FoldDetections = (tx: RecordsTx, detections: readonly Detection[]) => Promise<FoldResult>;

/** What else of stored batches is counted, in the same transaction; once for each batch, whatever is killed when. */
export type CountBatches = (tx: RecordsTx, tallies: readonly BatchTally[]) => Promise<void>;

export interface DetectConsumerDeps {
  readonly records: Records;
  readonly events: EventStore;
  readonly worker: PipelineWorker;
  readonly contexts: Contexts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fold: FoldDetections;
  readonly stateful: Stateful;
  readonly parsers: MatchDetectionsDeps['parsers'];
  readonly count?: CountBatches;
  /** After each commit: wake the outbox dispatcher. */
  readonly onCommitted: () => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface DetectConsumer {
  /** Reads the cursor and starts; catches up from the store first. */
  start(lastStored: number): Promise<void>;
  /** The fast lane: batches just stored. Resolves when there is room for more. */
  offer(batches: readonly StoredBatch[]): Promise<void>;
  /** Resolves when every batch up to `seq` is committed, with what the batches in (after, seq] became, as far as this process committed them. */
  committed(seq: number, signal?: AbortSignal): Promise<void>;
  /** Detections and alerts that a batch became; forgotten once read. */
  outcome(seq: number): FoldResult;
  /**
   * To be called now and then: what correlations find when a time span is over is told also when no batch comes.
   * Resolves when that is committed.
   */
  tick(): Promise<void>;
  position(): number;
  stop(): Promise<void>;
}

export const detectCursor = 'detect';
const replayRows = 5_000;
/** Batches are on their way to the store for less than this: time passes later by it. */
const tickDelayMs = 60_000;
/** Batches in the fast lane before the appender waits. */
const maxLane = 16;
const retryPausesMs = [100, 500, 1_000, 5_000];
const nothing: FoldResult = { inserted: 0, alertsCreated: 0, alertsTouched: 0 };
/** Outcomes of batches that nobody asked for are dropped beyond this number. */
const maxOutcomes = 10_000;

export function createDetectConsumer(deps: DetectConsumerDeps): DetectConsumer {
  const stopping = new AbortController();
  const findException = createFindException();
  const outcomes = new Map<number, FoldResult>();
  let lane: StoredBatch[] = [];
  let cursor = 0;
  /** Highest seq known to be in the store. */
  let known = 0;
  /** Time is to pass. */
  let ticked = false;
  let running: Promise<void> = Promise.resolve();
  let wakeLoop: (() => void) | null = null;
  let watchers: (() => void)[] = [];

  function notify(): void {
    const woken = watchers;
    watchers = [];
    for (const watcher of woken) watcher();
  }

  /** Resolves at the next change of the cursor, of the lane, or at the stop. */
  const change = (): Promise<void> => new Promise((resolve) => watchers.push(resolve));

  async function loop(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      if (cursor >= known && !ticked) {
        await new Promise<void>((resolve) => {
          wakeLoop = resolve;
        });
        wakeLoop = null;
        continue;
      }
      try {
        if (cursor < known) await step();
        else {
          // Only when all that came is dealt with: time must not overtake what was received before.
          await passTime();
          ticked = false;
          notify();
        }
        failures = 0;
      } catch (thrown) {
        if (stopping.signal.aborted) return;
        deps.logger.error(
          { cursor, attempt: failures, reason: messageOf(thrown) },
          'detection stands still, trying again',
        );
        await deps.sleep(
          retryPausesMs[Math.min(failures, retryPausesMs.length - 1)] ?? 5_000,
          stopping.signal,
        );
        failures += 1;
      }
    }
  }

  async function step(): Promise<void> {
    lane = lane.filter((batch) => batch.seq > cursor);
    const first = lane[0];
    if (first !== undefined && first.previous <= cursor) {
      const group = contiguous(lane);
      await commit(group.map(({ tally, ...batch }) => ({ ...batch, tallies: [tally] })));
      lane = lane.slice(group.length);
      notify();
      return;
    }
    await catchUp();
  }

  async function catchUp(): Promise<void> {
    const visible = known;
    const stored = await deps.events.readAfter(cursor, replayRows);
    if (stored.length === 0) {
      // Numbers without rows need no work. Only up to what was known before the read: more may have come since.
      await commit([], visible);
      return;
    }
    await commit(await replay(stored));
  }

  async function replay(stored: readonly StoredRecord[]): Promise<readonly Committable[]> {
    const bySeq = new Map<number, Committable>();
    for (const part of replayBatches(stored)) {
      const context = await deps.contexts.get(part.tenant, part.context as ContextId);
      const processed = await deps.worker.process({ ...part.batch, context }, { rows: false });
      const { seq, receivedAt } = part.batch;
      const sofar = bySeq.get(seq);
      const { logsources, accounts } = processed;
      const tally = { tenant: part.tenant, receivedAt, logsources, accounts };
      bySeq.set(seq, {
        seq,
        receivedAt,
        detections: [...(sofar?.detections ?? []), ...processed.detections],
        observations: [...(sofar?.observations ?? []), ...processed.observations],
        tallies: [...(sofar?.tallies ?? []), tally],
      });
    }
    return [...bySeq.values()];
  }

  /** Windows that are over are judged, although nothing came that told so. */
  async function passTime(): Promise<void> {
    if (deps.stateful.tick(deps.clock.now() - tickDelayMs)) await commit([]);
  }

  async function commit(group: readonly Committable[], upTo?: number): Promise<void> {
    const seq = upTo ?? group.at(-1)?.seq ?? cursor;
    const found: (readonly [number, readonly Detection[]])[] = [];
    const overdue = await matchDetections(deps.stateful.overdue(), { ...deps, findException });
    for (const batch of group) found.push([batch.seq, await detectionsOf(batch)]);
    const results = await deps.records.transaction(async (tx) => {
      if (overdue.length > 0) await deps.fold(tx, overdue);
      const folded: [number, FoldResult][] = [];
      for (const [at, detections] of found) {
        if (detections.length > 0) folded.push([at, await deps.fold(tx, detections)]);
      }
      await deps.stateful.write(tx, seq);
      const tallies = group.flatMap((batch) => batch.tallies);
      if (tallies.length > 0) await deps.count?.(tx, tallies);
      await writeCursor(tx, seq);
      return folded;
    });
    cursor = seq;
    deps.stateful.committed(seq);
    for (const [at, result] of results) outcomes.set(at, result);
    while (outcomes.size > maxOutcomes) {
      const oldest = outcomes.keys().next();
      if (oldest.done !== true) outcomes.delete(oldest.value);
    }
    if (results.length > 0 || overdue.length > 0) deps.onCommitted();
    notify();
  }

  /** Those of its own events, and those that its events complete. */
  async function detectionsOf(batch: Committable): Promise<readonly Detection[]> {
    const found = await deps.stateful.take(batch);
    if (found.length === 0) return batch.detections;
    return [...batch.detections, ...(await matchDetections(found, { ...deps, findException }))];
  }

  async function writeCursor(tx: RecordsTx, seq: number): Promise<void> {
    await tx
      .insertInto('cursors')
      .values({ name: detectCursor, seq, updated_at: toIso(deps.clock.now()) })
      .onConflict((c) => c.column('name').doUpdateSet({ seq, updated_at: toIso(deps.clock.now()) }))
      .execute();
  }

  return {
    async start(lastStored) {
      const row = await deps.records.db
        .selectFrom('cursors')
        .select('seq')
        .where('name', '=', detectCursor)
        .executeTakeFirst();
      cursor = row?.seq ?? 0;
      await deps.stateful.start(cursor);
      known = Math.max(known, lastStored);
      running = loop();
    },
    async offer(batches) {
      lane.push(...batches);
      known = Math.max(known, batches.at(-1)?.seq ?? 0);
      wakeLoop?.();
      while (lane.length > maxLane && !stopping.signal.aborted) await change();
    },
    async committed(seq, signal) {
      const aborted = (): void => notify();
      signal?.addEventListener('abort', aborted, { once: true });
      while (cursor < seq && !stopping.signal.aborted && signal?.aborted !== true) await change();
      signal?.removeEventListener('abort', aborted);
    },
    outcome(seq) {
      const result = outcomes.get(seq) ?? nothing;
      outcomes.delete(seq);
      return result;
    },
    async tick() {
      // While detection stands still one that waits is enough.
      if (ticked) return;
      ticked = true;
      wakeLoop?.();
      while (ticked && !stopping.signal.aborted) await change();
    },
    position: () => cursor,
    async stop() {
      stopping.abort();
      wakeLoop?.();
      notify();
      await running;
    },
  };
}

interface Committable extends ObservedBatch {
  readonly detections: readonly Detection[];
  readonly tallies: readonly BatchTally[];
}

/** The leading batches that follow each other without one missing between them. */
function contiguous(lane: readonly StoredBatch[]): readonly StoredBatch[] {
  let end = 1;
  while (end < lane.length && lane[end]?.previous === lane[end - 1]?.seq) end += 1;
  return lane.slice(0, end);
}
