/** Keyword searches look at every text of an event: a few characters of each are enough to pass over nearly all. */
import { foldedOf } from './facts.ts';
import type { Found } from './found.ts';
import { GramIndex, gramAt, gramFactor, gramLength, type Part } from './grams.ts';
import { HashTable } from './hash-table.ts';
import type { Slot } from './predicates.ts';

/** Positions between two looks at a text, at most. */
const maxStride = 8;

export class KeywordIndex {
  readonly #predicates: readonly (readonly number[])[];
  readonly #parts: GramIndex;
  readonly #stride: number;
  readonly #table: HashTable;
  /** A number or boolean may hold the text that a lazy predicate waits for; other keywords are none of them. */
  readonly #numbersToo: boolean;

  constructor(slot: Slot) {
    const tests = [...slot.tests.values()];
    this.#predicates = tests.map(({ predicates }) => predicates);
    const parts = tests.flatMap(({ test }, at): readonly Part[] =>
      test.kind === 'literal' ? [{ text: test.text, test: at }] : [],
    );
    this.#parts = new GramIndex(parts);
    const shortest = parts.reduce((least, { text }) => Math.min(least, text.length), maxStride + gramLength);
    this.#stride = Math.min(maxStride, shortest - gramLength + 1);
    this.#table = new HashTable(this.#stride < 1 ? [] : anchors(parts, this.#stride));
    this.#numbersToo = slot.lazyCount > 0;
  }

  /** For one value; adds nothing for what has no text. */
  find(value: unknown, found: Found): void {
    if (typeof value === 'string') {
      if (!this.#maybe(value)) return;
      found.using(this.#predicates);
      this.#parts.find(foldedOf(value), found);
    } else if (this.#numbersToo && (typeof value === 'number' || typeof value === 'boolean')) {
      found.using(this.#predicates);
      this.#parts.find(foldedOf(String(value)), found);
    }
  }

  /**
   * Wherever a keyword stands, one of its first positions is a multiple of the stride, and the four
   * characters from there are among those looked for. Characters that fold into others are let through.
   */
  #maybe(text: string): boolean {
    const stride = this.#stride;
    if (stride < 1) return true;
    const { filter, shift } = this.#table;
    const last = text.length - gramLength;
    for (let at = 0; at <= last; at += stride) {
      const [a, b] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
      const [c, d] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)];
      if ((a | b | c | d) > 0x7f) return true;
      const gram = ((lower[a] as number) << 24) | ((lower[b] as number) << 16) | ((lower[c] as number) << 8) | (lower[d] as number);
      const hash = Math.imul(gram, gramFactor);
      const bit = hash >>> shift;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0 && this.#table.first(hash) !== -1) return true;
    }
    return false;
  }
}

const lower = Uint8Array.from({ length: 128 }, (_, code) => String.fromCharCode(code).toLowerCase().charCodeAt(0));

function anchors(parts: readonly Part[], stride: number): readonly number[] {
  const hashes = parts.flatMap(({ text }) =>
    Array.from({ length: stride }, (_, offset) => Math.imul(gramAt(text, offset), gramFactor)),
  );
  return [...new Set(hashes)];
}
