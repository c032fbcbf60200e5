/** Rows of the queue over time, and grouped by what they have in common. */
import { sql } from 'kysely';
import type { GroupField } from '../../model/queue.ts';
import { type Severity, severities } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import { type Asker, cellConditions, onlyCells, opens, rowConditions } from './queue-filter.ts';
import { labelValues } from './queue-labels.ts';
import { countLimit } from './queue-list.ts';
import type { Histogram, HistogramBucket, QueueFilter, QueueGroup } from './queue-types.ts';

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

interface GroupRow {
  readonly v0: string;
  readonly v1: string;
  readonly v2: string;
  readonly rows: number;
  readonly hosts: number;
  readonly users: number;
  readonly priority: number;
  readonly last_event_at: Date;
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
  readonly s3: number;
  readonly s4: number;
  readonly all: number;
}

/** A row with several values of a field is in several groups; one without any is in none. */
export async function queueGroups(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  by: readonly GroupField[],
  limit: number,
): Promise<{ readonly groups: readonly QueueGroup[]; readonly exact: boolean }> {
  const sources = by.map((field, at) => sql`lateral ${valuesOf(field)} as ${sql.ref(`g${at}`)}(v)`);
  const value = (at: number) => (by[at] === undefined ? sql`''` : sql`${sql.ref(`g${at}`)}.v`);
  const { rows } = await sql<GroupRow>`
    with found as materialized (
      select status, owner_id, severity_rank, priority, last_event_at, terms from queue_rows
      where ${rowConditions(asker, filter)} limit ${countLimit + 1}
    ), grouped as (
      select ${value(0)} as v0, ${value(1)} as v1, ${value(2)} as v2, f.*
      from found f, ${sql.join(sources)}
    ), counted as (
      select v0, v1, v2, count(*)::int as rows, max(priority) as priority, max(last_event_at) as last_event_at,
        (count(*) filter (where severity_rank = 0))::int as s0, (count(*) filter (where severity_rank = 1))::int as s1,
        (count(*) filter (where severity_rank = 2))::int as s2, (count(*) filter (where severity_rank = 3))::int as s3,
        (count(*) filter (where severity_rank = 4))::int as s4
      from grouped group by 1, 2, 3 order by 5 desc, 4 desc, 1, 2, 3 limit ${limit}
    )
    select c.*, (select count(*)::int from found) as all,
      (select count(distinct t)::int from grouped g, unnest(g.terms) t
        where g.v0 = c.v0 and g.v1 = c.v1 and g.v2 = c.v2 and t like 'host=%') as hosts,
      (select count(distinct t)::int from grouped g, unnest(g.terms) t
        where g.v0 = c.v0 and g.v1 = c.v1 and g.v2 = c.v2 and t like 'user=%') as users
    from counted c order by c.priority desc, c.rows desc, c.v0, c.v1, c.v2`.execute(db);
  const labels = await Promise.all(
    by.map((field, at) =>
      labelValues(db, asker, field, [...new Set(rows.map((row) => [row.v0, row.v1, row.v2][at] ?? ''))]),
    ),
  );
  return {
    groups: rows.map((row) => groupOf(row, by, labels)),
    exact: (rows[0]?.all ?? 0) <= countLimit,
  };
}

function groupOf(
  row: GroupRow,
  by: readonly GroupField[],
  labels: readonly ReadonlyMap<string, string>[],
): QueueGroup {
  const values = by.map((field, at) => {
    const raw = [row.v0, row.v1, row.v2][at] ?? '';
    const value =
      field === 'owner' && raw === ''
        ? 'none'
        : field === 'severity'
          ? (severities[Number(raw)] ?? raw)
          : raw;
    return { field, value, label: labels[at]?.get(raw) ?? value };
  });
  return {
    values,
    rows: row.rows,
    hosts: row.hosts,
    users: row.users,
    priority: row.priority,
    lastEventAt: row.last_event_at.getTime(),
    severity: { informational: row.s0, low: row.s1, medium: row.s2, high: row.s3, critical: row.s4 },
  };
}

function valuesOf(field: GroupField) {
  if (field === 'severity') return sql`(select f.severity_rank::text)`;
  if (field === 'status') return sql`(select f.status)`;
  if (field === 'owner') return sql`(select f.owner_id)`;
  return sql`(select substr(t, ${field.length + 2}::int) from unnest(f.terms) t where t like ${`${field}=%`})`;
}
