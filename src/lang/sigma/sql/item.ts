/** One field item of a rule over the rows of one parser: by the column that holds the field, else by raw text. */
import type { FieldItem } from '../detection.ts';
import type { Placeholders } from '../expand.ts';
import { wantedLogsource } from '../logsource.ts';
import type { LogsourceMappings } from '../mappings.ts';
import { comparisonOf } from '../modifiers.ts';
import type { SigmaRule } from '../rule.ts';
import { comparesAsText, textAlternatives } from '../value.ts';
import type { YamlScalar } from '../yaml.ts';
import { allOf, type Bounds, negationOf, unsaid } from './bounds.ts';
import { columnFits, decided, ofPresence } from './column.ts';
import { columnOf, type RowKind } from './layout.ts';
import { ofCode, wholeNumber } from './logsource.ts';
import { certainPart, needlesOf } from './needle.ts';
import { both, either, everything, type SqlColumn, type SqlCondition } from './tree.ts';
import { isComputed, mayHold, type VerbatimParser } from './verbatim.ts';

/** What is said of one kind of rows of one parser. */
export interface RowScope {
  readonly mappings: LogsourceMappings;
  readonly placeholders?: Placeholders;
  readonly parser: VerbatimParser;
  readonly kind: RowKind;
}

export function ofItem(item: FieldItem, rule: SigmaRule, scope: RowScope): Bounds {
  if (item.field === '') return unsaid(rawHolds(item, rule, scope));
  const { kind, mappings } = scope;
  if (asksForCodes(item) && !isAliased(item.field, rule, mappings)) {
    const values = item.values.map(({ text }) => text);
    const bounds = ofCode(new Set(values), kind);
    // Of rows that nothing is known of, the column's word is good for leaving out alone.
    return Object.hasOwn(kind.fields, item.field) ? bounds : unsaid(bounds.possible);
  }
  const column = columnOf(item.field, wantedLogsource(rule.logsource).category, kind, mappings);
  if (column === null || column === 'event_code') return unsaid(rawHolds(item, rule, scope));
  const bounds = item.modifiers.includes('all')
    ? allOf(item.values.map((value) => ofColumn(column, { ...item, values: [value] }, rule, scope)))
    : ofColumn(column, item, rule, scope);
  // Where the column is plain there is a value; of the others "not" says more than "differs", and nothing is certain.
  return item.modifiers.includes('neq') ? negationOf(bounds) : bounds;
}

function asksForCodes({ field, modifiers, values }: FieldItem): boolean {
  return field === 'EventID' && modifiers.length === 0 && values.every(({ text }) => wholeNumber.test(text));
}

/** One of the item's values fits. */
function ofColumn(column: SqlColumn, item: FieldItem, rule: SigmaRule, scope: RowScope): Bounds {
  const [value, another] = item.values;
  if (value !== undefined && another === undefined) {
    if (value.value === null) return ofPresence(column, false);
    if (comparisonOf(item.modifiers) === 'exists') return ofPresence(column, value.value === true);
  }
  const rest = rawHolds(item, rule, scope);
  const patterns = item.values.map((one) =>
    isOtherThanText(item, one) ? null : textAlternatives(item, one, scope.placeholders ?? {}),
  );
  if (patterns.includes(null)) return unsaid(rest);
  const all = patterns.flatMap((alternatives) => alternatives ?? []);
  return decided(column, columnFits(column, all, item.modifiers.includes('cased')), rest);
}

/** Null too. Numbers and booleans equal values that are written in other ways as well. */
function isOtherThanText({ modifiers }: FieldItem, { value }: YamlScalar): boolean {
  return typeof value !== 'string' && !comparesAsText(modifiers) && !modifiers.includes('expand');
}

/** Names that the rule's category may read in place of the field. */
function aliasesOf(field: string, rule: SigmaRule, mappings: LogsourceMappings): readonly string[] {
  const { category } = wantedLogsource(rule.logsource);
  return [...mappings.categories.values()].flat().flatMap((row) => {
    const alias =
      row.category === category && Object.hasOwn(row.aliases, field) ? row.aliases[field] : undefined;
    return alias === undefined ? [] : [alias];
  });
}

function isAliased(field: string, rule: SigmaRule, mappings: LogsourceMappings): boolean {
  return aliasesOf(field, rule, mappings).length > 0;
}

function mayBeComputed(field: string, rule: SigmaRule, { mappings, parser }: RowScope): boolean {
  return [field, ...aliasesOf(field, rule, mappings)].some((name) => isComputed(name, parser));
}

/** What raw text says of the rows that an item can match. */
function rawHolds(item: FieldItem, rule: SigmaRule, scope: RowScope): SqlCondition {
  if (item.modifiers.includes('neq')) return everything;
  if (item.field !== '' && mayBeComputed(item.field, rule, scope)) return everything;
  const values = item.values.map((value) => rawHoldsValue(item, value, scope));
  return item.modifiers.includes('all') ? both(values) : either(values);
}

function rawHoldsValue(item: FieldItem, value: YamlScalar, scope: RowScope): SqlCondition {
  // Numbers and booleans equal values that are written in other ways as well.
  if (typeof value.value !== 'string' && item.modifiers.length === 0) return everything;
  const alternatives = value.value === null ? null : textAlternatives(item, value, scope.placeholders ?? {});
  if (alternatives === null) return everything;
  const parts: string[] = [];
  for (const tokens of alternatives) {
    const part = certainPart(tokens);
    if (part === null) return everything;
    if (item.field === '' && mayHold(scope.parser, part)) return everything;
    parts.push(part);
  }
  return { kind: 'raw', needles: needlesOf(parts, scope.parser.escapes) };
}
