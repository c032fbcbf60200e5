/** A rule's detection as a formula over predicates. */
import type { Condition } from '../condition.ts';
import type { FieldItem, Selection } from '../detection.ts';
import type { Placeholders } from '../expand.ts';
import { comparisonOf } from '../modifiers.ts';
import type { SigmaRule } from '../rule.ts';
import type { Aliases } from '../view.ts';
import type { YamlScalar } from '../yaml.ts';
import type { IndexedTest } from './indexed-test.ts';
import type { PredicateTable, Slot } from './predicates.ts';
import { fastTests } from './tests.ts';

export type Formula =
  | { readonly kind: 'predicate'; readonly id: number }
  | { readonly kind: 'not'; readonly item: Formula }
  | { readonly kind: 'and'; readonly items: readonly Formula[] }
  | { readonly kind: 'or'; readonly items: readonly Formula[] };

export interface FormulaContext {
  readonly table: PredicateTable;
  readonly aliases: Aliases;
  readonly placeholders: Placeholders;
}

/** Throws a RuleFault where compiling the rule does. */
export function formulaOf(rule: SigmaRule, context: FormulaContext): Formula {
  const selections = new Map<string, Formula>();
  const selected = (name: string): Formula => {
    const known = selections.get(name);
    if (known !== undefined) return known;
    const selection = rule.detection.selections.get(name);
    if (selection === undefined)
      throw new Error(`the condition was read with a selection ${name} that is gone`);
    const formula = ofSelection(selection, context);
    selections.set(name, formula);
    return formula;
  };
  return link(
    'or',
    rule.detection.conditions.map((condition) => ofCondition(condition, selected)),
  );
}

function ofCondition(condition: Condition, selected: (name: string) => Formula): Formula {
  switch (condition.kind) {
    case 'selection':
      return selected(condition.name);
    case 'not':
      return not(ofCondition(condition.item, selected));
    case 'and':
    case 'or':
      break;
  }
  return link(
    condition.kind,
    condition.items.map((item) => ofCondition(item, selected)),
  );
}

function ofSelection(selection: Selection, context: FormulaContext): Formula {
  if (selection.kind === 'item') return ofItem(selection, context);
  return link(
    selection.kind,
    selection.items.map((item) => ofSelection(item, context)),
  );
}

function link(kind: 'and' | 'or', items: readonly Formula[]): Formula {
  const [only, another] = items;
  if (only !== undefined && another === undefined) return only;
  return { kind, items: items.flatMap((item) => (item.kind === kind ? item.items : [item])) };
}

function not(item: Formula): Formula {
  return item.kind === 'not' ? item.item : { kind: 'not', item };
}

function predicate(id: number): Formula {
  return { kind: 'predicate', id };
}

function ofItem(item: FieldItem, context: FormulaContext): Formula {
  const slot = context.table.slot(item.field, context.aliases);
  if (item.modifiers.includes('neq')) {
    return link('and', [
      predicate(context.table.presence(slot)),
      not(ofValues(item, item.values, slot, context)),
    ]);
  }
  if (item.modifiers.includes('all')) {
    return link(
      'and',
      item.values.map((value) => ofValues(item, [value], slot, context)),
    );
  }
  return ofValues(item, item.values, slot, context);
}

/** One of the values fits: those that an index answers make one predicate. */
function ofValues(
  item: FieldItem,
  values: readonly YamlScalar[],
  slot: Slot,
  context: FormulaContext,
): Formula {
  const { table } = context;
  const indexed: IndexedTest[] = [];
  const others: Formula[] = [];
  const comparison = comparisonOf(item.modifiers);
  const testsOf = fastTests(item, context.placeholders);
  for (const value of values) {
    const special = ofSpecial(item, comparison, value, slot, context);
    if (special !== null) others.push(special);
    else {
      for (const test of testsOf(value)) {
        if (test.kind === 'lazy') others.push(predicate(table.lazyLeaf(slot, test)));
        else indexed.push(test);
      }
    }
  }
  const all = indexed.length === 0 ? others : [predicate(table.indexed(slot, indexed)), ...others];
  return link('or', all);
}

/** What looks at more than one value, or at none. */
function ofSpecial(
  item: FieldItem,
  comparison: ReturnType<typeof comparisonOf>,
  value: YamlScalar,
  slot: Slot,
  { table, aliases }: FormulaContext,
): Formula | null {
  const { id } = slot;
  if (value.value === null) return predicate(table.lazyEvent({ kind: 'nothing', slot: id }));
  if (comparison === 'exists') {
    const present = predicate(table.presence(slot));
    return value.value === true ? present : not(present);
  }
  if (comparison !== 'fieldref') return null;
  const other = table.slot(value.text, aliases);
  const { modifiers } = item;
  const refers = table.lazyEvent({ kind: 'reference', slot: id, other: other.id, modifiers });
  return link('and', [predicate(table.presence(slot)), predicate(refers)]);
}
