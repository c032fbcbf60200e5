/**
 * A rule as a filter over stored events: a sound superset of what it matches. What can not be said over
 * columns and raw text is left out, and the engine confirms the rows that are left.
 */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Condition } from '../condition.ts';
import type { FieldItem, Selection } from '../detection.ts';
import type { Placeholders } from '../expand.ts';
import { type Refusal, RuleFault, refusalOf } from '../fault.ts';
import { fold } from '../fold.ts';
import { wantedLogsource } from '../logsource.ts';
import type { LogsourceMappings } from '../mappings.ts';
import type { SigmaRule } from '../rule.ts';
import { textAlternatives } from '../value.ts';
import type { YamlScalar } from '../yaml.ts';
import { certainPart, needlesOf } from './needle.ts';

/** Columns of the events table that a condition looks at, besides the raw text. */
export type SqlColumn = 'product' | 'service' | 'category' | 'channel' | 'event_code';

export type SqlCondition =
  /** Nothing can be said: every row is a candidate. */
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly items: readonly SqlCondition[] }
  /** Equal in any case of ASCII letters; a value that is not ASCII is a candidate. */
  | {
      readonly kind: 'one_of';
      readonly column: Exclude<SqlColumn, 'event_code'>;
      readonly values: readonly string[];
    }
  /** Equal to one of these whole numbers; a value that is not written as one is a candidate. */
  | { readonly kind: 'code'; readonly values: readonly string[] }
  /** The raw text has one of these, in any case of ASCII letters. */
  | { readonly kind: 'raw'; readonly needles: readonly string[] }
  /** Rows of another parser than these are candidates. */
  | { readonly kind: 'parsers'; readonly names: readonly string[]; readonly item: SqlCondition };

export interface SqlOptions {
  readonly mappings: LogsourceMappings;
  readonly placeholders?: Placeholders;
  /** Parsers whose values stand in the raw text as they are, but for escapes; of others nothing is known. */
  readonly verbatim: readonly VerbatimParser[];
}

export interface VerbatimParser {
  readonly name: string;
  /** Fields whose value the parser may make itself. */
  readonly derivedFields: readonly string[];
  /** Words that those values may hold besides digits, `0x…` and dates: a keyword may find them. */
  readonly derivedWords: readonly string[];
}

export const everything: SqlCondition = { kind: 'all' };

/** Refused for what the rule itself is refused for: a placeholder without a value, a bad pattern. */
export function sqlCondition(rule: SigmaRule, options: SqlOptions): Result<SqlCondition, Refusal> {
  try {
    const detection = either(
      rule.detection.conditions.map((condition) => ofCondition(condition, rule, options)),
    );
    const { verbatim } = options;
    const narrowed: SqlCondition =
      detection.kind === 'all' || verbatim.length === 0
        ? everything
        : { kind: 'parsers', names: verbatim.map(({ name }) => name), item: detection };
    return ok(both([...ofLogsource(rule, options.mappings), narrowed]));
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    return err(refusalOf(thrown, rule));
  }
}

function both(items: readonly SqlCondition[]): SqlCondition {
  const said = items
    .filter(({ kind }) => kind !== 'all')
    .flatMap((item) => (item.kind === 'and' ? item.items : [item]));
  const [only] = said;
  if (only === undefined) return everything;
  return said.length === 1 ? only : { kind: 'and', items: said };
}

/** What one of them lets through. */
export function either(items: readonly SqlCondition[]): SqlCondition {
  if (items.length === 0 || items.some(({ kind }) => kind === 'all')) return everything;
  const flat = items.flatMap((item) => (item.kind === 'or' ? item.items : [item]));
  const needles = flat.flatMap((item) => (item.kind === 'raw' ? item.needles : []));
  const others = flat.filter(({ kind }) => kind !== 'raw');
  const joined: readonly SqlCondition[] =
    needles.length === 0 ? others : [...others, { kind: 'raw', needles: [...new Set(needles)] }];
  const [only] = joined;
  return joined.length === 1 && only !== undefined ? only : { kind: 'or', items: joined };
}

/** As `applies` has it, with the services and categories that the mappings find by channel and event id. */
function ofLogsource(rule: SigmaRule, mappings: LogsourceMappings): readonly SqlCondition[] {
  const { product, service, category } = wantedLogsource(rule.logsource);
  const mapped: SqlCondition = { kind: 'one_of', column: 'product', values: [mappings.product] };
  const wanted: SqlCondition[] = [];
  if (product !== null) wanted.push({ kind: 'one_of', column: 'product', values: [product] });
  if (service !== null) {
    const named: SqlCondition = { kind: 'one_of', column: 'service', values: [service] };
    const channels = channelsOf(service, mappings);
    wanted.push(channels === null ? named : either([named, both([mapped, channels])]));
  }
  if (category !== null) {
    const named: SqlCondition = { kind: 'one_of', column: 'category', values: [category] };
    const found = categoryRows(category, mappings).map((row) => both([mapped, row]));
    wanted.push(either([named, ...found]));
  }
  return wanted;
}

function channelsOf(service: string, mappings: LogsourceMappings): SqlCondition | null {
  const values = [...mappings.services].flatMap(([channel, services]) =>
    services.includes(service) ? [channel] : [],
  );
  if (values.length === 0) return null;
  return mappings.channelField === 'Channel' ? { kind: 'one_of', column: 'channel', values } : everything;
}

function categoryRows(category: string, mappings: LogsourceMappings): readonly SqlCondition[] {
  return [...mappings.categories].flatMap(([service, rows]) =>
    rows
      .filter((row) => row.category === category)
      .map(({ where }) => {
        const codes = where.flatMap(({ field, values }): readonly SqlCondition[] =>
          field === 'EventID' && [...values].every((value) => wholeNumber.test(value))
            ? [{ kind: 'code', values: [...values] }]
            : [],
        );
        return both([channelsOf(service, mappings) ?? everything, ...codes]);
      }),
  );
}

function ofCondition(condition: Condition, rule: SigmaRule, options: SqlOptions): SqlCondition {
  switch (condition.kind) {
    case 'selection': {
      const selection = rule.detection.selections.get(condition.name);
      if (selection === undefined) throw new Error(`the selection ${condition.name} is gone`);
      return ofSelection(selection, rule, options);
    }
    // The negation of a superset is no superset.
    case 'not':
      return everything;
    case 'and':
      return both(condition.items.map((item) => ofCondition(item, rule, options)));
    case 'or':
      return either(condition.items.map((item) => ofCondition(item, rule, options)));
  }
}

function ofSelection(selection: Selection, rule: SigmaRule, options: SqlOptions): SqlCondition {
  if (selection.kind === 'item') return ofItem(selection, rule, options);
  const items = selection.items.map((item) => ofSelection(item, rule, options));
  return selection.kind === 'and' ? both(items) : either(items);
}

/** The form in which the column of an event id is certain. */
const wholeNumber = /^(?:0|[1-9][0-9]{0,14})$/;

function ofItem(item: FieldItem, rule: SigmaRule, options: SqlOptions): SqlCondition {
  if (item.modifiers.includes('neq')) return everything;
  if (
    item.field === 'EventID' &&
    item.modifiers.length === 0 &&
    !isAliased(item.field, rule, options.mappings)
  ) {
    const codes = item.values.map(({ text }) => text);
    if (codes.every((code) => wholeNumber.test(code))) return { kind: 'code', values: codes };
  }
  if (item.field !== '' && isDerived(item.field, rule, options)) return everything;
  const values = item.values.map((value) => ofValue(item, value, options));
  return item.modifiers.includes('all') ? both(values) : either(values);
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

/** The first part of a dotted name counts too: what is made may be a map. */
function isDerived(field: string, rule: SigmaRule, { mappings, verbatim }: SqlOptions): boolean {
  const names = [field, ...aliasesOf(field, rule, mappings)].flatMap((name) => [
    name,
    name.split('.')[0] ?? name,
  ]);
  return verbatim.some(({ derivedFields }) => names.some((name) => derivedFields.includes(name)));
}

function ofValue(item: FieldItem, value: YamlScalar, options: SqlOptions): SqlCondition {
  // Numbers and booleans equal values that are written in other ways as well.
  if (typeof value.value !== 'string' && item.modifiers.length === 0) return everything;
  const alternatives =
    value.value === null ? null : textAlternatives(item, value, options.placeholders ?? {});
  if (alternatives === null) return everything;
  const parts: string[] = [];
  for (const tokens of alternatives) {
    const part = certainPart(tokens);
    if (part === null) return everything;
    if (item.field === '' && mayBeDerived(part, options.verbatim)) return everything;
    parts.push(part);
  }
  return { kind: 'raw', needles: needlesOf(parts) };
}

function mayBeDerived(needle: string, verbatim: readonly VerbatimParser[]): boolean {
  const folded = fold(needle);
  // Of digits, `0x…` and ISO dates only.
  if (!/[^0-9a-ftxz:.+-]/.test(folded)) return true;
  return verbatim.some(({ derivedWords }) => derivedWords.some((word) => fold(word).includes(folded)));
}
