/** For each rule, predicates of which one has to hold when the rule does: without any of them it is not even asked. */
import type { Formula } from './formula.ts';
import type { PredicateTable } from './predicates.ts';

export interface Witness {
  readonly predicates: readonly number[];
  /** Rough share of the events in which one of them holds. */
  readonly frequency: number;
}

/** Null for a formula that can hold where none of its predicates does. */
export function witnessOf(formula: Formula, table: PredicateTable): Witness | null {
  switch (formula.kind) {
    case 'predicate':
      return ofPredicate(formula.id, table);
    case 'not':
      // Lists everything that does not hold, which no index does.
      return null;
    case 'and':
      return rarest(formula.items.map((item) => witnessOf(item, table)));
    case 'or':
      break;
  }
  return union(formula.items.map((item) => witnessOf(item, table)));
}

function ofPredicate(id: number, table: PredicateTable): Witness | null {
  if (id >= 0) return { predicates: [id], frequency: table.frequency[id] ?? 1 };
  const lazy = table.lazy[~id];
  if (lazy === undefined || lazy.kind === 'event' || lazy.gate === -1) return null;
  return { predicates: [lazy.gate], frequency: table.frequency[lazy.gate] ?? 1 };
}

function rarest(witnesses: readonly (Witness | null)[]): Witness | null {
  let found: Witness | null = null;
  for (const witness of witnesses) {
    if (witness !== null && (found === null || witness.frequency < found.frequency)) found = witness;
  }
  return found;
}

function union(witnesses: readonly (Witness | null)[]): Witness | null {
  const predicates = new Set<number>();
  let frequency = 0;
  for (const witness of witnesses) {
    if (witness === null) return null;
    for (const id of witness.predicates) predicates.add(id);
    frequency += witness.frequency;
  }
  return { predicates: [...predicates], frequency };
}
