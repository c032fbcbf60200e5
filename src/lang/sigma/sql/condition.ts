/**
 * A rule as filters over stored events: a sound superset of what it matches, and a sound subset. What can not be
 * said over columns and raw text is left out of both, and the engine confirms the rows between them.
 */
import { err, ok, type Result } from '../../../base/result.ts';
import type { Condition } from '../condition.ts';
import type { Selection } from '../detection.ts';
import type { Placeholders } from '../expand.ts';
import { type Refusal, RuleFault, refusalOf } from '../fault.ts';
import type { LogsourceMappings } from '../mappings.ts';
import type { SigmaRule } from '../rule.ts';
import { allOf, type Bounds, isNever, negationOf, oneOf } from './bounds.ts';
import { ofItem, type RowScope } from './item.ts';
import { anyEvent, anyRow, kindOf, type RowKind, rowsOf } from './layout.ts';
import { ofLogsource } from './logsource.ts';
import { both, either, everything, negated, nothing, type SqlCondition } from './tree.ts';
import type { VerbatimParser } from './verbatim.ts';

export interface SqlOptions {
  readonly mappings: LogsourceMappings;
  readonly placeholders?: Placeholders;
  /** Of the rows of other parsers nothing is known. */
  readonly verbatim: readonly VerbatimParser[];
}

export interface SqlBounds {
  /** Every row that the rule matches, and others. */
  readonly possible: SqlCondition;
  /** Only rows that it matches. */
  readonly certain: SqlCondition;
  /** Rows that are possible and not certain: the engine has to look at them. */
  readonly uncertain: SqlCondition;
  /** Parsers whose rows are decided by their columns alone, wherever these are plain. */
  readonly exactFor: readonly string[];
}

/** Refused for what the rule itself is refused for: a placeholder without a value, a bad pattern. */
export function sqlBounds(rule: SigmaRule, options: SqlOptions): Result<SqlBounds, Refusal> {
  try {
    return ok(boundsOf(rule, options));
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    return err(refusalOf(thrown, rule));
  }
}

function boundsOf(rule: SigmaRule, options: SqlOptions): SqlBounds {
  const { mappings, verbatim } = options;
  const parts = partsOf(verbatim.map((parser) => ofParser(rule, { ...options, parser })));
  const logsource = ofLogsource(rule, anyRow, mappings, (service) => elsewhere(service, verbatim));
  const possible = both([logsource.possible, ...parts.map(possibleOf)]);
  const certain = either(
    parts.flatMap(({ ours }) => ours.map(({ where, bounds }) => both([where, bounds.certain]))),
  );
  // Only what columns say: it has to cost less than the superset.
  const impossible = either(
    parts.flatMap(({ ours }) =>
      ours.map(({ where, bounds }) => (bounds.isSaid ? both([where, bounds.impossible]) : nothing)),
    ),
  );
  return {
    possible,
    certain,
    uncertain: both([negated(certain), negated(impossible), possible]),
    exactFor: parts.flatMap(({ names, isExact }) => (isExact ? names : [])),
  };
}

/** What is known of rows of one kind. */
interface KindRows {
  readonly where: SqlCondition;
  readonly bounds: Bounds;
}

/** The rows of a parser: those that today's version wrote by kind, as far as more is known of them than of any. */
interface ParserRows {
  readonly parser: VerbatimParser;
  /** A superset, of rows of any version. */
  readonly older: SqlCondition;
  readonly kinds: readonly KindRows[];
  readonly isExact: boolean;
}

/** The same of several parsers. */
interface Part extends Omit<ParserRows, 'parser' | 'kinds'> {
  readonly names: readonly string[];
  readonly ours: readonly KindRows[];
}

function ofParser(rule: SigmaRule, options: Omit<RowScope, 'kind'>): ParserRows {
  const { parser, mappings } = options;
  const ofKind = (kind: RowKind): readonly [logsource: Bounds, detection: Bounds] => [
    ofLogsource(rule, kind, mappings, (service) => elsewhere(service, [parser])),
    oneOf(rule.detection.conditions.map((one) => ofCondition(one, rule, { ...options, kind }))),
  ];
  const [anywhere, anything] = ofKind(anyRow);
  const older = anything.possible;
  if (parser.columns === undefined) return { parser, older, kinds: [], isExact: false };
  const layouts = parser.columns.layouts.map(kindOf);
  const laidOut = layouts.map((kind) => ({ where: rowsOf(kind), bounds: allOf(ofKind(kind)) }));
  const others = { where: negated(either(layouts.map(rowsOf))), bounds: allOf(ofKind(anyEvent)) };
  const meant = laidOut.filter(({ bounds }) => !isNever(bounds));
  const known = JSON.stringify(both([anywhere.possible, older]));
  const kinds = distinct([...meant, others]).filter(
    ({ bounds: { certain, possible } }) => certain.kind !== 'none' || JSON.stringify(possible) !== known,
  );
  const decisive = meant.length > 0 ? meant : [others];
  return { parser, older, kinds, isExact: decisive.every(({ bounds }) => bounds.isSaid) };
}

/** Kinds of which the same is known are one. */
function distinct(kinds: readonly KindRows[]): readonly KindRows[] {
  const alike = new Map<string, KindRows>();
  for (const { where, bounds } of kinds) {
    const key = JSON.stringify(bounds);
    const before = alike.get(key);
    alike.set(key, { where: before === undefined ? where : either([before.where, where]), bounds });
  }
  return [...alike.values()];
}

/** Parsers of which the same is known are said at once. */
function partsOf(parsers: readonly ParserRows[]): readonly Part[] {
  const alike = new Map<string, { first: ParserRows; parsers: VerbatimParser[] }>();
  for (const one of parsers) {
    const key = JSON.stringify([one.older, one.kinds]);
    const group = alike.get(key) ?? { first: one, parsers: [] };
    group.parsers.push(one.parser);
    alike.set(key, group);
  }
  return [...alike.values()].map(({ first: { older, kinds, isExact }, parsers: group }) => {
    const by = group.flatMap(({ name, columns }) =>
      columns === undefined ? [] : [{ name, version: columns.version }],
    );
    const ours = kinds.map(({ where, bounds }) => ({
      where: both([{ kind: 'written', by }, where]),
      bounds,
    }));
    return { names: group.map(({ name }) => name), older, ours, isExact };
  });
}

function possibleOf({ names, older, ours }: Part): SqlCondition {
  const others = negated(either(ours.map(({ where }) => where)));
  const item = either([
    ...ours.map(({ where, bounds }) => both([where, bounds.possible])),
    both([others, older]),
  ]);
  return item.kind === 'all' ? everything : { kind: 'parsers', names, item };
}

/** Rows of parsers whose events may have a service that is not on their row. */
function elsewhere(service: string, parsers: readonly VerbatimParser[]): SqlCondition {
  const names = parsers
    .filter(({ moreServices = [] }) => moreServices === 'any' || moreServices.includes(service))
    .map(({ name }) => name);
  if (names.length === 0) return nothing;
  return { kind: 'text', column: 'parser', place: 'whole', cased: true, texts: names };
}

function ofCondition(condition: Condition, rule: SigmaRule, scope: RowScope): Bounds {
  switch (condition.kind) {
    case 'selection': {
      const selection = rule.detection.selections.get(condition.name);
      if (selection === undefined) throw new Error(`the selection ${condition.name} is gone`);
      return ofSelection(selection, rule, scope);
    }
    case 'not':
      return negationOf(ofCondition(condition.item, rule, scope));
    case 'and':
      return allOf(condition.items.map((item) => ofCondition(item, rule, scope)));
    case 'or':
      return oneOf(condition.items.map((item) => ofCondition(item, rule, scope)));
  }
}

function ofSelection(selection: Selection, rule: SigmaRule, scope: RowScope): Bounds {
  if (selection.kind === 'item') return ofItem(selection, rule, scope);
  const items = selection.items.map((item) => ofSelection(item, rule, scope));
  return selection.kind === 'and' ? allOf(items) : oneOf(items);
}
