/**
 * The appender: batches in, stored batches out, strictly in the order of their sequence (ADR 2).
 * While one insert runs, what arrives is parsed by the worker and waits to go in the next one.
 */
import type { Instant } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { createMutex } from '../base/mutex.ts';
import type { RecordContext } from '../model/batch.ts';
import type { Detection } from '../model/detection.ts';
import type { TenantId } from '../model/ids.ts';
import type { EventStore } from '../store/events.ts';
import type { AccountName } from './accounts.ts';
import type { Frame } from './frame.ts';
import type { BatchObservation } from './observations.ts';
import type { LogsourceCount, ProcessedBatch } from './process.ts';
import type { Sequence } from './sequence.ts';
import type { PipelineWorker } from './worker-client.ts';

/** A batch that is in the event store and waits for its consumers. */
export interface StoredBatch {
  readonly seq: number;
  /** Seq of the batch stored before it: a consumer that has dealt with `previous` may take this one. */
  readonly previous: number;
  readonly detections: readonly Detection[];
  readonly observations: readonly BatchObservation[];
  readonly receivedAt: Instant;
  readonly tally: BatchTally;
}

/** What of a batch is counted, beside its detections. */
export interface BatchTally {
  readonly tenant: TenantId;
  readonly receivedAt: Instant;
  readonly logsources: readonly LogsourceCount[];
  readonly accounts: readonly AccountName[];
}

export interface Stored {
  readonly seq: number;
  readonly stored: number;
  readonly unparsed: ProcessedBatch['unparsed'];
  readonly firstUnparsed: ProcessedBatch['firstUnparsed'];
  readonly outOfRange: number;
}

export interface AppenderDeps {
  readonly events: EventStore;
  readonly worker: PipelineWorker;
  readonly sequence: Sequence;
  readonly logger: Logger;
  /** Takes batches in order, right after they are stored. May make the appender wait (backpressure). */
  readonly onStored: (batches: readonly StoredBatch[]) => Promise<void>;
  /** Waits; ends early when the signal aborts (base/sleep, or a test's). */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Appender {
  /** Resolves when the batch is stored. `skip`: indexes of records that are stored already. */
  append(
    frame: Frame,
    context: RecordContext,
    receivedAt: Instant,
    skip: ReadonlySet<number>,
  ): Promise<Stored>;
  /** Seq of the newest stored batch. */
  lastStored(): number;
  /** Runs `work` while nothing is being inserted and nothing will be until it ends; gives it the last stored seq. */
  paused<T>(work: (lastSeq: number) => Promise<T>): Promise<T>;
  /** Refuses new batches, lets what is in flight end. */
  stop(): Promise<void>;
}

interface Item {
  readonly seq: number;
  readonly tenant: TenantId;
  readonly receivedAt: Instant;
  /** Settles, never rejects, when the worker has answered; the answer is then in `outcome`. */
  readonly answered: Promise<void>;
  outcome: { readonly value: ProcessedBatch } | { readonly failure: unknown } | null;
  resolve(stored: Stored): void;
  reject(error: unknown): void;
}

/** Parsed batches that may wait for an insert: two are with the worker, the rest wait for the store. */
const maxWaiting = 8;
/** One insert takes at most this many bytes of rows, so that it stays one block in the engine. */
const maxInsertBytes = 64 << 20;
const retryPausesMs = [100, 500, 1_000, 2_000, 5_000];

export function createAppender(deps: AppenderDeps, lastSeq: number): Appender {
  const waiting: Item[] = [];
  const roomWaiters: (() => void)[] = [];
  const stopping = new AbortController();
  /** Sequence numbers are given and work is handed to the worker in turns, so that both have one order. */
  const entry = createMutex();
  const inserting = createMutex();
  let lastStored = lastSeq;
  let draining: Promise<void> | null = null;

  async function room(): Promise<void> {
    while (waiting.length >= maxWaiting) {
      await new Promise<void>((resolve) => roomWaiters.push(resolve));
    }
    if (stopping.signal.aborted)
      throw new AppError('E_BUSY', 'the service is stopping; send this again in a moment');
  }

  function drain(): void {
    draining ??= drainAll().finally(() => {
      draining = null;
      if (waiting.length > 0) drain();
    });
  }

  async function drainAll(): Promise<void> {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      await first.answered;
      await inserting.run(async () => {
        const group = takeGroup();
        for (const waiter of roomWaiters.splice(0)) waiter();
        if (group.length > 0) await store(group);
      });
    }
  }

  /** The waiting batches that the worker has answered, from the first on, as many as one insert takes. */
  function takeGroup(): { item: Item; processed: ProcessedBatch }[] {
    const group: { item: Item; processed: ProcessedBatch }[] = [];
    let bytes = 0;
    for (let item = waiting[0]; item?.outcome; item = waiting[0]) {
      const { outcome } = item;
      if ('failure' in outcome) {
        item.reject(outcome.failure);
      } else {
        bytes += outcome.value.rows.length;
        if (group.length > 0 && bytes > maxInsertBytes) break;
        group.push({ item, processed: outcome.value });
      }
      waiting.shift();
    }
    return group;
  }

  async function store(group: readonly { item: Item; processed: ProcessedBatch }[]): Promise<void> {
    const batches = group
      .filter(({ processed }) => processed.stored > 0)
      .map(({ item, processed }) => ({ seq: item.seq, rows: processed.rows, count: processed.stored }));
    try {
      if (batches.length > 0) await insertUntilCertain(batches);
    } catch (thrown) {
      for (const { item } of group) item.reject(thrown);
      return;
    }
    const handed: StoredBatch[] = [];
    for (const { item, processed } of group) {
      if (processed.stored > 0) {
        const { detections, observations, receivedAt, logsources, accounts } = processed;
        handed.push({
          seq: item.seq,
          previous: lastStored,
          detections,
          observations,
          receivedAt,
          tally: { tenant: item.tenant, receivedAt: item.receivedAt, logsources, accounts },
        });
        lastStored = item.seq;
      }
      const { stored, unparsed, firstUnparsed, outOfRange } = processed;
      item.resolve({ seq: item.seq, stored, unparsed, firstUnparsed, outOfRange });
    }
    if (handed.length > 0) await deps.onStored(handed);
  }

  /**
   * An insert whose outcome is unknown must become certain before the next one: otherwise it could
   * turn up behind a later batch, and a consumer would have passed it. The store's dedupe makes the
   * repetition safe.
   */
  async function insertUntilCertain(batches: Parameters<EventStore['append']>[0]): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await deps.events.append(batches);
      } catch (thrown) {
        const again =
          thrown instanceof AppError && thrown.code === 'E_STORE_UNAVAILABLE' && !stopping.signal.aborted;
        if (!again) throw thrown;
        deps.logger.warn(
          { seq: batches[0]?.seq, attempt, reason: messageOf(thrown) },
          'event store unavailable, trying the same insert again',
        );
        await deps.sleep(
          retryPausesMs[Math.min(attempt, retryPausesMs.length - 1)] ?? 5_000,
          stopping.signal,
        );
      }
    }
  }

  async function enqueue(
    frame: Frame,
    context: RecordContext,
    receivedAt: Instant,
    skip: ReadonlySet<number>,
    settle: Pick<Item, 'resolve' | 'reject'>,
  ): Promise<void> {
    await room();
    const seq = await deps.sequence.next();
    const processed = deps.worker.process({ seq, context, receivedAt, ...frame, skip }, { rows: true });
    const item: Item = {
      seq,
      tenant: context.tenant,
      receivedAt,
      outcome: null,
      answered: processed.then(
        (value) => {
          item.outcome = { value };
        },
        (failure: unknown) => {
          item.outcome = { failure };
        },
      ),
      ...settle,
    };
    waiting.push(item);
    drain();
  }

  return {
    append(frame, context, receivedAt, skip) {
      return new Promise<Stored>((resolve, reject) => {
        entry.run(() => enqueue(frame, context, receivedAt, skip, { resolve, reject })).catch(reject);
      });
    },
    lastStored: () => lastStored,
    paused: (work) => inserting.run(() => work(lastStored)),
    async stop() {
      stopping.abort();
      for (const waiter of roomWaiters.splice(0)) waiter();
      await entry.run(async () => undefined);
      while (draining !== null) await draining;
    },
  };
}
