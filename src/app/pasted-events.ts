/** What somebody pasted to try a rule on: cut into records as a file would be, each read as a parser reads it. */

import type { Instant } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { SigmaEvent } from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import type { Logsource, ParsedEvent } from '../model/event.ts';
import { type ContextId, mainTenant, type SourceId } from '../model/ids.ts';
import type { Frame } from '../pipeline/cutter.ts';
import { guessBytes, guessFormat } from '../pipeline/formats/guess.ts';
import { cutterOf } from '../pipeline/formats/index.ts';
import { Framer } from '../pipeline/frame.ts';
import { createJoiner } from '../pipeline/joined.ts';
import { parseRecord } from '../pipeline/parse.ts';
import { parsers } from './parsers.ts';

export interface TriedEvent {
  /** As it was given; of several records that are one event, all of them. */
  readonly raw: string;
  readonly time: Instant | null;
  /** Null where no event could be read. */
  readonly event: SigmaEvent | null;
  /** Why not. */
  readonly problem: string | null;
  /** No parser knows the record: it is taken as it is, for an event of the rule's logsource. */
  readonly assumed: boolean;
}

export const mostPasted = 200;

const limits = { maxRecordBytes: 1_000_000, batchRecords: 10_000, batchBytes: 16_000_000 };

/**
 * JSON objects one a line, over several lines or in a list, Windows events as XML, Zeek and W3C tables, lines of
 * text. `assumed`: the logsource of a JSON object that no parser takes. Throws E_BAD_REQUEST for more than
 * `mostPasted` records.
 */
export function readPastedEvents(text: string, assumed: Logsource | null): readonly TriedEvent[] {
  const records = cut(Buffer.from(text.trim(), 'utf8'));
  if (records.length > mostPasted) {
    throw new AppError(
      'E_BAD_REQUEST',
      `${records.length} records are too many to try: paste at most ${mostPasted}, or run a backtest`,
    );
  }
  const joiner = createJoiner<string>();
  const read = records.flatMap(({ raw, context }): readonly TriedEvent[] => {
    const outcome = parseRecord(raw, context, parsers);
    if (outcome.kind === 'event') {
      return joiner.take(outcome.event, outcome.parser, raw) ? [] : [eventOf(outcome.event, raw)];
    }
    const object = outcome.reason === 'unknown_format' && assumed !== null ? objectOf(raw) : null;
    if (object !== null) {
      const event = { fields: object, logsource: assumed ?? {} };
      return [{ raw, time: timeIn(object), event, problem: null, assumed: true }];
    }
    return [
      { raw, time: null, event: null, problem: problems[outcome.reason] ?? outcome.reason, assumed: false },
    ];
  });
  return [...read, ...joiner.finish().map((one) => eventOf(one.event, one.records.join('\n')))];
}

const problems: Readonly<Record<string, string>> = {
  malformed_json: 'this is not JSON: a quote, comma or bracket is missing',
  not_an_object: 'this is JSON, but no object',
  malformed_xml: 'this is not XML that can be read',
  malformed_row: 'this row has other columns than its header',
  too_deep: 'this is nested too deeply',
  record_too_long: 'this record is too long',
  unknown_format: 'no parser knows this record',
  parser_error: 'the parser failed on this record',
};

function eventOf({ native, logsource, time }: ParsedEvent, raw: string): TriedEvent {
  return { raw, time, event: { fields: native, logsource }, problem: null, assumed: false };
}

interface CutRecord {
  readonly raw: string;
  readonly context: RecordContext;
}

function cut(bytes: Buffer): readonly CutRecord[] {
  const records: CutRecord[] = [];
  const take = ({ buffer, offsets, ids, facts }: Frame): void => {
    const context = { ...pasted, ...facts };
    for (let at = 0; at < ids.length; at++) {
      const part = buffer.subarray(offsets[2 * at] ?? 0, offsets[2 * at + 1] ?? 0);
      records.push({ raw: Buffer.from(part).toString('utf8'), context });
    }
  };
  const framer = new Framer(new Uint8Array(16), limits);
  const cutter = cutterOf(guessFormat(bytes.subarray(0, guessBytes)), framer);
  cutter.push(bytes, take);
  const last = cutter.end(take);
  if (last !== null) take(last);
  const fault = cutter.fault?.() ?? null;
  if (records.length === 0 && fault !== null) {
    records.push({ raw: bytes.toString('utf8'), context: { ...pasted, decoder: 'json' } });
  }
  return records;
}

const pasted: RecordContext = {
  id: 'pasted' as ContextId,
  tenant: mainTenant,
  source: 'pasted' as SourceId,
  decoder: 'text',
  transport: 'http',
};

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : null;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}

/** Where people look for a time in a record that no parser knows. */
const timeFields = ['@timestamp', 'timestamp', 'UtcTime', 'TimeCreated', 'eventTime', 'time', 'ts'];

function timeIn(fields: Readonly<Record<string, unknown>>): Instant | null {
  for (const name of timeFields) {
    const value = fields[name];
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(time)) return time;
  }
  return null;
}
