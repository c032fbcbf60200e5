/** A formula as a branching program: one test after the other, each with the place to go on for yes and for no. */
import type { Formula } from './formula.ts';
import type { PredicateTable } from './predicates.ts';

/** Places at which a program ends. */
export const yes = -1;
export const no = -2;

/** Steps of three numbers each: predicate, where to go when it holds, where to go when it does not. */
export class BranchWriter {
  readonly #code: number[] = [];
  readonly #table: PredicateTable;

  constructor(table: PredicateTable) {
    this.#table = table;
  }

  code(): Int32Array {
    return Int32Array.from(this.#code);
  }

  /** Returns where the formula's program begins. Written back to front: a step knows those that follow it. */
  write(formula: Formula, whenTrue: number = yes, whenFalse: number = no): number {
    switch (formula.kind) {
      case 'predicate': {
        const at = this.#code.length;
        this.#code.push(formula.id, whenTrue, whenFalse);
        return at;
      }
      case 'not':
        return this.write(formula.item, whenFalse, whenTrue);
      case 'and':
        return this.#sorted(formula.items, 1).reduceRight(
          (next, item) => this.write(item, next, whenFalse),
          whenTrue,
        );
      case 'or':
        break;
    }
    return this.#sorted(formula.items, -1).reduceRight(
      (next, item) => this.write(item, whenTrue, next),
      whenFalse,
    );
  }

  /** What an index has answered goes first, and of that what decides most often. */
  #sorted(items: readonly Formula[], sign: 1 | -1): readonly Formula[] {
    const weighed = items.map((item) => ({ item, weight: this.#lazyCost(item) + sign * this.#chance(item) }));
    return weighed.sort((a, b) => a.weight - b.weight).map(({ item }) => item);
  }

  #lazyCost(formula: Formula): number {
    if (formula.kind === 'predicate') return formula.id >= 0 ? 0 : 10;
    if (formula.kind === 'not') return this.#lazyCost(formula.item);
    return formula.items.reduce((sum, item) => sum + this.#lazyCost(item), 0);
  }

  /** Rough share of the events in which the formula holds. */
  #chance(formula: Formula): number {
    switch (formula.kind) {
      case 'predicate':
        return formula.id >= 0 ? (this.#table.frequency[formula.id] ?? 1) : 0.5;
      case 'not':
        return 1 - this.#chance(formula.item);
      case 'and':
        return formula.items.reduce((least, item) => Math.min(least, this.#chance(item)), 1);
      case 'or':
        break;
    }
    return Math.min(
      1,
      formula.items.reduce((sum, item) => sum + this.#chance(item), 0),
    );
  }
}
