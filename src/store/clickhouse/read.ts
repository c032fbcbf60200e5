/** Reading by identity and by sequence: what consumers and intake ask, each pruned by an index. */
import type { Instant } from '../../base/clock.ts';
import type { EventId, SourceId, TenantId } from '../../model/ids.ts';
import type { EventStoreStats, StoredEvent, StoredRecord } from '../events.ts';
import { allRows, type EngineClient, rowBlocks, settingsClause } from './engine.ts';
import {
  type EventSqlRow,
  eventColumnsSql,
  eventOf,
  type RecordSqlRow,
  recordColumnsSql,
  recordOf,
} from './rows.ts';

/** A query's parameters are bound on the calling thread: so few enough ids that it is not noticed. */
const idsPerQuery = 2_000;

export async function existing(
  reader: EngineClient,
  table: string,
  scope: { readonly tenant: TenantId; readonly source: SourceId; readonly since: Instant },
  ids: readonly EventId[],
): Promise<Set<EventId>> {
  const found = new Set<EventId>();
  const sql = `SELECT event_id FROM ${table} WHERE tenant = {tenant:String} AND source = {source:String} AND received >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND event_id IN {ids:Array(String)}`;
  for (let at = 0; at < ids.length; at += idsPerQuery) {
    const params = { ...scope, ids: ids.slice(at, at + idsPerQuery) };
    for await (const block of rowBlocks<{ event_id: EventId }>(reader, sql, params)) {
      for (const { event_id } of block) found.add(event_id);
    }
  }
  return found;
}

export async function get(
  reader: EngineClient,
  table: string,
  tenant: TenantId,
  id: EventId,
): Promise<StoredEvent | null> {
  const sql = `SELECT ${eventColumnsSql} FROM ${table} WHERE tenant = {tenant:String} AND event_id = {id:String} ORDER BY seq, idx LIMIT 1`;
  const [row] = await allRows<EventSqlRow>(reader, sql, { tenant, id });
  return row === undefined ? null : eventOf(row);
}

/** Places are numbers of our own making; the sequence prunes, the pairs are told apart here. */
export async function at(
  reader: EngineClient,
  table: string,
  tenant: TenantId,
  places: readonly { readonly seq: number; readonly idx: number }[],
): Promise<readonly StoredEvent[]> {
  if (places.length === 0) return [];
  const wanted = new Set(places.map(({ seq, idx }) => `${seq}:${idx}`));
  const sql = `SELECT ${eventColumnsSql} FROM ${table} PREWHERE seq IN {seqs:Array(UInt64)} AND idx IN {idxs:Array(UInt32)} WHERE tenant = {tenant:String} ORDER BY seq, idx`;
  const params = {
    tenant,
    seqs: [...new Set(places.map(({ seq }) => seq))],
    idxs: [...new Set(places.map(({ idx }) => idx))],
  };
  const rows = await allRows<EventSqlRow>(reader, sql, params);
  return rows.filter(({ seq, idx }) => wanted.has(`${seq}:${idx}`)).map(eventOf);
}

export async function stats(reader: EngineClient, database: string): Promise<EventStoreStats> {
  const sql =
    "SELECT sum(rows) AS rows, sum(bytes_on_disk) AS bytesOnDisk, uniqExact(partition_id) AS days FROM system.parts WHERE active AND database = {database:String} AND table = 'events'";
  const [row] = await allRows<EventStoreStats>(reader, sql, { database });
  return row ?? { rows: 0, bytesOnDisk: 0, days: 0 };
}

/** The sequence as consumers read it. Remembers a seq that is known to be stored, so that asking for the highest stays cheap. */
export interface SequenceReader {
  last(): Promise<number>;
  after(seq: number, maxRows: number): Promise<readonly StoredRecord[]>;
  /** Rows were dropped: what was known may be gone. */
  forget(): void;
}

export function sequenceReader(reader: EngineClient, database: string): SequenceReader {
  const table = `${database}.events`;
  let known = 0;

  async function last(): Promise<number> {
    if (known === 0) known = await newestDayMax(reader, database);
    const [row] = await allRows<{ highest: number }>(
      reader,
      `SELECT max(seq) AS highest FROM ${table} WHERE seq > {known:UInt64}`,
      {
        known,
      },
    );
    known = Math.max(known, row?.highest ?? 0);
    return known;
  }

  /** Last seq of the whole batches after `seq` that make up about `maxRows`; null when there are none. */
  async function lastOfBatches(seq: number, maxRows: number): Promise<number | null> {
    const sql = `SELECT seq, count() AS rows FROM ${table} WHERE seq > {from:UInt64} AND seq <= {to:UInt64} GROUP BY seq ORDER BY seq`;
    let end: number | null = null;
    let total = 0;
    // A window, so that a consumer far behind does not scan all that lies before it; growing, because the sequence has gaps.
    for (let from = seq, width = 64; ; from += width, width *= 4) {
      for (const batch of await allRows<{ seq: number; rows: number }>(reader, sql, {
        from,
        to: from + width,
      })) {
        if (end !== null && total + batch.rows > maxRows) return end;
        end = batch.seq;
        total += batch.rows;
        if (total >= maxRows) return end;
      }
      if (from + width >= (await last())) return end;
    }
  }

  return {
    last,
    async after(seq, maxRows) {
      const end = await lastOfBatches(seq, maxRows);
      if (end === null) return [];
      // Few rows: sorting them in one thread is cheaper than merging parts.
      const sql = `SELECT ${recordColumnsSql} FROM ${table} WHERE seq > {from:UInt64} AND seq <= {to:UInt64} ORDER BY seq, idx${settingsClause({ max_threads: 1 })}`;
      return (await allRows<RecordSqlRow>(reader, sql, { from: seq, to: end })).map(recordOf);
    },
    forget() {
      known = 0;
    },
  };
}

/** A lower bound of the highest seq, from one partition: usually the answer itself. */
async function newestDayMax(reader: EngineClient, database: string): Promise<number> {
  const [newest] = await allRows<{ day: string }>(
    reader,
    "SELECT max(partition_id) AS day FROM system.parts WHERE active AND database = {database:String} AND table = 'events'",
    { database },
  );
  if (newest === undefined || newest.day === '') return 0;
  const [row] = await allRows<{ highest: number }>(
    reader,
    `SELECT max(seq) AS highest FROM ${database}.events WHERE _partition_id = {day:String}`,
    { day: newest.day },
  );
  return row?.highest ?? 0;
}
