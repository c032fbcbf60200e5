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
import { allOf, type Bounds, isNever, negationOf, never, oneOf } from './bounds.ts';
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
  /** Only rows that it does not match, as far as columns say so. */
  readonly impossible: SqlCondition;
  /** Rows that are possible, and neither certain nor impossible: the engine has to look at them. */
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
  const parts = partsOf(groupsOf(verbatim).map((group) => ofGroup(rule, group, options)));
  const logsource = ofLogsource(rule, anyRow, mappings, (service) => elsewhere(service, verbatim));
  const possible = both([logsource.possible, ...parts.map(possibleOf)]);
  const kinds = parts.flatMap(({ kinds: own }) => own);
  const certain = either(kinds.map(({ where, bounds }) => both([where, bounds.certain])));
  // Only what columns say: it has to cost less than the superset.
  const impossible = either(
    kinds.map(({ where, bounds }) => (bounds.isSaid ? both([where, bounds.impossible]) : nothing)),
  );
  return {
    possible,
    certain,
    impossible,
    uncertain: both([negated(certain), negated(impossible), possible]),
    exactFor: parts.flatMap(({ names, isExact }) => (isExact ? names : [])),
  };
}

/** Parsers of which the same is declared. */
interface Group {
  readonly names: readonly string[];
  readonly declared: VerbatimParser;
  /** Events that today's versions wrote. */
  readonly written: SqlCondition;
}

const groups = new WeakMap<readonly VerbatimParser[], readonly Group[]>();

/** Made once for each list: a rule is asked of it for every group. */
function groupsOf(parsers: readonly VerbatimParser[]): readonly Group[] {
  const known = groups.get(parsers);
  if (known !== undefined) return known;
  const alike = new Map<string, VerbatimParser[]>();
  for (const parser of parsers) {
    const { computed, escapes, moreServices = [], columns } = parser;
    const key = JSON.stringify([computed, escapes, moreServices, columns?.layouts]);
    alike.set(key, [...(alike.get(key) ?? []), parser]);
  }
  const made = [...alike.values()].flatMap((members): readonly Group[] => {
    const [declared] = members;
    if (declared === undefined) return [];
    const by = members.flatMap(({ name, columns }) =>
      columns === undefined ? [] : [{ name, version: columns.version }],
    );
    return [{ names: members.map(({ name }) => name), declared, written: { kind: 'written', by } }];
  });
  groups.set(parsers, made);
  return made;
}

/** What is known of rows of one kind. */
interface KindRows {
  readonly where: SqlCondition;
  readonly bounds: Bounds;
}

/** The rows of some parsers: those that today's versions wrote by kind, as far as more is known of them than of any. */
interface Part {
  readonly names: readonly string[];
  /** A superset, of rows of any version. */
  readonly older: SqlCondition;
  readonly kinds: readonly KindRows[];
  readonly isExact: boolean;
}

function ofGroup(rule: SigmaRule, { names, declared, written }: Group, options: SqlOptions): Part {
  const scope = { ...options, parser: declared };
  const logsourceIn = (kind: RowKind) =>
    ofLogsource(rule, kind, options.mappings, (service) => elsewhere(service, [declared]));
  const detectionIn = (kind: RowKind) =>
    oneOf(rule.detection.conditions.map((one) => ofCondition(one, rule, { ...scope, kind })));
  const older = detectionIn(anyRow).possible;
  if (declared.columns === undefined) return { names, older, kinds: [], isExact: false };
  const meant = declared.columns.layouts.map(kindOf).flatMap((kind): readonly KindRows[] => {
    const logsource = logsourceIn(kind);
    const bounds = isNever(logsource) ? never : allOf([logsource, detectionIn(kind)]);
    return isNever(bounds) ? [] : [{ where: rowsOf(kind), bounds }];
  });
  const known = JSON.stringify(both([logsourceIn(anyRow).possible, older]));
  const says = ({ bounds: { certain, possible } }: KindRows) =>
    certain.kind !== 'none' || JSON.stringify(possible) !== known;
  const told = distinct(meant).filter(says);
  const others = {
    where: negated(either(told.map(({ where }) => where))),
    bounds: allOf([logsourceIn(anyEvent), detectionIn(anyEvent)]),
  };
  const kinds = [...told, ...[others].filter(says)].map(({ where, bounds }) => ({
    where: both([written, where]),
    bounds,
  }));
  const decisive = meant.length > 0 ? meant : [others];
  return { names, older, kinds, isExact: decisive.every(({ bounds }) => bounds.isSaid) };
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

/** Parsers of whose rows only the same superset is known are said at once. */
function partsOf(parts: readonly Part[]): readonly Part[] {
  const alike = new Map<string, Part>();
  for (const part of parts) {
    const key = part.kinds.length > 0 ? part.names.join() : JSON.stringify(part.older);
    const before = alike.get(key);
    alike.set(key, before === undefined ? part : { ...before, names: [...before.names, ...part.names] });
  }
  return [...alike.values()];
}

function possibleOf({ names, older, kinds }: Part): SqlCondition {
  const others = negated(either(kinds.map(({ where }) => where)));
  const item = either([
    ...kinds.map(({ where, bounds }) => both([where, bounds.possible])),
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
