/** The predicates that a search has found, each once. Reused from one search to the next. */
import { nothingFound } from './facts.ts';
import { type Lists, listsOf } from './lists.ts';

export class Found {
  readonly #seen: Int32Array;
  #predicates: number[] = [];
  #round = 0;
  #tests: TestPredicates = noTests;

  constructor(predicateCount: number) {
    this.#seen = new Int32Array(predicateCount);
  }

  /** Starts over. */
  begin(): void {
    if (this.#predicates.length > 0) this.#predicates = [];
    this.#round += 1;
    if (this.#round === 0x7fffffff) {
      this.#seen.fill(0);
      this.#round = 1;
    }
  }

  /** The meaning of the numbers given to `add` from here on. */
  using(tests: TestPredicates): void {
    this.#tests = tests;
  }

  add(test: number): void {
    const { only, lists } = this.#tests;
    const predicate = only[test] as number;
    if (predicate >= 0) return this.#addOne(predicate);
    const { starts, items } = lists;
    const end = starts[~predicate + 1] as number;
    for (let at = starts[~predicate] as number; at < end; at += 1) this.#addOne(items[at] as number);
  }

  #addOne(predicate: number): void {
    if (this.#seen[predicate] === this.#round) return;
    this.#seen[predicate] = this.#round;
    this.#predicates.push(predicate);
  }

  /** Of this search; the list is not used again. `nothingFound` when there are none. */
  predicates(): readonly number[] {
    return this.#predicates.length === 0 ? nothingFound : this.#predicates;
  }
}

/** Test → the predicate that holds when it does, as nearly always there is one; else `~` its place in `lists`. */
export interface TestPredicates {
  readonly only: Int32Array;
  readonly lists: Lists;
}

const noTests: TestPredicates = { only: new Int32Array(0), lists: listsOf([]) };

export function testPredicates(predicates: readonly (readonly number[])[]): TestPredicates {
  const lists: (readonly number[])[] = [];
  const only = Int32Array.from(predicates, (list) => {
    const [first, another] = list;
    return first !== undefined && another === undefined ? first : ~(lists.push(list) - 1);
  });
  return { only, lists: listsOf(lists) };
}
