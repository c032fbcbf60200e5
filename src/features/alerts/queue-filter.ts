/** A filter of the queue as SQL over its rows, and which part of it the counters can answer. */
import { type RawBuilder, sql } from 'kysely';
import type { Actor, Scope } from '../../model/actor.ts';
import { type Severity, severityRank } from '../../model/severity.ts';
import { pgText } from '../../store/schema.ts';
import type { QueueFilter, TermFacet } from './queue-types.ts';

export type Condition = RawBuilder<unknown>;
export type Asker = Scope & Pick<Actor, 'id'>;
/** The parts of a filter that a facet can leave out. */
export type FilterPart = 'status' | 'severity' | 'owner' | 'kind' | TermFacet | 'time';

export const termFacets: readonly TermFacet[] = ['rule', 'host', 'user', 'source', 'tag'];

/** Conditions on `queue_rows` (or, for those of `cellConditions`, on `queue_counts`) but for one part. */
export function rowConditions(asker: Asker, filter: QueueFilter, without?: FilterPart): Condition {
  const all = cellConditions(asker, filter, without);
  const open = opens(filter, without);
  // An equality keeps the order of the index; `any` of a list would have the rows sorted.
  if (open.length < 2) all.push(open[0] === undefined ? sql`false` : sql`open = ${open[0]}`);
  if (filter.kind !== undefined && without !== 'kind') all.push(sql`kind = any(${[...filter.kind]}::text[])`);
  for (const facet of termFacets) {
    const values = filter[facet];
    if (values === undefined || without === facet) continue;
    all.push(sql`terms && ${values.map((value) => termOf(facet, value))}::text[]`);
  }
  for (const term of filter.exclude ?? []) all.push(excluded(term));
  if ((filter.together ?? []).length > 0) all.push(together(filter.together ?? []));
  const text = filter.text?.trim() ?? '';
  if (text !== '') {
    const pattern = `%${pgText(text.toLowerCase()).replaceAll(/[\\%_]/g, '\\$&')}%`;
    all.push(sql`search like ${pattern}`);
  }
  if (without !== 'time') all.push(...timeConditions(filter));
  return sql.join(all, sql` and `);
}

/** Those that the counters have as columns too. */
export function cellConditions(asker: Asker, filter: QueueFilter, without?: FilterPart): Condition[] {
  const all: Condition[] = [sql`tenant = ${asker.tenant}`];
  if (filter.status !== undefined && without !== 'status')
    all.push(sql`status = any(${[...filter.status]}::text[])`);
  if (filter.severity !== undefined && without !== 'severity')
    all.push(sql`severity_rank = any(${filter.severity.map(severityRank)}::int[])`);
  if (filter.owner !== undefined && without !== 'owner') all.push(ownerCondition(asker, filter.owner));
  return all;
}

/** Whether the counters answer it: nothing narrows but status, owner and severity. */
export function onlyCells(filter: QueueFilter): boolean {
  return (
    filter.kind === undefined &&
    termFacets.every((facet) => filter[facet] === undefined) &&
    (filter.exclude ?? []).length === 0 &&
    (filter.together ?? []).length === 0 &&
    (filter.text ?? '').trim() === '' &&
    filter.from === undefined &&
    filter.to === undefined
  );
}

export function termOf(facet: TermFacet, value: string): string {
  const plain = facet === 'host' || facet === 'user' ? value.toLowerCase() : value;
  return pgText(`${facet}=${plain}`);
}

function ownerCondition(asker: Asker, owners: readonly string[]): Condition {
  const ids = owners
    .filter((owner) => owner !== 'others')
    .map((owner) => (owner === 'me' ? asker.id : owner === 'none' ? '' : pgText(owner)));
  const named = sql`owner_id = any(${ids}::text[])`;
  return owners.includes('others') ? sql`(${named} or owner_id not in ('', ${asker.id}))` : named;
}

/** The index leads with it: a filter that names only open statuses must not look at the closed ones. */
export function opens(filter: QueueFilter, without?: FilterPart): boolean[] {
  if (filter.status === undefined || without === 'status') return [true, false];
  return [
    ...(filter.status.some((status) => status !== 'closed') ? [true] : []),
    ...(filter.status.includes('closed') ? [false] : []),
  ];
}

/** The index finds rows that have each of them somewhere; of those an incident is asked for the alert. */
function together(terms: readonly string[]): Condition {
  const somewhere = sql`terms @> ${terms.map((term) => termOf(...factOf(term)))}::text[]`;
  if (terms.length === 1) return somewhere;
  return sql`${somewhere} and (kind = 'alert' or exists (
    select 1 from alerts a
    where a.tenant = queue_rows.tenant and a.incident_id = queue_rows.id and ${alertHas(terms)}))`;
}

/** Whether the alert `a` itself has all of `FACET=VALUE`. */
export function alertHas(terms: readonly string[]): Condition {
  const conditions = terms.map((term) => {
    const [facet, asked] = factOf(term);
    const value = sql`${termOf(facet, asked).slice(facet.length + 1)}::text`;
    if (facet === 'rule') return sql`a.rule_key = ${value}`;
    if (facet === 'source') return sql`a.source = ${value}`;
    if (facet === 'tag') return sql`a.tags @> to_jsonb(${value})`;
    return sql`exists (select 1 from alert_entities e
      where e.tenant = a.tenant and e.alert_id = a.id and e.kind = ${facet} and e.id = ${value})`;
  });
  return sql.join([sql`true`, ...conditions], sql` and `);
}

function factOf(term: string): [facet: TermFacet, value: string] {
  const equals = term.indexOf('=');
  return [term.slice(0, equals) as TermFacet, term.slice(equals + 1)];
}

function excluded(term: string): Condition {
  const [facet, value]: [string, string] = factOf(term);
  if (facet === 'severity') return sql`severity_rank <> ${severityRank(value as Severity)}`;
  if (facet === 'kind') return sql`kind <> ${value}`;
  return sql`not (terms && ${[termOf(facet as TermFacet, value)]}::text[])`;
}

function timeConditions(filter: QueueFilter): Condition[] {
  const column = sql.ref(filter.timeBasis === 'alert' ? 'created_at' : 'last_event_at');
  const all: Condition[] = [];
  if (filter.from !== undefined) all.push(sql`${column} >= ${new Date(filter.from)}`);
  if (filter.to !== undefined) all.push(sql`${column} < ${new Date(filter.to)}`);
  return all;
}
