/** A rule to something that answers: the plain evaluator, by which every faster one is judged. */
import { err, ok, type Result } from '../../base/result.ts';
import type { Condition } from './condition.ts';
import type { Selection } from './detection.ts';
import type { Placeholders } from './expand.ts';
import { type Refusal, RuleFault } from './fault.ts';
import { type CompiledItem, compileItem, type Hit } from './item.ts';
import { applies, type RoutedEvent, routeEvent, type SigmaEvent, wantedLogsource } from './logsource.ts';
import type { LogsourceMappings } from './mappings.ts';
import type { SigmaRule } from './rule.ts';
import type { FieldView } from './view.ts';

export interface CompileOptions {
  readonly mappings: LogsourceMappings;
  /** Values for `|expand`; a rule whose placeholder has none is refused. */
  readonly placeholders?: Placeholders;
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
  /** The same for an event that is routed already. */
  matchesRouted(event: RoutedEvent): boolean;
}

export function compileRule(rule: SigmaRule, options: CompileOptions): Result<CompiledRule, Refusal> {
  try {
    return ok(compile(rule, options));
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    const { file, id, title } = rule;
    return err({ file, line: thrown.line, id, title, reason: thrown.message });
  }
}

function compile(rule: SigmaRule, options: CompileOptions): CompiledRule {
  const placeholders = options.placeholders ?? {};
  const selections = new Map<string, CompiledItem>();
  for (const [name, selection] of rule.detection.selections) {
    selections.set(name, compileSelection(selection, placeholders));
  }
  const detection = compileAny(
    rule.detection.conditions.map((condition) => compileCondition(condition, selections)),
  );
  const wanted = wantedLogsource(rule.logsource);
  const matchesRouted = (event: RoutedEvent): boolean =>
    applies(wanted, event) && detection.matches(event.view(wanted.category));
  return {
    rule,
    matchesRouted,
    matches: (event) => matchesRouted(routeEvent(event, options.mappings)),
    explain(event) {
      const routed = routeEvent(event, options.mappings);
      if (!applies(wanted, routed)) return [];
      return distinct(detection.explain(routed.view(wanted.category)));
    },
  };
}

function compileSelection(selection: Selection, placeholders: Placeholders): CompiledItem {
  if (selection.kind === 'item') return compileItem(selection, placeholders);
  const items = selection.items.map((item) => compileSelection(item, placeholders));
  return selection.kind === 'and' ? compileAll(items) : compileAny(items);
}

/** What conditions are made of: like an item, with the selection's name on each hit. */
interface CompiledCondition {
  matches(view: FieldView): boolean;
  explain(view: FieldView): readonly Explained[];
}

function compileCondition(
  condition: Condition,
  selections: ReadonlyMap<string, CompiledItem>,
): CompiledCondition {
  switch (condition.kind) {
    case 'selection': {
      const { name } = condition;
      const item = selections.get(name);
      if (item === undefined) throw new Error(`the condition was read with a selection ${name} that is gone`);
      return {
        matches: (view) => item.matches(view),
        explain: (view) => item.explain(view).map((hit) => ({ selection: name, ...hit })),
      };
    }
    case 'not': {
      const inner = compileCondition(condition.item, selections);
      return { matches: (view) => !inner.matches(view), explain: () => [] };
    }
    case 'and':
      return compileAll(condition.items.map((item) => compileCondition(item, selections)));
    case 'or':
      break;
  }
  return compileAny(condition.items.map((item) => compileCondition(item, selections)));
}

interface Part<H extends Hit> {
  matches(view: FieldView): boolean;
  explain(view: FieldView): readonly H[];
}

function compileAll<H extends Hit>(parts: readonly Part<H>[]): Part<H> {
  const matches = (view: FieldView): boolean => parts.every((part) => part.matches(view));
  return { matches, explain: (view) => (matches(view) ? parts.flatMap((part) => part.explain(view)) : []) };
}

/** Explains by every part that holds: the analyst sees all that speaks for the match. */
function compileAny<H extends Hit>(parts: readonly Part<H>[]): Part<H> {
  return {
    matches: (view) => parts.some((part) => part.matches(view)),
    explain: (view) => parts.flatMap((part) => (part.matches(view) ? part.explain(view) : [])),
  };
}

/** A selection that stands twice in the condition explains the match once. */
function distinct(explained: readonly Explained[]): readonly Explained[] {
  const seen = new Set<string>();
  return explained.filter((entry) => {
    const key = JSON.stringify([entry.selection, entry.field, entry.pattern, entry.value]);
    return !seen.has(key) && seen.add(key);
  });
}
