/** The state of the events page as it stands in the URL, and the conditions that menus add to a query. */
import { group, type QueryNode } from '../../../src/lang/query/ast.ts';
import { parseQuery } from '../../../src/lang/query/parse.ts';
import { addCondition, printQuery } from '../../../src/lang/query/print.ts';
import { readInstant } from './instants.ts';
import { type EventsFilter, type EventsSearch, ownEventsParts } from './searches.ts';
import { pick } from './urls.ts';

/** The search with what links of other pages gave as part of its query; null when they gave nothing. */
export function ownEventsSearch(search: EventsSearch): EventsSearch | null {
  const conditions = conditionsOf(search);
  if (conditions.length === 0) return null;
  const kept: EventsSearch = pick({ ...search }, ownEventsParts);
  const parsed = parseQuery(kept.q ?? '');
  // A query that can't be read is left as it is, for its writer to see.
  if (!parsed.ok) return kept;
  const nodes = [parsed.value, ...conditions].filter((node) => node.kind !== 'all');
  return { ...kept, q: printQuery(group('and', nodes)) };
}

function conditionsOf({ text, host, user, source, kind }: EventsFilter): readonly QueryNode[] {
  const is = (field: string, value: string | undefined) =>
    value === undefined ? [] : [isValue(field, value)];
  return [
    ...(text === undefined ? [] : [{ kind: 'text', pattern: { parts: [text] } } as const]),
    ...is('host', host),
    ...is('user', user),
    ...is('source', source),
    ...(kind === 'unparsed' ? [{ kind: 'exists', field: 'unparsed' } as const] : []),
  ];
}

/** `field: value`; without a value that there is none. */
export function isValue(field: string, value: string): QueryNode {
  if (value === '') return { kind: 'not', node: { kind: 'exists', field } };
  return { kind: 'is', field, any: [{ parts: [value] }] };
}

/** A search for one value, as a query. */
export function valueQuery(field: string, value: string): string {
  return printQuery(isValue(field, value));
}

/** The query with a condition more; one that can't be read is put aside. */
export function withValue(q: string, field: string, value: string, how: 'only' | 'exclude'): string {
  const parsed = parseQuery(q);
  const condition = isValue(field, value);
  const wanted = how === 'only' ? condition : opposite(condition);
  return addCondition(parsed.ok ? parsed.value : { kind: 'all' }, wanted);
}

function opposite(node: QueryNode): QueryNode {
  return node.kind === 'not' ? node.node : { kind: 'not', node };
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `15m`, `24h`, `7d` as milliseconds; null for anything else. */
export function spanMs(last: string): number | null {
  const parts = /^(\d{1,4})([mhd])$/.exec(last);
  return parts === null ? null : Number(parts[1]) * (units[parts[2] ?? ''] ?? 0);
}

/** What the service is asked; relative times count back from `now`. */
export function huntInput(search: EventsSearch, now: number) {
  const back = search.last === undefined ? null : spanMs(search.last);
  const from = back === null ? readInstant(search.from ?? '') : new Date(now - back).toISOString();
  const to = back === null ? readInstant(search.to ?? '') : null;
  return {
    q: search.q ?? '',
    basis: search.basis === 'received' ? ('received' as const) : ('event' as const),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}
export type HuntInput = ReturnType<typeof huntInput>;

/** Columns that are made of several values. */
export const madeColumns = ['event', 'what'] as const;
export const defaultColumns: readonly string[] = ['host', 'user', 'event', 'what', 'source'];

export function readColumns(cols: string | undefined): readonly string[] {
  const names = (cols ?? '').split(',').filter((name) => name !== '');
  return names.length === 0 ? defaultColumns : names.slice(0, 20);
}

/** Null for the default, so that its address stays short. */
export function writeColumns(names: readonly string[]): string | undefined {
  const text = names.join(',');
  return text === '' || text === defaultColumns.join(',') ? undefined : text;
}
