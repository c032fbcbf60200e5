/** A rule to something that answers: the plain evaluator, by which every faster one is judged. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Condition } from './condition.ts';
import type { Selection } from './detection.ts';
import type { Placeholders } from './expand.ts';
import { type Refusal, RuleFault, refusalOf } from './fault.ts';
import { compileItem, type Hit } from './item.ts';
import { applies, routeEvent, type SigmaEvent, type WantedLogsource, wantedLogsource } from './logsource.ts';
import type { LogsourceMappings } from './mappings.ts';
import type { SigmaRule } from './rule.ts';
import type { FieldView } from './view.ts';

export interface CompileOptions {
  readonly mappings: LogsourceMappings;
  /** Values for `|expand`; a rule whose placeholder has none is refused. */
  readonly placeholders?: Placeholders;
  /** Rules that are known to compile with these placeholders: they are not checked again. */
  readonly proven?: { has(rule: SigmaRule): boolean };
}

/** A field of the event that made the rule match. */
export interface Explained {
  readonly selection: string;
  /** With its modifiers as written, `Image|endswith`; empty for keywords. */
  readonly field: string;
  /** The rule's value as written. */
  readonly pattern: string;
  /** The event's value. */
  readonly value: string;
}

export interface CompiledRule {
  readonly rule: SigmaRule;
  /** Logsource and detection. */
  matches(event: SigmaEvent): boolean;
  /** What made the rule match, in the rule's order; empty when it does not. Below `not`, nothing is listed. */
  explain(event: SigmaEvent): readonly Explained[];
  /** The detection alone, for who has seen to the logsource: the fields as the rule's category names them. */
  readonly matchesFields: (view: FieldView) => boolean;
}

export function compileRule(rule: SigmaRule, options: CompileOptions): Result<CompiledRule, Refusal> {
  const { placeholders = {}, proven } = options;
  const refusal = proven?.has(rule) === true ? null : refusalOfRule(rule, placeholders);
  return refusal === null ? ok(new LazyRule(rule, placeholders, options.mappings)) : err(refusal);
}

/** Why the rule does not compile; null when it does. */
export function refusalOfRule(rule: SigmaRule, placeholders: Placeholders): Refusal | null {
  try {
    compileDetection(rule, placeholders);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    return refusalOf(thrown, rule);
  }
}

/** Compiled once more when it is first asked: most rules of a collection never are, and would take memory. */
class LazyRule implements CompiledRule {
  readonly rule: SigmaRule;
  readonly #placeholders: Placeholders;
  readonly #mappings: LogsourceMappings;
  readonly #wanted: WantedLogsource;
  #made: Part<Explained> | null = null;

  constructor(rule: SigmaRule, placeholders: Placeholders, mappings: LogsourceMappings) {
    this.rule = rule;
    this.#placeholders = placeholders;
    this.#mappings = mappings;
    this.#wanted = wantedLogsource(rule.logsource);
  }

  get #detection(): Part<Explained> {
    this.#made ??= compileDetection(this.rule, this.#placeholders);
    return this.#made;
  }

  get matchesFields(): (view: FieldView) => boolean {
    return this.#detection.matches;
  }

  matches(event: SigmaEvent): boolean {
    const routed = routeEvent(event, this.#mappings);
    const { category } = this.#wanted;
    return applies(this.#wanted, routed) && this.#detection.matches(routed.view(category));
  }

  explain(event: SigmaEvent): readonly Explained[] {
    const routed = routeEvent(event, this.#mappings);
    if (!applies(this.#wanted, routed)) return [];
    return distinct(this.#detection.explain(routed.view(this.#wanted.category)));
  }
}

/** Throws a RuleFault. */
function compileDetection(rule: SigmaRule, placeholders: Placeholders): Part<Explained> {
  const selections = new Map<string, Part<Hit>>();
  for (const [name, selection] of rule.detection.selections) {
    selections.set(name, compileSelection(selection, placeholders));
  }
  return compileAny(rule.detection.conditions.map((condition) => compileCondition(condition, selections)));
}

function compileSelection(selection: Selection, placeholders: Placeholders): Part<Hit> {
  if (selection.kind === 'item') return compileItem(selection, placeholders);
  const items = selection.items.map((item) => compileSelection(item, placeholders));
  return selection.kind === 'and' ? compileAll(items) : compileAny(items);
}

/** What conditions are made of: like an item, with the selection's name on each hit. */
type CompiledCondition = Part<Explained>;

function compileCondition(
  condition: Condition,
  selections: ReadonlyMap<string, Part<Hit>>,
): CompiledCondition {
  switch (condition.kind) {
    case 'selection': {
      const { name } = condition;
      const item = selections.get(name);
      if (item === undefined) throw new Error(`the condition was read with a selection ${name} that is gone`);
      return {
        ...item,
        explain: (view) => item.explain(view).map((hit) => ({ selection: name, ...hit })),
      };
    }
    case 'not': {
      const inner = compileCondition(condition.item, selections);
      return { cost: inner.cost + costOfNot, matches: (view) => !inner.matches(view), explain: () => [] };
    }
    case 'and':
      return compileAll(condition.items.map((item) => compileCondition(item, selections)));
    case 'or':
      break;
  }
  return compileAny(condition.items.map((item) => compileCondition(item, selections)));
}

/** What is below `not` seldom holds, so that it seldom decides: it is asked last. */
const costOfNot = 10_000;

interface Part<H extends Hit> {
  readonly cost: number;
  readonly matches: (view: FieldView) => boolean;
  explain(view: FieldView): readonly H[];
  /** Of an "and": what it links. */
  readonly linked?: readonly Test[];
}

type Test = Pick<Part<Hit>, 'cost' | 'matches'>;

/**
 * Explains in the order of the rule, but asks the cheap parts first, those of an "and" inside an "and"
 * among them: most events fail one of them.
 */
function compileAll<H extends Hit>(parts: readonly Part<H>[]): Part<H> {
  const [only, another] = parts;
  if (only !== undefined && another === undefined) return only;
  const linked = parts.flatMap((part): readonly Test[] => part.linked ?? [part]);
  const tests = linked.toSorted((a, b) => a.cost - b.cost).map((part) => part.matches);
  const matches = (view: FieldView): boolean => {
    for (const test of tests) if (!test(view)) return false;
    return true;
  };
  return {
    cost: totalCost(parts),
    linked,
    matches,
    explain: (view) => (matches(view) ? parts.flatMap((part) => part.explain(view)) : []),
  };
}

/** Explains by every part that holds: the analyst sees all that speaks for the match. */
function compileAny<H extends Hit>(parts: readonly Part<H>[]): Part<H> {
  const [only, another] = parts;
  if (only !== undefined && another === undefined) return only;
  const tests = parts.map((part) => part.matches);
  return {
    cost: totalCost(parts),
    matches(view) {
      for (const test of tests) if (test(view)) return true;
      return false;
    },
    explain: (view) => parts.flatMap((part) => (part.matches(view) ? part.explain(view) : [])),
  };
}

function totalCost(parts: readonly { readonly cost: number }[]): number {
  return parts.reduce((sum, { cost }) => sum + cost, 0);
}

/** A selection that stands twice in the condition explains the match once. */
function distinct(explained: readonly Explained[]): readonly Explained[] {
  const seen = new Set<string>();
  return explained.filter((entry) => {
    const key = JSON.stringify([entry.selection, entry.field, entry.pattern, entry.value]);
    return !seen.has(key) && seen.add(key);
  });
}
