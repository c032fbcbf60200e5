/** Parts of one to three characters: single ones by a mark for each character, others by their last two. */
import { type Codes, poolOf, standsAt } from './codes.ts';
import type { Found } from './found.ts';
import { getOrAdd } from './get-or-add.ts';
import type { Part } from './part.ts';

/** The round in which a character was last seen; one search at a time uses it. */
const seen = new Int32Array(0x10000);
let round = 0;

export interface ShortPartsData {
  /** For each part of one character: it, and what is reported. */
  readonly single: Int32Array;
  /** For each other part: what is reported, where its text starts in the pool, its length. */
  readonly records: Int32Array;
  readonly pool: Uint16Array;
}

export function shortPartsData(parts: readonly Part[]): ShortPartsData {
  const single = parts.filter(({ text }) => text.length === 1);
  const long = parts.filter(({ text }) => text.length > 1);
  const { units, starts } = poolOf(long.map(({ text }) => text));
  return {
    single: Int32Array.from(single.flatMap(({ text, test }) => [text.charCodeAt(0), test])),
    records: Int32Array.from(long.flatMap(({ text, test }, at) => [test, starts[at] as number, text.length])),
    pool: units,
  };
}

export class ShortParts {
  readonly #single: Int32Array;
  readonly #records: Int32Array;
  readonly #pool: Uint16Array;
  /** Two characters, seven bits of each → position in `#lists` + 1. */
  readonly #byPair = new Uint16Array(1 << 14);
  /** Positions of records. */
  readonly #lists: number[][] = [];

  constructor({ single, records, pool }: ShortPartsData) {
    this.#single = single;
    this.#records = records;
    this.#pool = pool;
    const lists = new Map<number, number[]>();
    for (let record = 0; record < records.length; record += 3) {
      const end = (records[record + 1] as number) + (records[record + 2] as number);
      const pair = pairOf(pool[end - 2] as number, pool[end - 1] as number);
      getOrAdd(lists, pair, () => []).push(record);
    }
    for (const [pair, list] of lists) this.#byPair[pair] = this.#lists.push(list);
  }

  find(codes: Codes, found: Found): void {
    if (this.#single.length > 0) this.#findSingle(codes, found);
    if (this.#records.length === 0) return;
    const { units, length } = codes;
    const byPair = this.#byPair;
    let before = 0;
    for (let at = 0; at < length; at += 1) {
      const unit = (units[at] as number) & 0x7f;
      const list = byPair[(before << 7) | unit] as number;
      before = unit;
      if (list !== 0) this.#confirm(this.#lists[list - 1] as number[], at + 1, codes, found);
    }
  }

  #findSingle({ units, length }: Codes, found: Found): void {
    round = (round + 1) & 0x3fffffff;
    if (round === 0) {
      seen.fill(0);
      round = 1;
    }
    for (let at = 0; at < length; at += 1) seen[units[at] as number] = round;
    const single = this.#single;
    for (let at = 0; at < single.length; at += 2) {
      if (seen[single[at] as number] === round) found.add(single[at + 1] as number);
    }
  }

  #confirm(list: readonly number[], end: number, codes: Codes, found: Found): void {
    const records = this.#records;
    for (const record of list) {
      const length = records[record + 2] as number;
      if (standsAt(this.#pool, records[record + 1] as number, length, codes, end - length)) {
        found.add(records[record] as number);
      }
    }
  }
}

function pairOf(first: number, second: number): number {
  return ((first & 0x7f) << 7) | (second & 0x7f);
}
