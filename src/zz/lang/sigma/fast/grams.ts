/** Texts that may stand anywhere in a value: four characters of each, its rarest, are looked for at every position. */
import { type Codes, TextPool } from './codes.ts';
import type { Found } from './found.ts';
import { HashTable } from './hash-table.ts';
import type { Part } from './part.ts';
import { rarityOf } from './rarity.ts';
import { ShortParts } from './short-parts.ts';

export const gramLength = 4;
export const gramFactor = 0x9e3779b1;

/** Four UTF-16 code units: a function of nothing before them, since what is shifted out is gone. */
export function gramAt(text: string, at: number): number {
  let gram = 0;
  for (let i = at; i < at + gramLength; i += 1) gram = (gram << 8) ^ text.charCodeAt(i);
  return gram;
}

/** With a stride, only one position in so many is looked at, and each part stands there with as many grams. */
const stride = 4;
/** Parts too short for the stride that may be looked for by two characters instead. */
const fewShort = 24;

export class GramIndex {
  readonly #tests: Int32Array;
  readonly #pool: TextPool;
  readonly #stride: number;
  /** Gram → its part, and where in it the gram begins. */
  readonly #entries: Int32Array;
  readonly #offsets: Int32Array;
  readonly #table: HashTable;
  readonly #short: ShortParts | null;

  constructor(parts: readonly Part[]) {
    const isShort = ({ text }: Part): boolean => text.length < gramLength + stride - 1;
    this.#stride = parts.filter(isShort).length <= fewShort ? stride : 1;
    const shortest = gramLength + this.#stride - 1;
    const long = parts.filter(({ text }) => text.length >= shortest);
    const short = parts.filter(({ text }) => text.length < shortest);
    this.#short = short.length === 0 ? null : new ShortParts(short);
    this.#tests = Int32Array.from(long, ({ test }) => test);
    this.#pool = new TextPool(long.map(({ text }) => text));
    const grams = this.#stride === 1 ? rarestGrams(long) : everyGram(long);
    this.#entries = Int32Array.from(grams, ({ part }) => part);
    this.#offsets = Int32Array.from(grams, ({ offset }) => offset);
    this.#table = new HashTable(grams.map(({ gram }) => Math.imul(gram, gramFactor)));
  }

  find(codes: Codes, found: Found): void {
    if (this.#short !== null) this.#short.find(codes, found);
    if (this.#tests.length === 0) return;
    if (this.#stride === 1) this.#findAll(codes, found);
    else this.#findStriding(codes, found);
  }

  #findAll(codes: Codes, found: Found): void {
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

  #findStriding(codes: Codes, found: Found): void {
    const { filter, shift } = this.#table;
    const { units, length } = codes;
    const last = length - gramLength;
    for (let at = 0; at <= last; at += stride) {
      const high = ((units[at] as number) << 24) ^ ((units[at + 1] as number) << 16);
      const hash = Math.imul(high ^ ((units[at + 2] as number) << 8) ^ (units[at + 3] as number), gramFactor);
      const bit = hash >>> shift;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) this.#confirm(hash, at, codes, found);
    }
  }

  #confirm(hash: number, at: number, codes: Codes, found: Found): void {
    for (let gram = this.#table.first(hash); gram !== -1; gram = this.#table.next(gram)) {
      const entry = this.#entries[gram] as number;
      if (this.#pool.standsAt(entry, codes, at - (this.#offsets[gram] as number))) {
        found.add(this.#tests[entry] as number);
      }
    }
  }
}

interface Gram {
  readonly part: number;
  readonly offset: number;
  readonly gram: number;
}

/** Wherever a part stands, one of its first grams begins at a multiple of the stride. */
function everyGram(parts: readonly Part[]): readonly Gram[] {
  return parts.flatMap(({ text }, part) =>
    Array.from({ length: stride }, (_, offset) => ({ part, offset, gram: gramAt(text, offset) })),
  );
}

/** One gram of each part, of those that common texts do not hold if it has any. */
function rarestGrams(parts: readonly Part[]): readonly Gram[] {
  const taken = new Map<number, number>();
  return parts.map(({ text }, part) => {
    let [chosen, least] = [0, Number.POSITIVE_INFINITY];
    for (let offset = 0; offset + gramLength <= text.length; offset += 1) {
      const cost = rarityOf(text, offset) + (taken.get(gramAt(text, offset)) ?? 0);
      if (cost < least) [chosen, least] = [offset, cost];
    }
    const gram = gramAt(text, chosen);
    taken.set(gram, (taken.get(gram) ?? 0) + 1);
    return { part, offset: chosen, gram };
  });
}
