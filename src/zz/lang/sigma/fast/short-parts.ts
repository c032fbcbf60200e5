/** Parts of one to three characters: single ones by a mark for each character, others by their last two. */
import { type Codes, TextPool } from './codes.ts';
import type { Found } from './found.ts';
import { getOrAdd } from './get-or-add.ts';
import type { Part } from './part.ts';

/** The round in which a character was last seen; one search at a time uses it. */
const seen = new Int32Array(0x10000);
let round = 0;

export class ShortParts {
  readonly #single: readonly Part[];
  readonly #long: readonly Part[];
  readonly #pool: TextPool;
  /** Two characters, seven bits of each → position in `#lists` + 1. */
  readonly #byPair = new Uint16Array(1 << 14);
  readonly #lists: number[][] = [];

  constructor(parts: readonly Part[]) {
    this.#single = parts.filter(({ text }) => text.length === 1);
    this.#long = parts.filter(({ text }) => text.length > 1);
    this.#pool = new TextPool(this.#long.map(({ text }) => text));
    const lists = new Map<number, number[]>();
    for (const [entry, { text }] of this.#long.entries()) {
      const pair = pairOf(text.charCodeAt(text.length - 2), text.charCodeAt(text.length - 1));
      getOrAdd(lists, pair, () => []).push(entry);
    }
    for (const [pair, list] of lists) this.#byPair[pair] = this.#lists.push(list);
  }

  find(codes: Codes, found: Found): void {
    if (this.#single.length > 0) this.#findSingle(codes, found);
    if (this.#long.length === 0) return;
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
    for (const { text, test } of this.#single) if (seen[text.charCodeAt(0)] === round) found.add(test);
  }

  #confirm(list: readonly number[], end: number, codes: Codes, found: Found): void {
    for (const entry of list) {
      if (this.#pool.standsAt(entry, codes, end - (this.#pool.lengths[entry] as number))) {
        found.add((this.#long[entry] as Part).test);
      }
    }
  }
}

function pairOf(first: number, second: number): number {
  return ((first & 0x7f) << 7) | (second & 0x7f);
}
