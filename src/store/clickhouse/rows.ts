/** Rows as the engine gives them, and as the port promises them. */
import type { EventId, SourceId, TenantId } from '../../model/ids.ts';
import type { EventRow, StoredEvent, StoredRecord } from '../events.ts';
import { columnNames } from './ddl.ts';

/** Times leave the engine as epoch milliseconds, under names that do not hide the columns in WHERE. */
export type EventSqlRow = Omit<EventRow, 'received' | 'time'> & {
  readonly received_ms: number;
  readonly time_ms: number;
};

const times = new Set<string>(['received', 'time']);

/** What to select for an EventSqlRow. */
export const eventColumnsSql = columnNames
  .map((name) => (times.has(name) ? `toUnixTimestamp64Milli(${name}) AS ${name}_ms` : name))
  .join(', ');

export function eventOf(row: EventSqlRow): StoredEvent {
  const { received_ms, time_ms, ...rest } = row;
  return { ...rest, received: received_ms, time: time_ms };
}

/** What a StoredRecord needs. */
export const recordColumnsSql =
  'tenant, source, toUnixTimestamp64Milli(received) AS received_ms, seq, idx, event_id, context, unparsed, raw, raw_encoding';

export type RecordSqlRow = Pick<
  EventSqlRow,
  | 'tenant'
  | 'source'
  | 'received_ms'
  | 'seq'
  | 'idx'
  | 'event_id'
  | 'context'
  | 'unparsed'
  | 'raw'
  | 'raw_encoding'
>;

export function recordOf(row: RecordSqlRow): StoredRecord {
  return {
    tenant: row.tenant as TenantId,
    source: row.source as SourceId,
    receivedAt: row.received_ms,
    seq: row.seq,
    idx: row.idx,
    eventId: row.event_id as EventId,
    context: row.context,
    unparsed: row.unparsed,
    raw: Buffer.from(row.raw, row.raw_encoding),
  };
}
