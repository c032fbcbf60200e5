/** Texts that have to stand at one end of a value, or be the whole of it: one walk from that end finds all of them. */
import { type Codes, TextPool } from './codes.ts';
import type { Found } from './found.ts';
import { HashTable } from './hash-table.ts';

export interface Affix {
  readonly text: string;
  readonly whole: boolean;
  /** What is reported. */
  readonly test: number;
}

const factor = 0x01000193;

export class AffixIndex {
  readonly #affixes: readonly Affix[];
  readonly #pool: TextPool;
  readonly #fromEnd: boolean;
  readonly #table: HashTable;
  readonly #longest: number;

  /** No text may be empty. */
  constructor(affixes: readonly Affix[], end: 'start' | 'end') {
    this.#affixes = affixes;
    this.#pool = new TextPool(affixes.map(({ text }) => text));
    this.#fromEnd = end === 'end';
    this.#longest = affixes.reduce((most, { text }) => Math.max(most, text.length), 0);
    this.#table = new HashTable(affixes.map(({ text }) => this.#hash(text)));
  }

  #hash(text: string): number {
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(this.#fromEnd ? text.length - 1 - at : at), factor);
    }
    return hash;
  }

  find(codes: Codes, found: Found): void {
    const { filter, shift } = this.#table;
    const { units, length } = codes;
    const steps = Math.min(length, this.#longest);
    const step = this.#fromEnd ? -1 : 1;
    let at = this.#fromEnd ? length - 1 : 0;
    let hash = 0;
    for (let taken = 1; taken <= steps; taken += 1) {
      hash = Math.imul(hash ^ (units[at] as number), factor);
      at += step;
      const bit = hash >>> shift;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) this.#confirm(hash, taken, codes, found);
    }
  }

  #confirm(hash: number, taken: number, codes: Codes, found: Found): void {
    const start = this.#fromEnd ? codes.length - taken : 0;
    for (let entry = this.#table.first(hash); entry !== -1; entry = this.#table.next(entry)) {
      const { whole, test } = this.#affixes[entry] as Affix;
      if (this.#pool.lengths[entry] !== taken || (whole && codes.length !== taken)) continue;
      if (this.#pool.standsAt(entry, codes, start)) found.add(test);
    }
  }
}
