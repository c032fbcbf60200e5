/** The hot path over one batch: parse, rows, detections. Synchronous and pure; the worker runs it. */
import type { Instant } from '../base/clock.ts';
import type { EventLogsource } from '../lang/sigma/index.ts';
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { Detection } from '../model/detection.ts';
import type { ParsedEvent } from '../model/event.ts';
import type { EventId } from '../model/ids.ts';
import type { Parser } from '../plugins/define.ts';
import { type AccountName, createAccountCollector } from './accounts.ts';
import type { Evaluator, ReadEvent } from './evaluate.ts';
import { createFindingCollector } from './findings.ts';
import { createJoiner } from './joined.ts';
import type { BatchObservation } from './observations.ts';
import { parseRecord, type RecordOutcome } from './parse.ts';
import {
  columnsOf,
  type EventColumns,
  type EventTime,
  eventTime,
  type Place,
  rawText,
  rowOf,
  type TimeRange,
} from './rows.ts';

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
  readonly logsources: readonly LogsourceCount[];
  readonly accounts: readonly AccountName[];
}

/** Events by what Sigma calls their logsource; names joined with commas. */
export interface LogsourceCount {
  readonly product: string;
  readonly services: string;
  readonly categories: string;
  readonly events: number;
}

export interface ProcessDeps {
  readonly parsers: readonly Parser[];
  readonly evaluator: Evaluator;
  readonly range: TimeRange;
}

const maxFirstUnparsed = 20;

/** A record as it was taken, and what is read off its event. */
interface Taken {
  readonly place: Place;
  readonly raw: ReturnType<typeof rawText>;
  readonly bytes: Uint8Array;
}
interface Reading {
  readonly time: EventTime;
  readonly columns: EventColumns | undefined;
}

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
  const findings = createFindingCollector();
  const joiner = createJoiner<{ readonly taken: Taken; readonly line: number }>();

  const readingOf = (event: ParsedEvent | null): Reading => ({
    time: eventTime(event?.time ?? null, input.receivedAt, deps.range),
    columns: event === null ? undefined : columnsOf(event),
  });
  /** Null for what has no columns: it is no event. */
  const read = (
    event: ParsedEvent,
    parser: Parser,
    { place, bytes }: Taken,
    reading: Reading,
  ): ReadEvent | null => {
    const { time, columns } = reading;
    if (columns === undefined) return null;
    logsources.add(event);
    accounts.add(event, time.at);
    const by = `${parser.name}@${parser.version}`;
    const finding = findings.detect(event, place, time, columns, bytes, by);
    if (finding !== null) detections.push(finding);
    return { event, place, time, columns, raw: bytes, parser: by };
  };
  const events: (ReadEvent | null)[] = input.ids.map(() => null);
  const logsources = logsourceCounter(deps.evaluator);
  const accounts = createAccountCollector();
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
    const taken = { place, raw, bytes };
    const outcome: RecordOutcome =
      flaw === undefined
        ? parseRecord(raw.raw, input.context, deps.parsers)
        : { kind: 'unparsed', reason: flaw, parser: null };
    const reading = readingOf(outcome.kind === 'event' ? outcome.event : null);
    stored += 1;
    if (reading.time.origin === 'out_of_range') outOfRange += 1;
    if (want.rows) lines.push(JSON.stringify(rowOf(place, outcome, raw, reading.time, reading.columns)));
    if (outcome.kind === 'unparsed') {
      unparsed[outcome.reason] = (unparsed[outcome.reason] ?? 0) + 1;
      if (firstUnparsed.length < maxFirstUnparsed)
        firstUnparsed.push({ idx: place.idx, reason: outcome.reason });
    } else if (!joiner.take(outcome.event, outcome.parser, { taken, line: lines.length - 1 })) {
      events[i] = read(outcome.event, outcome.parser, taken, reading);
    }
  }
  const { buffer, offsets } = input;
  for (const detection of evaluator.evaluateBatch({ buffer, offsets, events })) detections.push(detection);
  // A record's own finding goes before what rules say of it; the sort keeps the order of one record's.
  detections.sort((a, b) => a.idx - b.idx);
  for (const { event, parser, records } of joiner.finish()) {
    const [{ taken, line }] = records;
    const reading = readingOf(event);
    // The first record stands for the event: its row says what all of them say together.
    if (want.rows) {
      const outcome = { kind: 'event', event, parser } as const;
      lines[line] = JSON.stringify(rowOf(taken.place, outcome, taken.raw, reading.time, reading.columns));
    }
    const bytes = Buffer.from(records.map((one) => one.taken.raw.raw).join('\n'), 'utf8');
    const joined = read(event, parser, { ...taken, bytes }, reading);
    if (joined !== null) detections.push(...evaluator.evaluate(joined));
  }
  // One trailing line feed, so that the rows of several batches can be joined as they are.
  const rows = lines.length === 0 ? new Uint8Array(0) : Buffer.from(`${lines.join('\n')}\n`, 'utf8');
  const { observations } = evaluator;
  const { receivedAt } = input;
  return {
    rows,
    stored,
    unparsed,
    firstUnparsed,
    outOfRange,
    detections,
    observations,
    receivedAt,
    logsources: logsources.counts(),
    accounts: accounts.names(),
  };
}

function logsourceCounter(evaluator: Evaluator) {
  const events = new Map<EventLogsource, number>();
  return {
    add(event: ParsedEvent): void {
      const logsource = evaluator.logsource(event);
      events.set(logsource, (events.get(logsource) ?? 0) + 1);
    },
    counts(): readonly LogsourceCount[] {
      const counts = new Map<string, LogsourceCount>();
      for (const [{ product, services, categories }, count] of events) {
        const names = { product: product ?? '', services: services.join(), categories: categories.join() };
        const key = Object.values(names).join('\n');
        counts.set(key, { ...names, events: count + (counts.get(key)?.events ?? 0) });
      }
      return [...counts.values()];
    },
  };
}
