/** Rows of the queue over time. */
import { sql } from 'kysely';
import { type Severity, severities } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import { type Asker, cellConditions, onlyCells, opens, rowConditions } from './queue-filter.ts';
import { countLimit } from './queue-list.ts';
import type { Histogram, HistogramBucket, QueueFilter } from './queue-types.ts';

/** More columns than any chart has pixels for: the newest. */
const mostBuckets = 1_000;

interface Cell {
  readonly at: Date;
  readonly severity_rank: number;
  readonly rows: number;
}

export async function queueHistogram(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  bucket: 'day' | 'hour',
): Promise<Histogram> {
  const range = await rangeOf(db, asker, filter);
  if (bucket === 'day' && onlyCells(filter)) {
    const facet = filter.timeBasis === 'alert' ? 'alert_day' : 'event_day';
    const { rows } = await sql<Cell>`
      select value::date::timestamp at time zone 'UTC' as at, severity_rank, sum(rows)::int as rows from queue_counts
      where facet = ${facet} and ${sql.join(cellConditions(asker, filter), sql` and `)}
      group by 1, 2 order by 1 desc limit ${mostBuckets * severities.length}`.execute(db);
    return { buckets: bucketsOf(rows), exact: true, range };
  }
  const column = sql.ref(filter.timeBasis === 'alert' ? 'created_at' : 'last_event_at');
  const { rows } = await sql<Cell & { all: number }>`
    with found as materialized (
      select ${column} as time, severity_rank from queue_rows
      where ${rowConditions(asker, filter)} limit ${countLimit + 1}
    )
    select date_trunc(${bucket}, time, 'UTC') as at, severity_rank, count(*)::int as rows,
      (select count(*)::int from found) as all
    from found group by 1, 2 order by 1 desc limit ${mostBuckets * severities.length}`.execute(db);
  return { buckets: bucketsOf(rows), exact: (rows[0]?.all ?? 0) <= countLimit, range };
}

/** Newest rows in, oldest bucket first out. */
function bucketsOf(cells: readonly Cell[]): readonly HistogramBucket[] {
  const buckets = new Map<number, { at: number; rows: number; severity: Record<Severity, number> }>();
  for (const cell of cells) {
    const at = cell.at.getTime();
    const bucket = buckets.get(at) ?? { at, rows: 0, severity: noSeverities() };
    buckets.set(at, bucket);
    const severity = severities[cell.severity_rank];
    bucket.rows += cell.rows;
    if (severity !== undefined) bucket.severity[severity] += cell.rows;
  }
  return [...buckets.values()].slice(0, mostBuckets).reverse();
}

function noSeverities(): Record<Severity, number> {
  return { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
}

/** Under the filter without its times; the index gives either end of open and of closed rows. */
async function rangeOf(db: RecordsDb, asker: Asker, filter: QueueFilter): Promise<Histogram['range']> {
  const column = sql.ref(filter.timeBasis === 'alert' ? 'created_at' : 'last_event_at');
  const conditions = rowConditions(asker, filter, 'time');
  const ends: number[] = [];
  for (const open of opens(filter)) {
    for (const order of [sql`asc`, sql`desc`]) {
      const { rows } = await sql<{ at: Date }>`
        select ${column} as at from queue_rows where ${conditions} and open = ${open}
        order by ${column} ${order} limit 1`.execute(db);
      if (rows[0] !== undefined) ends.push(rows[0].at.getTime());
    }
  }
  return ends.length === 0 ? null : { from: Math.min(...ends), to: Math.max(...ends) };
}
