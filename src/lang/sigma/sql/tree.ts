/** Conditions over the rows of the events table, as a tree: what a rule becomes in SQL. */
import type { Place } from '../text-test.ts';

/** Columns that may hold the text of a native field. */
export type FieldColumn =
  | 'channel'
  | 'event_code'
  | 'host'
  | 'src_ip'
  | 'dst_ip'
  | 'process'
  | 'command_line'
  | 'parent_process'
  | 'file';

/** Columns of the events table that a condition looks at, besides the raw text. */
export type SqlColumn = FieldColumn | 'product' | 'service' | 'category' | 'parser';

/** Where in a text another one stands; `pattern`: a regular expression of RE2 that the whole of it fits. */
export type TextPlace = Place | 'pattern';

export type SqlCondition =
  /** Every row. */
  | { readonly kind: 'all' }
  /** No row. */
  | { readonly kind: 'none' }
  | { readonly kind: 'and' | 'or'; readonly items: readonly SqlCondition[] }
  | { readonly kind: 'not'; readonly item: SqlCondition }
  /** Equal in any case of ASCII letters; a value that is not ASCII is a candidate. */
  | { readonly kind: 'one_of'; readonly column: SqlColumn; readonly values: readonly string[] }
  /** The column's text, byte for byte (unless `cased`, its ASCII letters made small first), with one of the texts. */
  | {
      readonly kind: 'text';
      readonly column: SqlColumn;
      readonly place: TextPlace;
      readonly cased: boolean;
      readonly texts: readonly string[];
    }
  /** The column has a text that says all of what the field says: not empty, ASCII, nothing lost on the way. */
  | { readonly kind: 'plain' | 'present'; readonly column: SqlColumn }
  /** Equal to one of these whole numbers; a value that is not written as one is a candidate. */
  | { readonly kind: 'code'; readonly values: readonly string[] }
  /** The raw text has one of these, in any case of ASCII letters. */
  | { readonly kind: 'raw'; readonly needles: readonly string[] }
  /** Rows of another parser than these are candidates. */
  | { readonly kind: 'parsers'; readonly names: readonly string[]; readonly item: SqlCondition }
  /** Events that one of these parsers wrote, in this version. */
  | {
      readonly kind: 'written';
      readonly by: readonly { readonly name: string; readonly version: number }[];
    };

export const everything: SqlCondition = { kind: 'all' };
export const nothing: SqlCondition = { kind: 'none' };

/** What all of them let through. */
export function both(items: readonly SqlCondition[]): SqlCondition {
  if (items.some(({ kind }) => kind === 'none')) return nothing;
  const plain = new Set<SqlColumn>();
  const said = items
    .filter(({ kind }) => kind !== 'all')
    .flatMap((item) => (item.kind === 'and' ? item.items : [item]))
    .filter((item) => item.kind !== 'plain' || (!plain.has(item.column) && plain.add(item.column)));
  const [only] = said;
  if (only === undefined) return everything;
  return said.length === 1 ? only : { kind: 'and', items: said };
}

/** What one of them lets through. */
export function either(items: readonly SqlCondition[]): SqlCondition {
  if (items.some(({ kind }) => kind === 'all')) return everything;
  const flat = items
    .filter(({ kind }) => kind !== 'none')
    .flatMap((item) => (item.kind === 'or' ? item.items : [item]));
  const needles = flat.flatMap((item) => (item.kind === 'raw' ? item.needles : []));
  const others = flat.filter(({ kind }) => kind !== 'raw');
  const joined: readonly SqlCondition[] =
    needles.length === 0 ? others : [...others, { kind: 'raw', needles: [...new Set(needles)] }];
  const [only] = joined;
  if (only === undefined) return nothing;
  return joined.length === 1 ? only : { kind: 'or', items: joined };
}

/** The condition as two that must both hold: what asks for columns only, and what looks at raw as well. */
export function splitByRaw(
  condition: SqlCondition,
): readonly [byColumns: SqlCondition, withRaw: SqlCondition] {
  const items = condition.kind === 'and' ? condition.items : [condition];
  return [both(items.filter((item) => !readsRaw(item))), both(items.filter(readsRaw))];
}

function readsRaw(condition: SqlCondition): boolean {
  const { kind } = condition;
  if (kind === 'and' || kind === 'or') return condition.items.some(readsRaw);
  return kind === 'not' || kind === 'parsers' ? readsRaw(condition.item) : kind === 'raw';
}

export function negated(item: SqlCondition): SqlCondition {
  if (item.kind === 'all') return nothing;
  if (item.kind === 'none') return everything;
  return item.kind === 'not' ? item.item : { kind: 'not', item };
}
