/** Rows of the queue by what they have in common. */
import { sql } from 'kysely';
import type { GroupField } from '../../model/queue.ts';
import { severities } from '../../model/severity.ts';
import type { RecordsDb } from '../../store/records.ts';
import { type Asker, cellConditions, onlyCells, termFacets } from './queue-filter.ts';
import { type GroupRow, groupsOfRows, severityTally } from './queue-group-rows.ts';
import { labelValues } from './queue-labels.ts';
import { countLimit } from './queue-list.ts';
import type { QueueFilter, QueueGroup, TermFacet } from './queue-types.ts';

/** Rows that are looked at where the counters know how many there are; without them, as many as are counted. */
const rowsLooked = 5_000;
/** For groups that have no row among the first ones; what is not found then is not listed. */
const furtherLooks = 4;

/**
 * The most urgent group first. A row with several values of a field is in several groups; one without any is in none.
 * By several fields, an incident is in the groups of which one of its alerts has all values. Told from the first rows by
 * priority, so that order, priority and the groups at the top are right; of more rows than that the answer is not exact:
 * hosts and users are the least there are. Numbers of rows are the counters' where these can answer.
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
  const isCounted = facet !== undefined && onlyCells(filter);
  const found = await groupsOfRows(db, asker, filter, by, {
    groups: limit,
    rows: isCounted ? rowsLooked : countLimit,
  });
  const rows =
    isCounted && !found.exact
      ? await byCounters(db, asker, filter, facet, limit, found.rows)
      : found.rows.map((row) => ({ ...row, whole: found.exact }));
  const labels = await Promise.all(
    by.map((field, at) =>
      labelValues(db, asker, field, [...new Set(rows.map((row) => [row.v0, row.v1, row.v2][at] ?? ''))]),
    ),
  );
  return { groups: rows.map((row) => groupOf(row, by, labels)), exact: found.exact };
}

/** With the numbers of the counters, and with groups all of whose rows lie beyond those that were looked at. */
async function byCounters(
  db: RecordsDb,
  asker: Asker,
  filter: QueueFilter,
  facet: TermFacet,
  limit: number,
  found: readonly GroupRow[],
): Promise<readonly (GroupRow & { readonly whole: boolean })[]> {
  const groups = [...found];
  const seen = new Set(found.map(({ v0 }) => v0));
  const { rows } = await sql<Pick<GroupRow, 'v0' | 'rows' | 's0' | 's1' | 's2' | 's3' | 's4'>>`
    select value as v0, sum(rows)::int as rows, ${severityTally(sql`sum(rows)`)}
    from queue_counts where facet = ${facet} and ${sql.join(cellConditions(asker, filter), sql` and `)}
    group by value order by (value = any(${[...seen]}::text[])) desc, 2 desc, 1 limit ${limit}`.execute(db);
  const known = new Map(rows.map((row) => [row.v0, row]));
  const missed = () => [...known.keys()].filter((value) => !seen.has(value));
  for (let look = 0; look < furtherLooks && missed().length > 0; look++) {
    const left = { ...filter, [facet]: missed() };
    const more = await groupsOfRows(db, asker, left, [facet], { groups: limit, rows: rowsLooked });
    // A row of theirs may have other values too.
    const added = more.rows.filter(({ v0 }) => known.has(v0) && !seen.has(v0));
    if (added.length === 0) break;
    groups.push(...added);
    for (const { v0 } of added) seen.add(v0);
  }
  return groups
    .map((group) => {
      const counted = known.get(group.v0) ?? group;
      return { ...group, ...counted, whole: counted.rows === group.rows };
    })
    .sort((x, y) => y.priority - x.priority || y.rows - x.rows || (x.v0 < y.v0 ? -1 : 1));
}

function groupOf(
  row: GroupRow & { readonly whole: boolean },
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
    whole: row.whole,
    priority: row.priority,
    lastEventAt: row.last_event_at.getTime(),
    severity: { informational: row.s0, low: row.s1, medium: row.s2, high: row.s3, critical: row.s4 },
  };
}
