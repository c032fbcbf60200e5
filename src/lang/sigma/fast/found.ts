/** The predicates that a search has found, each once. Reused from one search to the next. */
export class Found {
  readonly #seen: Int32Array;
  readonly #list: Int32Array;
  #size = 0;
  #round = 0;
  /** Test → predicates that hold when it does. */
  #predicates: readonly (readonly number[])[] = [];

  constructor(predicateCount: number) {
    this.#seen = new Int32Array(predicateCount);
    this.#list = new Int32Array(predicateCount);
  }

  /** Starts over. */
  begin(): void {
    this.#size = 0;
    this.#round += 1;
    if (this.#round === 0x7fffffff) {
      this.#seen.fill(0);
      this.#round = 1;
    }
  }

  /** The meaning of the numbers given to `add` from here on. */
  using(predicates: readonly (readonly number[])[]): void {
    this.#predicates = predicates;
  }

  add(test: number): void {
    for (const predicate of this.#predicates[test] ?? []) {
      if (this.#seen[predicate] === this.#round) continue;
      this.#seen[predicate] = this.#round;
      this.#list[this.#size] = predicate;
      this.#size += 1;
    }
  }

  get size(): number {
    return this.#size;
  }

  predicates(): Int32Array {
    return this.#list.slice(0, this.#size);
  }
}
