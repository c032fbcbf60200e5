/** Which rows a rule's logsource is for: as `applies` has it, by the columns that rows have of their events. */
import { wantedLogsource } from '../logsource.ts';
import type { LogsourceMappings } from '../mappings.ts';
import type { SigmaRule } from '../rule.ts';
import { allOf, always, type Bounds, never, oneOf } from './bounds.ts';
import { codeIsOf, isMapped, type RowKind } from './layout.ts';
import { everything, negated, nothing, type SqlColumn, type SqlCondition } from './tree.ts';

/** The form in which the column of an event id is certain. */
export const wholeNumber = /^(?:0|[1-9][0-9]{0,14})$/;

/** `elsewhere`: rows that may have the service although their column names another. */
export function ofLogsource(
  rule: SigmaRule,
  kind: RowKind,
  mappings: LogsourceMappings,
  elsewhere: (service: string) => SqlCondition,
): Bounds {
  const { product, service, category } = wantedLogsource(rule.logsource);
  const wanted: Bounds[] = [];
  if (product !== null) wanted.push(named('product', product, kind));
  if (service !== null) {
    wanted.push(
      oneOf([named('service', service, kind), more(elsewhere(service)), ofService(service, kind, mappings)]),
    );
  }
  if (category !== null) {
    const rows = [...mappings.categories].flatMap(([of, entries]) =>
      entries
        .filter((row) => row.category === category)
        .map(({ where }) =>
          allOf([
            ofService(of, kind, mappings),
            ...where.map(({ field, values }) =>
              field === 'EventID' ? ofCode(values, kind) : more(everything),
            ),
          ]),
        ),
    );
    wanted.push(oneOf([named('category', category, kind), ...rows]));
  }
  return allOf(wanted);
}

function named(column: 'product' | 'service' | 'category', value: string, { logsource }: RowKind): Bounds {
  if (logsource !== undefined) return logsource[column].toLowerCase() === value ? always : never;
  return ofNames(column, [value]);
}

/** Rows that may be meant, and no more is known. */
function more(possible: SqlCondition): Bounds {
  return { possible, certain: nothing, impossible: negated(possible), isSaid: possible.kind === 'none' };
}

/** Events of the mapping's product in one of the service's channels. */
function ofService(service: string, kind: RowKind, mappings: LogsourceMappings): Bounds {
  const mapped = isMapped(kind, service, mappings);
  if (mapped !== null) return mapped ? always : never;
  const channels = [...mappings.services].flatMap(([channel, of]) => (of.includes(service) ? [channel] : []));
  if (channels.length === 0) return never;
  return allOf([
    named('product', mappings.product, kind),
    mappings.channelField === 'Channel' ? ofNames('channel', channels) : more(everything),
  ]);
}

/** Equal to one of the names in any case. */
function ofNames(column: SqlColumn, values: readonly string[]): Bounds {
  const possible: SqlCondition = { kind: 'one_of', column, values };
  // A column that is equal to a text of ASCII is ASCII.
  const texts = values.filter((value) => !/\P{ASCII}/u.test(value)).map((value) => value.toLowerCase());
  const certain: SqlCondition = { kind: 'text', column, place: 'whole', cased: false, texts };
  return {
    possible,
    certain: texts.length === 0 ? nothing : certain,
    impossible: negated(possible),
    isSaid: true,
  };
}

/** The event's id is one of the codes. */
export function ofCode(values: ReadonlySet<string>, { codes }: RowKind): Bounds {
  const known = codeIsOf(codes, values);
  if (known !== null) return known ? always : never;
  if (![...values].every((value) => wholeNumber.test(value))) return more(everything);
  const possible: SqlCondition = { kind: 'code', values: [...values] };
  return {
    possible,
    certain: { kind: 'text', column: 'event_code', place: 'whole', cased: true, texts: [...values] },
    impossible: negated(possible),
    isSaid: true,
  };
}
