/** Texts that have to stand at one end of a value, or be the whole of it: one walk from that end finds all of them. */
import { type Codes, poolOf, standsAt } from './codes.ts';
import type { Found } from './found.ts';
import { HashTable, type HashTableData, hashTableOf } from './hash-table.ts';

export interface Affix {
  readonly text: string;
  readonly whole: boolean;
  /** What is reported. */
  readonly test: number;
}

const factor = 0x01000193;

export interface AffixData {
  /** For each affix: what is reported, where its text starts in the pool, its length, 1 when it has to be the whole. */
  readonly records: Int32Array;
  readonly pool: Uint16Array;
  readonly fromEnd: boolean;
  readonly table: HashTableData;
  readonly longest: number;
}

/** No text may be empty. */
export function affixData(affixes: readonly Affix[], end: 'start' | 'end'): AffixData {
  const { units, starts } = poolOf(affixes.map(({ text }) => text));
  const records = new Int32Array(4 * affixes.length);
  for (const [at, { text, whole, test }] of affixes.entries()) {
    records.set([test, starts[at] as number, text.length, whole ? 1 : 0], 4 * at);
  }
  const fromEnd = end === 'end';
  return {
    records,
    pool: units,
    fromEnd,
    table: hashTableOf(affixes.map(({ text }) => hashOf(text, fromEnd))),
    longest: affixes.reduce((most, { text }) => Math.max(most, text.length), 0),
  };
}

function hashOf(text: string, fromEnd: boolean): number {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(fromEnd ? text.length - 1 - at : at), factor);
  }
  return hash;
}

export class AffixIndex {
  readonly #records: Int32Array;
  readonly #pool: Uint16Array;
  readonly #fromEnd: boolean;
  readonly #table: HashTable;
  readonly #longest: number;

  constructor({ records, pool, fromEnd, table, longest }: AffixData) {
    this.#records = records;
    this.#pool = pool;
    this.#fromEnd = fromEnd;
    this.#table = new HashTable(table);
    this.#longest = longest;
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
    const table = this.#table;
    const records = this.#records;
    for (let place = table.first(hash); place !== -1; place = table.next(place, hash)) {
      const record = 4 * table.entryAt(place);
      if (records[record + 2] !== taken || (records[record + 3] === 1 && codes.length !== taken)) continue;
      if (standsAt(this.#pool, records[record + 1] as number, taken, codes, start)) {
        found.add(records[record] as number);
      }
    }
  }
}
