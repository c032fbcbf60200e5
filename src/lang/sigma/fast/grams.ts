/** Texts that may stand anywhere in a value: four characters of each, its rarest, are looked for at every position. */
import { type Codes, TextPool } from './codes.ts';
import type { Found } from './found.ts';
import { HashTable } from './hash-table.ts';
import { rarityOf } from './rarity.ts';
import { ShortParts } from './short-parts.ts';

export interface Part {
  readonly text: string;
  /** What is reported. */
  readonly test: number;
}

export const gramLength = 4;
export const gramFactor = 0x9e3779b1;

/** Four UTF-16 code units: a function of nothing before them, since what is shifted out is gone. */
export function gramAt(text: string, at: number): number {
  let gram = 0;
  for (let i = at; i < at + gramLength; i += 1) gram = (gram << 8) ^ text.charCodeAt(i);
  return gram;
}

export class GramIndex {
  readonly #tests: Int32Array;
  readonly #pool: TextPool;
  /** Where in its part the gram begins that stands for it. */
  readonly #offsets: Int32Array;
  readonly #table: HashTable;
  readonly #short: ShortParts | null;

  constructor(parts: readonly Part[]) {
    const long = parts.filter(({ text }) => text.length >= gramLength);
    const short = parts.filter(({ text }) => text.length < gramLength);
    this.#short = short.length === 0 ? null : new ShortParts(short);
    this.#tests = Int32Array.from(long, ({ test }) => test);
    this.#pool = new TextPool(long.map(({ text }) => text));
    this.#offsets = Int32Array.from(chooseOffsets(long));
    this.#table = new HashTable(
      long.map(({ text }, entry) => Math.imul(gramAt(text, this.#offsets[entry] ?? 0), gramFactor)),
    );
  }

  find(codes: Codes, found: Found): void {
    if (this.#short !== null) this.#short.find(codes, found);
    if (this.#tests.length === 0) return;
    const { filter, shift } = this.#table;
    const { units, length } = codes;
    let gram = 0;
    for (let at = 0; at < length; at += 1) {
      gram = (gram << 8) ^ (units[at] as number);
      const hash = Math.imul(gram, gramFactor);
      const bit = hash >>> shift;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) {
        this.#confirm(hash, at - gramLength + 1, codes, found);
      }
    }
  }

  #confirm(hash: number, at: number, codes: Codes, found: Found): void {
    for (let entry = this.#table.first(hash); entry !== -1; entry = this.#table.next(entry)) {
      if (this.#pool.standsAt(entry, codes, at - (this.#offsets[entry] as number))) {
        found.add(this.#tests[entry] as number);
      }
    }
  }
}

function chooseOffsets(parts: readonly Part[]): readonly number[] {
  const taken = new Map<number, number>();
  return parts.map(({ text }) => {
    let [chosen, least] = [0, Number.POSITIVE_INFINITY];
    for (let offset = 0; offset + gramLength <= text.length; offset += 1) {
      const cost = rarityOf(text, offset) + (taken.get(gramAt(text, offset)) ?? 0);
      if (cost < least) [chosen, least] = [offset, cost];
    }
    const gram = gramAt(text, chosen);
    taken.set(gram, (taken.get(gram) ?? 0) + 1);
    return chosen;
  });
}
