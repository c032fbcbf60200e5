/** Groups told from the rows themselves, and of an incident from its alerts. */
import { type RawBuilder, sql } from 'kysely';
import type { GroupField } from '../../model/queue.ts';
import { severities } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import { type Asker, alertHas, rowConditions, termFacets } from './queue-filter.ts';
import type { QueueFilter } from './queue-types.ts';

export interface GroupRow {
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

/** Of the first rows by priority. */
export async function groupsOfRows(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  by: readonly GroupField[],
  most: { readonly groups: number; readonly rows: number },
): Promise<{ readonly rows: readonly GroupRow[]; readonly exact: boolean }> {
  const { rows } = await sql<GroupRow & { all: number }>`
    with found as materialized (
      select tenant, kind, id, status, owner_id, severity_rank, priority, last_event_at, terms from queue_rows
      where ${rowConditions(asker, filter)}
      order by priority desc, created_at desc, id desc limit ${most.rows + 1}
    ), grouped as materialized (${grouped(filter, by)}
    ), counted as materialized (
      select v0, v1, v2, count(*)::int as rows, max(priority) as priority, max(last_event_at) as last_event_at,
        ${severityTally(sql`count(*)`)}
      from grouped group by 1, 2, 3 order by 5 desc, 4 desc, 1, 2, 3 limit ${most.groups}
    ), named as (
      select v0, v1, v2, (count(distinct t) filter (where t like 'host=%'))::int as hosts,
        (count(distinct t) filter (where t like 'user=%'))::int as users
      from counted join grouped g using (v0, v1, v2), unnest(g.terms) t group by 1, 2, 3
    )
    select c.*, coalesce(n.hosts, 0) as hosts, coalesce(n.users, 0) as users,
      (select count(*)::int from found) as all
    from counted c left join named n using (v0, v1, v2)
    order by c.priority desc, c.rows desc, c.v0, c.v1, c.v2`.execute(db);
  return { rows, exact: (rows[0]?.all ?? 0) <= most.rows };
}

/**
 * Each row with each combination of values that one of its alerts has, of those alerts that have what the filter wants
 * together. Where it is about a single value, the row's own terms tell it.
 */
function grouped(filter: QueueFilter, by: readonly GroupField[]): RawBuilder<unknown> {
  const wanted = filter.together ?? [];
  const ofAlerts = by.filter(isTerm);
  const ofRows = (condition: RawBuilder<unknown>) => sql`
      select ${values(by)}, f.* from found f, ${sources(by, valuesOfRow)} where ${condition}`;
  if (ofAlerts.length === 0 || ofAlerts.length + wanted.length < 2) return ofRows(sql`true`);
  const terms = by.flatMap((field, at) => (isTerm(field) ? [sql`${`${field}=`} || c.${column(at)}`] : []));
  return sql`${ofRows(sql`f.kind = 'alert'`)}
      union all
      select c.*, f.* from found f, lateral (
        select distinct ${values(by)} from alerts a, ${sources(by, valuesOfAlert)}
        where a.tenant = f.tenant and a.incident_id = f.id and ${alertHas(wanted)}) c
      where f.kind = 'incident' and f.terms @> array[${sql.join(terms)}]`;
}

const isTerm = (field: GroupField) => termFacets.some((facet) => facet === field);
const column = (at: number) => sql.ref(`v${at}`);

function values(by: readonly GroupField[]): RawBuilder<unknown> {
  return sql.join(
    [0, 1, 2].map(
      (at) => sql`${by[at] === undefined ? sql`''` : sql`${sql.ref(`g${at}.v`)}`} as ${column(at)}`,
    ),
  );
}

function sources(
  by: readonly GroupField[],
  valuesOf: (field: GroupField) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql.join(by.map((field, at) => sql`lateral ${valuesOf(field)} as ${sql.ref(`g${at}`)}(v)`));
}

function valuesOfRow(field: GroupField): RawBuilder<unknown> {
  if (field === 'severity') return sql`(select f.severity_rank::text)`;
  if (field === 'status') return sql`(select f.status)`;
  if (field === 'owner') return sql`(select f.owner_id)`;
  return sql`(select substr(t, ${field.length + 2}::int) from unnest(f.terms) t where t like ${`${field}=%`})`;
}

function valuesOfAlert(field: GroupField): RawBuilder<unknown> {
  if (field === 'rule') return sql`(select a.rule_key)`;
  if (field === 'source') return sql`(select a.source)`;
  if (field === 'tag') return sql`jsonb_array_elements_text(a.tags)`;
  if (field !== 'host' && field !== 'user') return valuesOfRow(field);
  return sql`(select e.id from alert_entities e
    where e.tenant = a.tenant and e.alert_id = a.id and e.kind = ${field})`;
}

export function severityTally(amount: RawBuilder<unknown>): RawBuilder<unknown> {
  const ranks = severities.map(
    (_, rank) =>
      sql`coalesce(${amount} filter (where severity_rank = ${sql.lit(rank)}), 0)::int as ${sql.ref(`s${rank}`)}`,
  );
  return sql.join(ranks);
}
