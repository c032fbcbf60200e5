/** The predicates that a search has found, each once. Reused from one search to the next. */
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
    this.#predicates = [];
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
    const { starts, predicates } = this.#tests;
    const end = starts[test + 1] as number;
    for (let at = starts[test] as number; at < end; at += 1) {
      const predicate = predicates[at] as number;
      if (this.#seen[predicate] === this.#round) continue;
      this.#seen[predicate] = this.#round;
      this.#predicates.push(predicate);
    }
  }

  /** Of this search; the list is not used again. */
  predicates(): readonly number[] {
    return this.#predicates;
  }
}

/** Test → predicates that hold when it does: those from `starts[test]` up to `starts[test + 1]`. */
export interface TestPredicates {
  readonly starts: Int32Array;
  readonly predicates: Int32Array;
}

const noTests: TestPredicates = { starts: new Int32Array(1), predicates: new Int32Array(0) };

export function testPredicates(lists: readonly (readonly number[])[]): TestPredicates {
  const starts = new Int32Array(lists.length + 1);
  for (const [test, list] of lists.entries()) starts[test + 1] = (starts[test] as number) + list.length;
  return { starts, predicates: Int32Array.from(lists.flat()) };
}
