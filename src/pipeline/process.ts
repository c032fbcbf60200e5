/** The hot path over one batch: parse, rows, detections. Synchronous and pure; the worker runs it. */
import type { Instant } from '../base/clock.ts';
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { Detection } from '../model/detection.ts';
import type { EventId } from '../model/ids.ts';
import type { Parser } from '../plugins/define.ts';
import type { Evaluator } from './evaluate.ts';
import type { BatchObservation } from './observations.ts';
import { parseRecord, type RecordOutcome } from './parse.ts';
import { columnsOf, eventTime, type Place, rawText, rowOf, type TimeRange } from './rows.ts';

/** What the worker gets: a batch with its place in the sequence. */
export interface BatchInput {
  readonly seq: number;
  readonly context: RecordContext;
  readonly receivedAt: Instant;
  readonly buffer: Uint8Array;
  readonly offsets: Uint32Array;
  readonly ids: readonly EventId[];
  readonly flaws: ReadonlyMap<number, UnparsedReason>;
  /** Indexes of records that are stored already. */
  readonly skip: ReadonlySet<number>;
  /** Index in the stored batch of each record; the position in `ids` when absent. */
  readonly indexes?: readonly number[];
}

export interface ProcessedBatch {
  /** EventRow NDJSON; empty when rows were not asked for. */
  readonly rows: Uint8Array;
  /** Records that are in `rows`. */
  readonly stored: number;
  readonly unparsed: Readonly<Partial<Record<UnparsedReason, number>>>;
  /** The first of them, by index in the batch: enough for a sender to see what is wrong. */
  readonly firstUnparsed: readonly { readonly idx: number; readonly reason: UnparsedReason }[];
  readonly outOfRange: number;
  readonly detections: readonly Detection[];
  readonly observations: readonly BatchObservation[];
  readonly receivedAt: Instant;
}

export interface ProcessDeps {
  readonly parsers: readonly Parser[];
  readonly evaluator: Evaluator;
  readonly range: TimeRange;
}

const maxFirstUnparsed = 20;

/** `rows: false` for a replay from the store, where the rows are already there. */
export function processBatch(
  input: BatchInput,
  deps: ProcessDeps,
  want: { readonly rows: boolean },
): ProcessedBatch {
  const lines: string[] = [];
  const detections: Detection[] = [];
  const unparsed: Partial<Record<UnparsedReason, number>> = {};
  const firstUnparsed: { idx: number; reason: UnparsedReason }[] = [];
  let outOfRange = 0;
  let stored = 0;
  const evaluator = deps.evaluator.batch();
  for (let i = 0; i < input.ids.length; i++) {
    const eventId = input.ids[i];
    if (eventId === undefined || input.skip.has(i)) continue;
    const bytes = input.buffer.subarray(input.offsets[2 * i], input.offsets[2 * i + 1]);
    const flaw = input.flaws.get(i);
    const raw = rawText(bytes, flaw);
    const place: Place = {
      context: input.context,
      receivedAt: input.receivedAt,
      seq: input.seq,
      idx: input.indexes?.[i] ?? i,
      eventId,
    };
    const outcome: RecordOutcome =
      flaw === undefined
        ? parseRecord(raw.raw, input.context, deps.parsers)
        : { kind: 'unparsed', reason: flaw, parser: null };
    const event = outcome.kind === 'event' ? outcome.event : null;
    const time = eventTime(event?.time ?? null, input.receivedAt, deps.range);
    const columns = event === null ? undefined : columnsOf(event);
    stored += 1;
    if (time.origin === 'out_of_range') outOfRange += 1;
    if (want.rows) lines.push(JSON.stringify(rowOf(place, outcome, raw, time, columns)));
    if (outcome.kind === 'unparsed') {
      unparsed[outcome.reason] = (unparsed[outcome.reason] ?? 0) + 1;
      if (firstUnparsed.length < maxFirstUnparsed)
        firstUnparsed.push({ idx: place.idx, reason: outcome.reason });
    } else if (columns !== undefined) {
      const parser = `${outcome.parser.name}@${outcome.parser.version}`;
      detections.push(...evaluator.evaluate(outcome.event, place, time, columns, bytes, parser));
    }
  }
  // One trailing line feed, so that the rows of several batches can be joined as they are.
  const rows = lines.length === 0 ? new Uint8Array(0) : Buffer.from(`${lines.join('\n')}\n`, 'utf8');
  const { observations } = evaluator;
  const { receivedAt } = input;
  return { rows, stored, unparsed, firstUnparsed, outOfRange, detections, observations, receivedAt };
}
