/** Texts that may stand anywhere in a value: four characters of each, its rarest, are looked for at every position. */
import { type Codes, poolOf, standsAt } from './codes.ts';
import type { Found } from './found.ts';
import { HashTable, type HashTableData, hashTableOf } from './hash-table.ts';
import type { Part } from './part.ts';
import { rarityOf } from './rarity.ts';
import { ShortParts, type ShortPartsData, shortPartsData } from './short-parts.ts';

export const gramLength = 4;
export const gramFactor = 0x9e3779b1;

/** Four UTF-16 code units: a function of nothing before them, since what is shifted out is gone. */
export function gramAt(text: string, at: number): number {
  let gram = 0;
  for (let i = at; i < at + gramLength; i += 1) gram = (gram << 8) ^ text.charCodeAt(i);
  return gram;
}

/** With a stride, only one position in so many is looked at, and each part stands there with as many grams. */
const maxStride = 4;
/** Parts too short for the stride that may be looked for by two characters instead. */
const fewShort = 24;

export interface GramData {
  readonly pool: Uint16Array;
  readonly stride: number;
  /** For each gram: what is reported, where its part starts in the pool, the part's length, where in it the gram begins. */
  readonly records: Int32Array;
  readonly table: HashTableData;
  readonly short: ShortPartsData | null;
}

export function gramData(parts: readonly Part[]): GramData {
  const stride = strideFor(parts);
  const shortest = gramLength + stride - 1;
  const long = parts.filter(({ text }) => text.length >= shortest);
  const short = parts.filter(({ text }) => text.length < shortest);
  const { units, starts } = poolOf(long.map(({ text }) => text));
  const grams = stride === 1 ? rarestGrams(long) : everyGram(long, stride);
  const records = new Int32Array(4 * grams.length);
  for (const [at, { part, offset }] of grams.entries()) {
    const { test, text } = long[part] as Part;
    records.set([test, starts[part] as number, text.length, offset], 4 * at);
  }
  return {
    pool: units,
    stride,
    records,
    table: hashTableOf(grams.map(({ gram }) => Math.imul(gram, gramFactor))),
    short: short.length === 0 ? null : shortPartsData(short),
  };
}

export class GramIndex {
  readonly #pool: Uint16Array;
  readonly #stride: number;
  readonly #records: Int32Array;
  readonly #table: HashTable;
  readonly #short: ShortParts | null;

  constructor({ pool, stride, records, table, short }: GramData) {
    this.#pool = pool;
    this.#stride = stride;
    this.#records = records;
    this.#table = new HashTable(table);
    this.#short = short === null ? null : new ShortParts(short);
  }

  find(codes: Codes, found: Found): void {
    if (this.#short !== null) this.#short.find(codes, found);
    if (this.#records.length === 0) return;
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
    const stride = this.#stride;
    const last = length - gramLength;
    for (let at = 0; at <= last; at += stride) {
      const high = ((units[at] as number) << 24) ^ ((units[at + 1] as number) << 16);
      const hash = Math.imul(high ^ ((units[at + 2] as number) << 8) ^ (units[at + 3] as number), gramFactor);
      const bit = hash >>> shift;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) this.#confirm(hash, at, codes, found);
    }
  }

  #confirm(hash: number, at: number, codes: Codes, found: Found): void {
    const table = this.#table;
    const records = this.#records;
    for (let place = table.first(hash); place !== -1; place = table.next(place, hash)) {
      const record = 4 * table.entryAt(place);
      const begin = at - (records[record + 3] as number);
      if (standsAt(this.#pool, records[record + 1] as number, records[record + 2] as number, codes, begin)) {
        found.add(records[record] as number);
      }
    }
  }
}

/** The longest that suits every part; where there is none, one that leaves few to be looked for by themselves. */
function strideFor(parts: readonly Part[]): number {
  const shortFor = (stride: number): number =>
    parts.filter(({ text }) => text.length < gramLength + stride - 1).length;
  for (let stride = maxStride; stride > 1; stride -= 1) if (shortFor(stride) === 0) return stride;
  return shortFor(maxStride) <= fewShort ? maxStride : 1;
}

interface Gram {
  readonly part: number;
  readonly offset: number;
  readonly gram: number;
}

/** Wherever a part stands, one of its first grams begins at a multiple of the stride. */
function everyGram(parts: readonly Part[], stride: number): readonly Gram[] {
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
