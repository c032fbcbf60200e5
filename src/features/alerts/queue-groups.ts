/** Rows of the queue by what they have in common: by one field from the counters, else row by row up to a limit. */
import { type RawBuilder, sql } from 'kysely';
import type { GroupField } from '../../model/queue.ts';
import { severities } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import { type Asker, cellConditions, onlyCells, rowConditions, termFacets, termOf } from './queue-filter.ts';
import { labelValues } from './queue-labels.ts';
import { countLimit } from './queue-list.ts';
import type { QueueFilter, QueueGroup, TermFacet } from './queue-types.ts';

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
}

interface Found {
  readonly rows: readonly GroupRow[];
  readonly exact: boolean;
}

/**
 * The most urgent group first. A row with several values of a field is in several groups; one without any is in none.
 * By several fields, an incident is in the groups of which one of its alerts has all values.
 */
export async function queueGroups(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  by: readonly GroupField[],
  limit: number,
): Promise<{ readonly groups: readonly QueueGroup[]; readonly exact: boolean }> {
  const [only, second] = by;
  const facet = second === undefined ? termFacets.find((name) => name === only) : undefined;
  const { rows, exact } =
    facet !== undefined && onlyCells(filter)
      ? await groupsOfCounters(db, asker, filter, facet, limit)
      : await groupsOfRows(db, asker, filter, by, limit);
  const labels = await Promise.all(
    by.map((field, at) =>
      labelValues(db, asker, field, [...new Set(rows.map((row) => [row.v0, row.v1, row.v2][at] ?? ''))]),
    ),
  );
  return { groups: rows.map((row) => groupOf(row, by, labels)), exact };
}

/** Rows that are first by priority: the most urgent groups are theirs. */
const urgentRows = 1_000;
/** Rows of all groups together that are looked at for their hosts and users. */
const rowsLooked = 10_000;

/**
 * Numbers of rows by the counters. What they do not hold (the highest priority, the last event, how
 * many hosts and users) is read from the rows of the groups that may be shown: those of the first
 * rows by priority, and the largest of the worst severity. Of a group with more rows than its share
 * hosts and users are the least there are; then it is not exact.
 */
async function groupsOfCounters(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: TermFacet,
  limit: number,
): Promise<Found> {
  const cells = sql.join(cellConditions(asker, filter), sql` and `);
  const urgent = await sql<{ value: string; priority: number }>`
    select substr(t, ${facet.length + 2}::int) as value, max(priority) as priority from (
      select terms, priority from queue_rows where ${rowConditions(asker, filter)}
      order by priority desc, created_at desc, id desc limit ${urgentRows}) first, unnest(terms) t
    where t like ${`${facet}=%`} group by 1`.execute(db);
  const highest = new Map(urgent.rows.map(({ value, priority }) => [value, priority]));
  const counted = await sql<Omit<GroupRow, 'hosts' | 'users' | 'priority' | 'last_event_at'>>`
    select value as v0, '' as v1, '' as v2, sum(rows)::int as rows, ${severityTally(sql`sum(rows)`)}
    from queue_counts where facet = ${facet} and ${cells} group by value
    order by (value = any(${urgent.rows.map(({ value }) => value)}::text[])) desc, max(severity_rank) desc, sum(rows) desc, value
    limit ${Math.max(limit, urgent.rows.length)}`.execute(db);
  const share = Math.max(10, Math.floor(rowsLooked / Math.max(1, counted.rows.length)));
  const looked = await lookAt(db, asker, filter, facet, counted.rows, share);
  const rows = counted.rows
    .flatMap((row) => {
      const facts = looked.get(row.v0);
      if (facts === undefined) return [];
      return [{ ...row, ...facts, priority: Math.max(facts.priority, highest.get(row.v0) ?? 0) }];
    })
    .sort((a, b) => b.priority - a.priority || b.rows - a.rows || (a.v0 < b.v0 ? -1 : 1))
    .slice(0, limit);
  return { rows, exact: rows.every((row) => row.rows <= share) };
}

type Facts = Pick<GroupRow, 'hosts' | 'users' | 'priority' | 'last_event_at'>;

async function lookAt(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: TermFacet,
  groups: readonly { readonly v0: string }[],
  share: number,
): Promise<ReadonlyMap<string, Facts>> {
  const terms = groups.map(({ v0 }) => termOf(facet, v0));
  const { rows } = await sql<Facts & { term: string }>`
    with found as materialized (
      select wanted.term, r.priority, r.last_event_at, r.terms from unnest(${terms}::text[]) wanted(term), lateral (
        select priority, last_event_at, terms from queue_rows
        where ${rowConditions(asker, filter)} and terms @> array[wanted.term] limit ${share}) r
    ), named as (
      select term, ${namesTally} from found f, unnest(f.terms) t group by term
    )
    select term, max(priority) as priority, max(last_event_at) as last_event_at,
      max(named.hosts) as hosts, max(named.users) as users
    from found join named using (term) group by term`.execute(db);
  return new Map(rows.map(({ term, ...facts }) => [term.slice(facet.length + 1), facts]));
}

async function groupsOfRows(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  by: readonly GroupField[],
  limit: number,
): Promise<Found> {
  const sources = by.map((field, at) => sql`lateral ${valuesOf(field)} as ${sql.ref(`g${at}`)}(v)`);
  const value = (at: number) => (by[at] === undefined ? sql`''` : sql`${sql.ref(`g${at}`)}.v`);
  const { rows } = await sql<GroupRow & { all: number }>`
    with found as materialized (
      select tenant, kind, id, status, owner_id, severity_rank, priority, last_event_at, terms from queue_rows
      where ${rowConditions(asker, filter)} limit ${countLimit + 1}
    ), grouped as materialized (
      select ${value(0)} as v0, ${value(1)} as v1, ${value(2)} as v2, f.*
      from found f, ${sql.join(sources)} where ${together(by)}
    ), counted as materialized (
      select v0, v1, v2, count(*)::int as rows, max(priority) as priority, max(last_event_at) as last_event_at,
        ${severityTally(sql`count(*)`)}
      from grouped group by 1, 2, 3 order by 5 desc, 4 desc, 1, 2, 3 limit ${limit}
    ), named as (
      select v0, v1, v2, ${namesTally} from counted join grouped g using (v0, v1, v2), unnest(g.terms) t
      group by 1, 2, 3
    )
    select c.*, coalesce(n.hosts, 0) as hosts, coalesce(n.users, 0) as users,
      (select count(*)::int from found) as all
    from counted c left join named n using (v0, v1, v2)
    order by c.priority desc, c.rows desc, c.v0, c.v1, c.v2`.execute(db);
  return { rows, exact: (rows[0]?.all ?? 0) <= countLimit };
}

/** Whether an alert of the row has the values of all fields that an alert can have of its own. */
function together(by: readonly GroupField[]): RawBuilder<unknown> {
  const conditions = by.flatMap((field, at) => {
    const value = sql`${sql.ref(`g${at}`)}.v`;
    if (field === 'rule') return [sql`a.rule_key = ${value}`];
    if (field === 'source') return [sql`a.source = ${value}`];
    if (field === 'tag') return [sql`a.tags @> to_jsonb(${value})`];
    if (field !== 'host' && field !== 'user') return [];
    return [
      sql`exists (select 1 from alert_entities e
        where e.tenant = a.tenant and e.alert_id = a.id and e.kind = ${field} and e.id = ${value})`,
    ];
  });
  if (conditions.length < 2) return sql`true`;
  return sql`(f.kind = 'alert' or exists (
    select 1 from alerts a where a.tenant = f.tenant and a.incident_id = f.id and ${sql.join(conditions, sql` and `)}))`;
}

function severityTally(amount: RawBuilder<unknown>): RawBuilder<unknown> {
  const ranks = severities.map(
    (_, rank) =>
      sql`coalesce(${amount} filter (where severity_rank = ${sql.lit(rank)}), 0)::int as ${sql.ref(`s${rank}`)}`,
  );
  return sql.join(ranks);
}

const namesTally = sql`(count(distinct t) filter (where t like 'host=%'))::int as hosts,
  (count(distinct t) filter (where t like 'user=%'))::int as users`;

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
