/** The rows of a parser by kind of event, and which of its columns is the field that a rule asks for. */
import { fold } from '../fold.ts';
import type { LogsourceMappings } from '../mappings.ts';
import { both, type FieldColumn, type SqlColumn, type SqlCondition } from './tree.ts';
import type { ColumnLayout } from './verbatim.ts';

/** What is known of some rows before any of them is looked at. */
export interface RowKind extends Partial<Pick<ColumnLayout, 'logsource' | 'channel' | 'codes'>> {
  readonly fields: ColumnLayout['fields'];
}

/** Of events of any parser: these columns are made of the native fields themselves (src/pipeline/rows.ts). */
export const anyEvent: RowKind = { fields: { EventID: 'event_code', Channel: 'channel' } };

/** Rows of which nothing is known but what stands in raw. */
export const anyRow: RowKind = { fields: {} };

export function kindOf(layout: ColumnLayout): RowKind {
  return { ...layout, fields: { ...anyEvent.fields, ...layout.fields } };
}

/** Rows of the kind, of whichever parser. */
export function rowsOf({ logsource, channel, codes }: RowKind): SqlCondition {
  const is = (column: SqlColumn, texts: readonly string[], cased: boolean): SqlCondition => ({
    kind: 'text',
    column,
    place: 'whole',
    cased,
    texts,
  });
  return both([
    ...(logsource === undefined
      ? []
      : (['product', 'service', 'category'] as const).map((column) => is(column, [logsource[column]], true))),
    ...(channel === undefined ? [] : [is('channel', [channel.toLowerCase()], false)]),
    ...(codes === undefined ? [] : [is('event_code', codes, true)]),
  ]);
}

/** The column that holds what a rule for the category reads as `field`; null when that is not known. */
export function columnOf(
  field: string,
  category: string | null,
  kind: RowKind,
  mappings: LogsourceMappings,
): FieldColumn | null {
  const names = new Set<string>();
  let isRenamed = false;
  for (const { alias, applies } of aliasesOf(field, category, kind, mappings)) {
    names.add(alias);
    isRenamed ||= applies;
  }
  if (!isRenamed) names.add(field);
  const [name, another] = names;
  if (name === undefined || another !== undefined) return null;
  return Object.hasOwn(kind.fields, name) ? (kind.fields[name] ?? null) : null;
}

/** What the mapping calls the field in events of this kind; `applies` when it is so for all of them. */
function aliasesOf(
  field: string,
  category: string | null,
  kind: RowKind,
  mappings: LogsourceMappings,
): readonly { readonly alias: string; readonly applies: boolean }[] {
  if (category === null) return [];
  return [...mappings.categories].flatMap(([service, rows]) =>
    rows.flatMap(({ category: own, where, aliases }) => {
      if (own !== category) return [];
      const applies = both3(isMapped(kind, service, mappings), whereHolds(kind, where));
      if (applies === false) return [];
      const alias = Object.hasOwn(aliases, field) ? aliases[field] : undefined;
      return [{ alias: alias ?? field, applies: applies === true }];
    }),
  );
}

/** True or false for all rows of the kind, or null. */
type Known = boolean | null;

function both3(a: Known, b: Known): Known {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : null;
}

/** Does the mapping find the service in its channel? */
export function isMapped(
  { logsource, channel }: RowKind,
  service: string,
  { product, channelField, services }: LogsourceMappings,
): Known {
  if (logsource !== undefined && logsource.product !== product) return false;
  if (channel === undefined || channelField !== 'Channel') return null;
  if (services.get(fold(channel))?.includes(service) !== true) return false;
  return logsource === undefined ? null : true;
}

export function whereHolds(
  { codes }: RowKind,
  where: readonly { readonly field: string; readonly values: ReadonlySet<string> }[],
): Known {
  return where.reduce<Known>(
    (known, { field, values }) => both3(known, field === 'EventID' ? codeIsOf(codes, values) : null),
    true,
  );
}

/** Is the event id one of these? */
export function codeIsOf(codes: readonly string[] | undefined, values: ReadonlySet<string>): Known {
  if (codes === undefined) return null;
  if (codes.every((code) => values.has(code))) return true;
  return codes.some((code) => values.has(code)) ? null : false;
}
