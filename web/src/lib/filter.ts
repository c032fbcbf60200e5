/** The state of the queue's list as it stands in the URL. */
import { readItems, writeItems } from './items.ts';
import { isRange, type TimeRange } from './ranges.ts';
import type { Subject } from './subject.ts';
import {
  type AlertStatus,
  alertStatuses,
  type QueueRow,
  type RowKind,
  type Severity,
  severities,
} from './types.ts';

export const valueFacets = ['rule', 'host', 'user', 'source', 'tag'] as const;
export type ValueFacet = (typeof valueFacets)[number];

export const groupFields = ['rule', 'host', 'user', 'source', 'tag', 'severity', 'status', 'owner'] as const;
export type GroupField = (typeof groupFields)[number];

export type TimeBasis = 'alert' | 'event';
export type Sort = 'priority' | 'newest' | 'event';

/** Parameters of the address; lists are joined by commas, `any` is the empty list. */
export const filterParameters = [
  'status',
  'severity',
  'owner',
  'kind',
  ...valueFacets,
  'not',
  'together',
  'text',
  'time',
  'basis',
  'sort',
  'group',
] as const;

export type FilterSearch = { readonly [N in (typeof filterParameters)[number]]?: string };

export interface QueueSearch extends FilterSearch {
  /** Key of what is open in the drawer. */
  readonly row?: string;
}

export interface Filter extends Readonly<Record<ValueFacet, readonly string[]>> {
  readonly status: readonly AlertStatus[];
  readonly severity: readonly Severity[];
  /** Identity ids, `me`, `none`, `others`. */
  readonly owner: readonly string[];
  readonly kind: readonly RowKind[];
  /** `FACET=VALUE`: rows without it. */
  readonly not: readonly string[];
  /** `FACET=VALUE`: rows of which one alert has all of them. */
  readonly together: readonly string[];
  readonly text: string;
  readonly time: TimeRange | null;
  readonly basis: TimeBasis;
  readonly sort: Sort;
  /** Empty: rows. */
  readonly group: readonly GroupField[];
}

export const anyFilter: Filter = {
  status: [],
  severity: [],
  owner: [],
  kind: [],
  rule: [],
  host: [],
  user: [],
  source: [],
  tag: [],
  not: [],
  together: [],
  text: '',
  time: null,
  basis: 'alert',
  sort: 'priority',
  group: [],
};

/** What needs somebody: open, mine or nobody's. */
export const defaultFilter: Filter = {
  ...anyFilter,
  status: ['new', 'in_triage', 'waiting'],
  owner: ['me', 'none'],
};

/** Lists that are limits of the same sort: sent and shown alike. */
export const listParts = ['status', 'severity', 'owner', 'kind', ...valueFacets, 'not', 'together'] as const;

const textLimit = 200;

export function readFilter(search: FilterSearch): Filter {
  return {
    ...anyFilter,
    status: readList(search.status, defaultFilter.status).filter(isOneOf(alertStatuses)),
    severity: readList(search.severity, []).filter(isOneOf(severities)),
    owner: readList(search.owner, defaultFilter.owner),
    kind: readList(search.kind, []).filter(isOneOf<RowKind>(['incident', 'alert'])),
    rule: readList(search.rule, []),
    host: readList(search.host, []),
    user: readList(search.user, []),
    source: readList(search.source, []),
    tag: readList(search.tag, []),
    not: readList(search.not, []).filter((item) => /^[a-z]+=./s.test(item)),
    together: readList(search.together, []).filter(isFact),
    text: (search.text ?? '').slice(0, textLimit),
    time: isRange(search.time) ? search.time : null,
    basis: search.basis === 'event' ? 'event' : 'alert',
    sort: search.sort === 'newest' || search.sort === 'event' ? search.sort : 'priority',
    group: readList(search.group, []).filter(isOneOf(groupFields)).slice(0, 3),
  };
}

/** Only what differs from the default view, so that its URL is `/`. */
export function writeFilter(filter: Filter): FilterSearch {
  const written: { -readonly [N in keyof FilterSearch]: FilterSearch[N] } = {};
  for (const part of [...listParts, 'group'] as const) {
    const list = writeList(filter[part], defaultFilter[part], part === 'group');
    if (list !== null) written[part] = list;
  }
  if (filter.text !== '') written.text = filter.text;
  if (filter.time !== null) written.time = filter.time;
  if (filter.basis !== 'alert') written.basis = filter.basis;
  if (filter.sort !== 'priority') written.sort = filter.sort;
  return written;
}

export function isSameView(a: Filter, b: Filter): boolean {
  return JSON.stringify(writeFilter(a)) === JSON.stringify(writeFilter(b));
}

/** Whether a row still belongs to the view, by what triage changes; the rest of it stays as it was. */
export function fits(row: Pick<Subject, 'status' | 'ownerId'>, filter: Filter, me: string): boolean {
  const { ownerId } = row;
  return (
    (filter.status.length === 0 || filter.status.includes(row.status)) &&
    (filter.owner.length === 0 || filter.owner.some((owner) => isOwnedBy(ownerId, owner, me)))
  );
}

function isOwnedBy(ownerId: string | null, owner: string, me: string): boolean {
  if (owner === 'none') return ownerId === null;
  if (owner === 'me') return ownerId === me;
  if (owner === 'others') return ownerId !== null && ownerId !== me;
  return ownerId === owner;
}

export function toggle<T>(list: readonly T[], item: T): readonly T[] {
  return list.includes(item) ? list.filter((other) => other !== item) : [...list, item];
}

/** Only rows with this value, and no longer without it. */
export function only(filter: Filter, facet: ValueFacet | 'severity' | 'kind', value: string): Filter {
  const not = filter.not.filter((item) => item !== `${facet}=${value}`);
  return { ...filter, not, [facet]: [value] };
}

/** Rows without this value. */
export function exclude(filter: Filter, facet: ValueFacet | 'severity' | 'kind', value: string): Filter {
  const without = filter[facet].filter((item) => item !== value);
  const item = `${facet}=${value}`;
  return { ...filter, [facet]: without, not: filter.not.includes(item) ? filter.not : [...filter.not, item] };
}

/** Rows of one group, exactly those that it counts; null where one of its values is "none", which no filter names. */
export function groupFilter(
  filter: Filter,
  values: readonly { readonly field: GroupField; readonly value: string }[],
): Filter | null {
  let narrowed: Filter = { ...filter, group: [] };
  for (const { field, value } of values) {
    if (value === '') return null;
    if (!isValueFacet(field)) {
      narrowed = { ...narrowed, [field]: [value] };
      continue;
    }
    const item = `${field}=${value}`;
    const { together } = narrowed;
    narrowed = {
      ...narrowed,
      together: together.includes(item) ? together : [...together, item],
      // Said by the other already.
      [field]: narrowed[field].includes(value) ? [] : narrowed[field],
    };
  }
  return narrowed;
}

/** With a single value as the limit that its facet shows: for a host or user that also means all of its names. */
export function inFacet(filter: Filter): Filter {
  const [item, second] = filter.together;
  if (item === undefined || second !== undefined) return filter;
  const [facet, value] = factOf(item);
  return filter[facet].length > 0 ? filter : { ...filter, together: [], [facet]: [value] };
}

/** The parts of a `FACET=VALUE` of `together`. */
export function factOf(item: string): readonly [facet: ValueFacet, value: string] {
  const at = item.indexOf('=');
  return [item.slice(0, at) as ValueFacet, item.slice(at + 1)];
}

function isFact(item: string): boolean {
  const [facet, value] = factOf(item);
  return isValueFacet(facet) && value !== '';
}

export function isValueFacet(text: string): text is ValueFacet {
  return valueFacets.some((known) => known === text);
}

/** What an analyst reads beside the title: a row's rule by its name, the rest by its own. */
export function labelsOf(rows: readonly QueueRow[], facet: ValueFacet): ReadonlyMap<string, string> {
  const list = facet === 'rule' ? 'rules' : facet === 'host' ? 'hosts' : facet === 'user' ? 'users' : null;
  if (list === null) return new Map();
  return new Map(rows.flatMap((row) => row[list].map(({ id, name }) => [id, name] as const)));
}

function readList(text: string | undefined, preset: readonly string[]): readonly string[] {
  if (text === undefined || text === '') return preset;
  return text === 'any' ? [] : readItems(text);
}

function writeList(list: readonly string[], preset: readonly string[], ordered: boolean): string | null {
  const same =
    list.length === preset.length &&
    list.every((item, i) => (ordered ? preset[i] === item : preset.includes(item)));
  if (same) return null;
  return list.length === 0 ? 'any' : writeItems(list);
}

function isOneOf<T extends string>(known: readonly T[]): (text: string) => text is T {
  return (text): text is T => known.some((item) => item === text);
}
