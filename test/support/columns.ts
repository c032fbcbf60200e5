/** Whether the columns of a row are the native fields that its parser says (`columns` of src/plugins/define.ts). */
import type { RecordContext } from '../../src/model/batch.ts';
import type { EventId } from '../../src/model/ids.ts';
import { parseRecord } from '../../src/pipeline/parse.ts';
import { columnsOf, rowOf } from '../../src/pipeline/rows.ts';
import type { Parser } from '../../src/plugins/define.ts';
import type { EventRow } from '../../src/store/events.ts';

interface Held {
  /** `channel code field` */
  readonly name: string;
  readonly column: string;
  readonly value: unknown;
}

/** The fields of a record that a column which is not empty stands for. */
function held(raw: string, context: RecordContext, parsers: readonly Parser[]): readonly Held[] {
  const outcome = parseRecord(raw, context, parsers);
  if (outcome.kind !== 'event') return [];
  const { event, parser } = outcome;
  const place = { context, receivedAt: 0, seq: 1, idx: 0, eventId: '' as EventId };
  const time = { at: 0, origin: 'received' as const };
  const row: EventRow = rowOf(place, outcome, { raw, raw_encoding: 'utf8' }, time, columnsOf(event));
  const own = (parser.columns ?? []).filter(
    ({ logsource, channel, codes }) =>
      row.product === logsource.product &&
      row.service === logsource.service &&
      row.category === logsource.category &&
      row.channel.toLowerCase() === channel.toLowerCase() &&
      codes.includes(row.event_code),
  );
  return own.flatMap(({ channel, fields }) =>
    Object.entries({ ...fields, EventID: 'event_code' as const, Channel: 'channel' as const }).flatMap(
      ([field, column]) =>
        row[column] === ''
          ? []
          : [
              {
                name: `${channel} ${row.event_code} ${field}`,
                column: row[column],
                value: event.native[field],
              },
            ],
    ),
  );
}

/** Columns that say another thing than their field. */
export function broken(raw: string, context: RecordContext, parsers: readonly Parser[]): readonly string[] {
  return held(raw, context, parsers).flatMap(({ name, column, value }) =>
    (typeof value === 'string' || typeof value === 'number') && String(value) === column
      ? []
      : [`${name}: ${column} for ${JSON.stringify(value)} of ${raw}`],
  );
}

/** The fields that columns stand for, as `channel code field`. */
export function laidOut(raw: string, context: RecordContext, parsers: readonly Parser[]): readonly string[] {
  return held(raw, context, parsers).map(({ name }) => name);
}

/** Services of the event that neither its row nor its parser tells of. */
export function unknownServices(
  raw: string,
  context: RecordContext,
  parsers: readonly Parser[],
): readonly string[] {
  const outcome = parseRecord(raw, context, parsers);
  if (outcome.kind !== 'event') return [];
  const { name, moreServices: declared = [] } = outcome.parser;
  const { moreServices = [] } = outcome.event.logsource;
  return declared === 'any'
    ? []
    : moreServices.filter((one) => !declared.includes(one)).map((one) => `${name}: ${one} of ${raw}`);
}
