/** The way of one sender's records, from a listener to the appender: framed, batched, in order, one batch at a time. */
import type { ContextFacts } from '../contexts.ts';
import type { Emit, Frame } from '../cutter.ts';
import type { Dedupe } from '../dedupe.ts';
import { Framer } from '../frame.ts';
import { createRun, type RunDeps } from '../intake-run.ts';
import { monthOf } from '../month.ts';
import type { PipelineOptions } from '../options.ts';

export interface FeedDeps extends RunDeps {
  readonly options: PipelineOptions;
}

export interface Feed {
  readonly framer: Framer;
  /** Batches that the framer completed. */
  readonly emit: Emit;
  /** Bytes of records that wait to be stored. */
  waiting(): number;
  /** Hands on what is complete. Called again and again, a few times a second. */
  tick(): void;
  /** Hands on everything; resolves when it is stored, or has failed. */
  end(last: Frame | null): Promise<void>;
}

/** Ticks after which an event of several records that had no end is handed on as it is. */
const maxHeldTicks = 10;
/** A resend can't be told from a new record (ADR 13). */
const nothing: Dedupe = { stored: async () => new Set() };

/**
 * `onFailure`: what could not be stored is lost, since its sender does not wait for an answer; it is told here.
 * `onDrained`: fewer bytes wait than before.
 */
export function createFeed(
  deps: FeedDeps,
  facts: Omit<ContextFacts, 'month'>,
  chain: Uint8Array,
  told: { readonly onFailure: (records: number, thrown: unknown) => void; readonly onDrained: () => void },
): Feed {
  const framer = new Framer(chain, deps.options);
  const queue: Frame[] = [];
  let waiting = 0;
  let held = 0;
  let pumping: Promise<void> | null = null;

  const emit: Emit = (frame) => {
    queue.push(frame);
    waiting += frame.buffer.length;
    start();
  };

  function start(): void {
    pumping ??= pump().finally(() => {
      pumping = null;
      // What came between the last look at the queue and here.
      if (queue.length > 0) start();
    });
  }

  async function pump(): Promise<void> {
    for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
      try {
        const run = createRun(deps, { ...facts, month: monthOf(deps.clock.now()) }, nothing);
        await run.take(frame);
        await run.settle();
      } catch (thrown) {
        told.onFailure(frame.ids.length, thrown);
      }
      waiting -= frame.buffer.length;
      told.onDrained();
    }
  }

  return {
    framer,
    emit,
    waiting: () => waiting + framer.held(),
    tick() {
      // One batch at a time: while the store is busy, the next one grows.
      if (pumping !== null) return;
      const frame = framer.flush(held >= maxHeldTicks);
      held = frame === null && !framer.empty() ? held + 1 : 0;
      if (frame !== null) emit(frame);
    },
    async end(last) {
      const rest = framer.flush(true);
      if (rest !== null) emit(rest);
      if (last !== null) emit(last);
      while (pumping !== null) await pumping;
    },
  };
}
