/** One stream of records on its way through the appender: what is in flight, what was counted. */
import type { Clock } from '../base/clock.ts';
import type { UnparsedReason } from '../model/batch.ts';
import type { DeliveryReport } from '../model/intake.ts';
import type { Appender, Stored } from './appender.ts';
import type { ContextFacts, Contexts } from './contexts.ts';
import type { Counters } from './counters.ts';
import type { Frame, FrameFacts } from './cutter.ts';
import type { Dedupe } from './dedupe.ts';
import type { DetectConsumer } from './detect-consumer.ts';

export interface RunDeps {
  readonly appender: Appender;
  readonly contexts: Contexts;
  readonly detect: DetectConsumer;
  readonly clock: Clock;
  readonly counters: Counters;
}

export interface IntakeRun {
  /** Hands a frame to the appender; waits while too many are on their way. Throws what an earlier one failed with. */
  take(frame: Frame): Promise<void>;
  /** Resolves when everything is stored. */
  settle(): Promise<void>;
  counts(): Pick<DeliveryReport, 'read' | 'stored' | 'duplicate' | 'unparsed'>;
  outOfRange(): number;
  firstUnparsed(): DeliveryReport['rejected'];
  /** Seq of the newest batch of this stream, 0 when it stored none. */
  lastSeq(): number;
  /** What the batches became, once the detect consumer has committed them. */
  outcome(): { readonly detections: number; readonly alerts: number };
}

/** Batches of one stream that may be on their way at once. */
const maxInFlight = 4;

/** What is known of a frame's records. XML and tables have no times without a year or a zone: they need no month. */
export function factsOf(facts: ContextFacts, own: FrameFacts | undefined): ContextFacts {
  const all: ContextFacts = { ...facts, ...own };
  if (all.decoder === 'text' || all.decoder === 'json') return all;
  const { month: _month, zone: _zone, ...rest } = all;
  return rest;
}

/** The state of one stream on its way through the appender. */
export function createRun(deps: RunDeps, facts: ContextFacts, dedupe: Dedupe): IntakeRun {
  const { counters } = deps;
  const counts = { read: 0, stored: 0, duplicate: 0, unparsed: 0 };
  const seqs: number[] = [];
  const firstUnparsed: { index: number; reason: UnparsedReason }[] = [];
  let inFlight: Promise<void>[] = [];
  let outOfRange = 0;
  let failure: { readonly thrown: unknown } | null = null;

  function account(stored: Stored, base: number): void {
    seqs.push(stored.seq);
    counts.stored += stored.stored;
    outOfRange += stored.outOfRange;
    counters.add('stored', stored.stored);
    counters.add('out_of_range', stored.outOfRange);
    for (const [reason, n] of Object.entries(stored.unparsed)) {
      counts.unparsed += n;
      counters.add(`unparsed.${reason}`, n);
      counters.add(`source.${facts.source}.unparsed`, n);
    }
    for (const { idx, reason } of stored.firstUnparsed) {
      if (firstUnparsed.length < 20) firstUnparsed.push({ index: base + idx, reason });
    }
  }

  async function settle(down: number): Promise<void> {
    while (inFlight.length > down) await inFlight.shift();
    if (failure !== null) throw failure.thrown;
  }

  return {
    async take(frame: Frame): Promise<void> {
      await settle(maxInFlight - 1);
      const context = await deps.contexts.ensure(factsOf(facts, frame.facts));
      const skip = await dedupe.stored(frame.ids);
      const base = counts.read;
      counts.read += frame.ids.length;
      counts.duplicate += skip.size;
      counters.add('read', frame.ids.length);
      counters.add('duplicate', skip.size);
      if (skip.size === frame.ids.length) return;
      inFlight.push(
        deps.appender.append(frame, context, deps.clock.now(), skip).then(
          (stored) => account(stored, base),
          (thrown: unknown) => {
            failure ??= { thrown };
          },
        ),
      );
    },
    settle: () => settle(0),
    counts: () => ({ ...counts }),
    outOfRange: () => outOfRange,
    firstUnparsed: () => [...firstUnparsed].sort((a, b) => a.index - b.index),
    lastSeq: () => Math.max(0, ...seqs),
    outcome() {
      const results = seqs.map((seq) => deps.detect.outcome(seq));
      return {
        detections: results.reduce((sum, one) => sum + one.inserted, 0),
        alerts: results.reduce((sum, one) => sum + one.alertsCreated, 0),
      };
    },
  };
}
