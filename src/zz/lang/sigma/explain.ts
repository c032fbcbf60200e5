/** Why a rule matches an event, or does not: its condition as a tree, with the outcome of each part. */
import { err, ok, type Result } from '../../base/result.ts';
import type { CompileOptions } from './compile.ts';
import type { Condition } from './condition.ts';
import type { FieldItem, Selection } from './detection.ts';
import type { Placeholders } from './expand.ts';
import { type Refusal, RuleFault, refusalOf } from './fault.ts';
import { compileItem } from './item.ts';
import { applies, routeEvent, type SigmaEvent, wantedLogsource } from './logsource.ts';
import type { RuleLogsource, SigmaRule } from './rule.ts';
import type { FieldView } from './view.ts';

/** One value of the rule, held against the event by itself. */
export interface ExplainedValue {
  /** As written. */
  readonly pattern: string;
  readonly outcome: boolean;
  /** The event's value that fits; null where none does. */
  readonly value: string | null;
}

export type ExplainedPart =
  | { readonly kind: 'and' | 'or'; readonly outcome: boolean; readonly items: readonly ExplainedPart[] }
  | { readonly kind: 'not'; readonly outcome: boolean; readonly items: readonly [ExplainedPart] }
  | {
      readonly kind: 'selection';
      readonly name: string;
      readonly outcome: boolean;
      readonly items: readonly [ExplainedPart];
    }
  | ExplainedItem;

export interface ExplainedItem {
  readonly kind: 'item';
  /** With its modifiers, `Image|endswith`; empty for keywords. */
  readonly field: string;
  readonly outcome: boolean;
  /** What the event has under that name, at most 20 of them; null where it has no such field, and for keywords. */
  readonly found: readonly string[] | null;
  readonly values: readonly ExplainedValue[];
  /** Line of the document. */
  readonly line: number;
}

export interface Explanation {
  /** Logsource and condition. */
  readonly matches: boolean;
  readonly logsource: {
    readonly outcome: boolean;
    readonly wanted: RuleLogsource;
    /** What the event's logsource can be called. */
    readonly event: {
      readonly product: string | null;
      readonly services: readonly string[];
      readonly categories: readonly string[];
    };
  };
  /** Worked out whether or not the logsource fits. */
  readonly condition: ExplainedPart;
}

const mostFound = 20;

export function explainRule(
  rule: SigmaRule,
  event: SigmaEvent,
  options: CompileOptions,
): Result<Explanation, Refusal> {
  const wanted = wantedLogsource(rule.logsource);
  const routed = routeEvent(event, options.mappings);
  const outcome = applies(wanted, routed);
  try {
    const parts = partsOf(rule, routed.view(wanted.category), options.placeholders ?? {});
    const condition = linked('or', rule.detection.conditions.map(parts));
    const { product, services, categories } = routed;
    return ok({
      matches: outcome && condition.outcome,
      logsource: { outcome, wanted: rule.logsource, event: { product, services, categories } },
      condition,
    });
  } catch (thrown) {
    if (!(thrown instanceof RuleFault)) throw thrown;
    return err(refusalOf(thrown, rule));
  }
}

function partsOf(
  rule: SigmaRule,
  view: FieldView,
  placeholders: Placeholders,
): (condition: Condition) => ExplainedPart {
  const of = (condition: Condition): ExplainedPart => {
    if (condition.kind === 'selection') {
      const selection = rule.detection.selections.get(condition.name);
      if (selection === undefined) throw new Error(`the selection ${condition.name} is gone`);
      const part = explainSelection(selection, view, placeholders);
      return { kind: 'selection', name: condition.name, outcome: part.outcome, items: [part] };
    }
    if (condition.kind === 'not') {
      const part = of(condition.item);
      return { kind: 'not', outcome: !part.outcome, items: [part] };
    }
    return linked(condition.kind, condition.items.map(of));
  };
  return of;
}

function linked(kind: 'and' | 'or', items: readonly ExplainedPart[]): ExplainedPart {
  const [only] = items;
  if (only !== undefined && items.length === 1) return only;
  const outcome = kind === 'and' ? items.every((item) => item.outcome) : items.some((item) => item.outcome);
  return { kind, outcome, items };
}

function explainSelection(selection: Selection, view: FieldView, placeholders: Placeholders): ExplainedPart {
  if (selection.kind === 'item') return explainItem(selection, view, placeholders);
  return linked(
    selection.kind,
    selection.items.map((item) => explainSelection(item, view, placeholders)),
  );
}

function explainItem(item: FieldItem, view: FieldView, placeholders: Placeholders): ExplainedItem {
  const found = item.field === '' ? null : view.values(item.field);
  return {
    kind: 'item',
    field: item.written,
    outcome: compileItem(item, placeholders).matches(view),
    found:
      found?.slice(0, mostFound).map(({ text, hasText, value }) => (hasText ? text : shown(value))) ?? null,
    values: item.values.map((value) => {
      // By itself: of a list under `all`, each value is asked for alone.
      const alone = compileItem({ ...item, values: [value] }, placeholders);
      const [hit] = alone.explain(view);
      return { pattern: value.text, outcome: hit !== undefined, value: hit?.value ?? null };
    }),
    line: item.line,
  };
}

function shown(value: unknown): string {
  return value === null || value === undefined ? 'null' : '{…}';
}

/** A row of the tree, as it is printed: depth first. */
export interface ExplainedRow {
  readonly depth: number;
  readonly outcome: boolean;
  readonly kind: 'and' | 'or' | 'not' | 'selection' | 'item' | 'value';
  /** Name of the selection, field with its modifiers, or value of the rule. */
  readonly text: string;
  /** What the event has: of an item all values, of a value the one that fits. */
  readonly found: readonly string[] | null;
}

export function explainedRows(part: ExplainedPart, depth = 0): readonly ExplainedRow[] {
  const { kind, outcome } = part;
  if (kind === 'item') {
    const values = part.values.map(
      (value): ExplainedRow => ({
        depth: depth + 1,
        outcome: value.outcome,
        kind: 'value',
        text: value.pattern,
        found: value.value === null ? null : [value.value],
      }),
    );
    return [{ depth, outcome, kind, text: part.field, found: part.found }, ...values];
  }
  const text = kind === 'selection' ? part.name : '';
  return [
    { depth, outcome, kind, text, found: null },
    ...part.items.flatMap((item) => explainedRows(item, depth + 1)),
  ];
}
