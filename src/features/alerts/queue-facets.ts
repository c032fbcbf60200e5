/** Facets of the queue: from the counters where they answer it, else counted on the rows, up to a limit. */
import { sql } from 'kysely';
import { alertStatuses } from '../../model/alert.ts';
import { type FacetName, facetNames, rowKinds } from '../../model/queue.ts';
import { severities } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import {
  type Asker,
  cellConditions,
  type FilterPart,
  onlyCells,
  rowConditions,
  termFacets,
} from './queue-filter.ts';
import { labelValues } from './queue-labels.ts';
import { countLimit, countRows } from './queue-list.ts';
import type { Facets, FacetValue, QueueFilter, TermFacet } from './queue-types.ts';

interface Count {
  readonly value: string;
  readonly rows: number;
}

/** Values looked at in each cell, before they are added up: beyond the most frequent there is no telling. */
const candidates = 50;

export async function queueFacets(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  values: number,
): Promise<Facets> {
  const counts = new Map<FacetName, readonly Count[]>();
  let exact = true;
  if (onlyCells(filter)) {
    for (const facet of ['status', 'owner', 'severity'] as const)
      counts.set(facet, await cellCounts(db, asker, filter, facet));
    counts.set('kind', await valueCounts(db, asker, filter, 'kind', values));
    for (const facet of termFacets) counts.set(facet, await valueCounts(db, asker, filter, facet, values));
  } else {
    const whole = await rowCounts(db, asker, filter, undefined, values);
    exact = whole.exact;
    for (const facet of facetNames) {
      // A facet with a choice of its own counts what another choice would leave.
      const own = filter[facet] === undefined ? whole : await rowCounts(db, asker, filter, facet, values);
      exact &&= own.exact;
      counts.set(facet, own.counts.get(facet) ?? []);
    }
  }
  const { total } = await countRows(db, asker, filter);
  return { facets: await withLabels(db, asker, counts, values), exact, counted: total };
}

/** More values of one facet, by part of their name or id. */
export async function facetValues(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: TermFacet,
  search: string,
  values: number,
): Promise<{ readonly values: readonly FacetValue[]; readonly exact: boolean }> {
  const pattern = `%${pgText(search.toLowerCase()).replaceAll(/[\\%_]/g, '\\$&')}%`;
  const found = onlyCells({ ...filter, [facet]: undefined })
    ? { counts: await searchCounts(db, asker, filter, facet, pattern, values), exact: true }
    : await searchRows(db, asker, filter, facet, pattern, values);
  const labels = await labelValues(
    db,
    asker,
    facet,
    found.counts.map(({ value }) => value),
  );
  return {
    values: found.counts.map(({ value, rows }) => ({ value, rows, label: labels.get(value) ?? value })),
    exact: found.exact,
  };
}

/** Status, owner and severity are columns of the counters themselves. */
async function cellCounts(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: 'status' | 'owner' | 'severity',
): Promise<readonly Count[]> {
  const column = { status: 'status', owner: 'owner_id', severity: 'severity_rank' }[facet];
  const { rows } = await sql<Count>`
    select ${sql.ref(column)}::text as value, sum(rows)::int as rows from queue_counts
    where facet = '' and value = '' and ${sql.join(cellConditions(asker, filter, facet), sql` and `)}
    group by 1 order by 2 desc, 1 limit 1000`.execute(db);
  return rows;
}

/**
 * The most frequent values: the top of each cell by the index, then the sums of those over all cells.
 * A value that is in no cell's top can be missing; a count that is shown is right.
 */
async function valueCounts(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: TermFacet | 'kind',
  values: number,
): Promise<readonly Count[]> {
  const conditions = sql.join(cellConditions(asker, filter), sql` and `);
  const { rows } = await sql<Count>`
    with cells as (
      select status, owner_id, severity_rank from queue_counts
      where facet = '' and value = '' and ${conditions}
    ), top as (
      select distinct v.value from cells, lateral (
        select value from queue_counts q
        where q.tenant = ${asker.tenant} and q.facet = ${facet} and q.status = cells.status
          and q.owner_id = cells.owner_id and q.severity_rank = cells.severity_rank
        order by q.rows desc, q.value limit ${Math.max(candidates, values)}) v
    )
    select q.value, sum(q.rows)::int as rows from top
    join queue_counts q on q.tenant = ${asker.tenant} and q.facet = ${facet} and q.value = top.value
    where ${sql.join(cellConditions(asker, filter).slice(1), sql` and `)} ${filterless(filter)}
    group by q.value order by 2 desc, 1 limit ${values}`.execute(db);
  return rows;
}

/** `sql.join` of nothing is nothing: then the condition needs a word. */
function filterless(filter: QueueFilter) {
  const none = filter.status === undefined && filter.severity === undefined && filter.owner === undefined;
  return none ? sql`true` : sql``;
}

async function searchCounts(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: TermFacet,
  pattern: string,
  values: number,
): Promise<readonly Count[]> {
  const named =
    facet === 'rule'
      ? sql`or value in (select id from rules where tenant = ${asker.tenant} and lower(title) like ${pattern})`
      : sql``;
  const { rows } = await sql<Count>`
    select value, sum(rows)::int as rows from queue_counts
    where facet = ${facet} and ${sql.join(cellConditions(asker, filter), sql` and `)}
      and (lower(value) like ${pattern} ${named})
    group by value order by 2 desc, 1 limit ${values}`.execute(db);
  return rows;
}

async function searchRows(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: TermFacet,
  pattern: string,
  values: number,
): Promise<{ counts: readonly Count[]; exact: boolean }> {
  const { counts, exact } = await rowCounts(db, asker, filter, facet, 5_000);
  const labels = await labelValues(
    db,
    asker,
    facet,
    (counts.get(facet) ?? []).map(({ value }) => value),
  );
  const wanted = pattern.slice(1, -1).replaceAll(/\\([\\%_])/g, '$1');
  const found = (counts.get(facet) ?? []).filter(({ value }) =>
    `${value} ${labels.get(value) ?? ''}`.toLowerCase().includes(wanted),
  );
  return { counts: found.slice(0, values), exact };
}

/** All facets of the rows under a filter but for one part of it, in one look at them. */
async function rowCounts(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  without: FilterPart | undefined,
  values: number,
): Promise<{ counts: ReadonlyMap<FacetName, readonly Count[]>; exact: boolean }> {
  const { rows } = await sql<{ facet: FacetName | 'all'; value: string; rows: number }>`
    with found as materialized (
      select kind, status, owner_id, severity_rank, terms from queue_rows
      where ${rowConditions(asker, filter, without)} limit ${countLimit + 1}
    ), counted as (
      select 'all' as facet, '' as value, count(*)::int as rows from found
      union all select 'kind', kind, count(*)::int from found group by 2
      union all select 'status', status, count(*)::int from found group by 2
      union all select 'owner', owner_id, count(*)::int from found group by 2
      union all select 'severity', severity_rank::text, count(*)::int from found group by 2
      union all select split_part(term, '=', 1), substr(term, strpos(term, '=') + 1), count(*)::int
        from found, unnest(terms) term group by 1, 2
    ), ranked as (
      select *, row_number() over (partition by facet order by rows desc, value) as place from counted
    )
    select facet, value, rows from ranked where place <= ${Math.max(values, 10)} order by facet, place`.execute(
    db,
  );
  const counts = new Map<FacetName, Count[]>();
  let all = 0;
  for (const { facet, value, rows: number } of rows) {
    if (facet === 'all') {
      all = number;
      continue;
    }
    const list = counts.get(facet) ?? [];
    counts.set(facet, list);
    list.push({ value, rows: number });
  }
  return { counts, exact: all <= countLimit };
}

async function withLabels(
  db: RecordsDb,
  asker: Asker,
  counts: ReadonlyMap<FacetName, readonly Count[]>,
  values: number,
): Promise<Facets['facets']> {
  const facets: Partial<Record<FacetName, readonly FacetValue[]>> = {};
  for (const facet of facetNames) {
    const found = counts.get(facet) ?? [];
    const rowsOf = (value: string) => found.find((count) => count.value === value)?.rows ?? 0;
    if (facet === 'status')
      facets[facet] = alertStatuses.map((value) => ({ value, label: value, rows: rowsOf(value) }));
    else if (facet === 'kind')
      facets[facet] = rowKinds.map((value) => ({ value, label: value, rows: rowsOf(value) }));
    else if (facet === 'severity')
      facets[facet] = severities
        .map((value, rank) => ({ value, label: value, rows: rowsOf(String(rank)) }))
        .toReversed();
    else {
      const listed = found.slice(0, values);
      const labels = await labelValues(
        db,
        asker,
        facet,
        listed.map(({ value }) => value),
      );
      facets[facet] = listed.map(({ value, rows }) => ({
        value: facet === 'owner' && value === '' ? 'none' : value,
        label: labels.get(value) ?? value,
        rows,
      }));
    }
  }
  return facets as Facets['facets'];
}
