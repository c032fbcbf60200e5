/** Pages of the queue: by key, so that a page is never shifted by what came meanwhile. */
import { type RawBuilder, sql } from 'kysely';
import { readCursor, refusedCursor, writeCursor } from '../../base/cursor.ts';
import type { QueueSort } from '../../model/queue.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { type Asker, cellConditions, onlyCells, rowConditions } from './queue-filter.ts';
import type { QueueFilter, QueuePage, QueueQuery } from './queue-types.ts';
import { toQueueRow } from './rows.ts';

/** A narrow filter is counted no further: who sees 20,000 rows narrows it anyway. */
export const countLimit = 20_000;
/** The year 5138: nothing that the service made lies beyond, and every store can hold it. */
const farthest = 1e14;

export async function listQueue(db: RecordsDb, asker: Asker, query: QueueQuery): Promise<QueuePage> {
  const where = rowConditions(asker, query);
  const after = query.cursor === undefined ? sql`true` : afterCursor(query.sort, query.cursor);
  const { rows } = await sql<Row<'queue_rows'>>`
    select * from queue_rows where ${where} and ${after}
    order by ${orders[query.sort]} limit ${query.limit + 1}`.execute(db);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(toQueueRow),
    ...(await countRows(db, asker, query)),
    nextCursor: rows.length > query.limit && last !== undefined ? cursorOf(query.sort, last) : null,
  };
}

/** From the counters where they answer it, else row by row up to a limit. */
export async function countRows(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
): Promise<{ total: number; totalExact: boolean }> {
  if (onlyCells(filter)) {
    const { rows } = await sql<{ total: number }>`
      select coalesce(sum(rows), 0)::int as total from queue_counts
      where facet = '' and value = '' and ${sql.join(cellConditions(asker, filter), sql` and `)}`.execute(db);
    return { total: rows[0]?.total ?? 0, totalExact: true };
  }
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from (
      select 1 from queue_rows where ${rowConditions(asker, filter)} limit ${countLimit + 1}) found`.execute(
    db,
  );
  const total = rows[0]?.total ?? 0;
  return { total: Math.min(total, countLimit), totalExact: total <= countLimit };
}

const orders: Readonly<Record<QueueSort, RawBuilder<unknown>>> = {
  priority: sql`priority desc, created_at desc, id desc`,
  newest: sql`created_at desc, id desc`,
  event: sql`last_event_at desc, id desc`,
};

function cursorOf(sort: QueueSort, row: Row<'queue_rows'>): string {
  const at = (sort === 'event' ? row.last_event_at : row.created_at).getTime();
  return writeCursor([sort, row.priority, at, row.id]);
}

function afterCursor(sort: QueueSort, cursor: string): RawBuilder<unknown> {
  const [of, priority, at, id] = readCursor(cursor);
  if (of !== sort || !Number.isInteger(priority) || typeof at !== 'number' || typeof id !== 'string')
    throw refusedCursor();
  if (!(Math.abs(at) < farthest) || !(Math.abs(Number(priority)) <= 100)) throw refusedCursor();
  const time = new Date(at);
  if (sort === 'priority')
    return sql`(priority, created_at, id) < (${Number(priority)}::int, ${time}::timestamptz, ${pgText(id)}::text)`;
  const column = sql.ref(sort === 'event' ? 'last_event_at' : 'created_at');
  return sql`(${column}, id) < (${time}::timestamptz, ${pgText(id)}::text)`;
}
