/** For each rule, predicates of which one has to hold when the rule does: without any of them it is not even asked. */
import type { Formula } from './formula.ts';
import type { PredicateTable } from './predicates.ts';

export interface Witness {
  readonly predicates: readonly number[];
  readonly price: number;
}

/** What it costs to have a predicate as a witness. */
export type Price = (predicate: number) => number;

/** Null for a formula that can hold where none of its predicates does. */
export function witnessOf(formula: Formula, table: PredicateTable, price: Price): Witness | null {
  switch (formula.kind) {
    case 'predicate':
      return ofPredicate(formula.id, table, price);
    case 'not':
      // Lists everything that does not hold, which no index does.
      return null;
    case 'and':
      return cheapest(formula.items.map((item) => witnessOf(item, table, price)));
    case 'or':
      break;
  }
  return union(formula.items.map((item) => witnessOf(item, table, price)));
}

function ofPredicate(id: number, table: PredicateTable, price: Price): Witness | null {
  if (id >= 0) return { predicates: [id], price: price(id) };
  const lazy = table.lazy[~id];
  if (lazy?.kind !== 'leaf' || lazy.gate === -1) return null;
  return { predicates: [lazy.gate], price: price(lazy.gate) };
}

function cheapest(witnesses: readonly (Witness | null)[]): Witness | null {
  let found: Witness | null = null;
  for (const witness of witnesses) {
    if (witness !== null && (found === null || witness.price < found.price)) found = witness;
  }
  return found;
}

function union(witnesses: readonly (Witness | null)[]): Witness | null {
  const predicates = new Set<number>();
  let price = 0;
  for (const witness of witnesses) {
    if (witness === null) return null;
    for (const id of witness.predicates) predicates.add(id);
    price += witness.price;
  }
  return { predicates: [...predicates], price };
}
