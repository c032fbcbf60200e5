/** Texts that may stand anywhere in a value: four characters of each, its rarest, are looked for at every position. */
import type { Found } from './found.ts';
import { HashTable } from './hash-table.ts';
import { rarityOf } from './rarity.ts';

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
  readonly #parts: readonly Part[];
  /** Where in its part the gram begins that stands for it. */
  readonly #offsets: Int32Array;
  readonly #table: HashTable;
  readonly #short: ShortParts | null;

  constructor(parts: readonly Part[]) {
    this.#parts = parts.filter(({ text }) => text.length >= gramLength);
    const short = parts.filter(({ text }) => text.length < gramLength);
    this.#short = short.length === 0 ? null : new ShortParts(short);
    this.#offsets = Int32Array.from(chooseOffsets(this.#parts));
    this.#table = new HashTable(
      this.#parts.map(({ text }, entry) => Math.imul(gramAt(text, this.#offsets[entry] ?? 0), gramFactor)),
    );
  }

  find(folded: string, found: Found): void {
    this.#short?.find(folded, found);
    const { filter, shift } = this.#table;
    let gram = 0;
    for (let at = 0; at < folded.length; at += 1) {
      gram = (gram << 8) ^ folded.charCodeAt(at);
      const hash = Math.imul(gram, gramFactor);
      const bit = hash >>> shift;
      if (((filter[bit >>> 5] as number) & (1 << (bit & 31))) !== 0) {
        this.#confirm(hash, at - gramLength + 1, folded, found);
      }
    }
  }

  #confirm(hash: number, at: number, folded: string, found: Found): void {
    for (let entry = this.#table.first(hash); entry !== -1; entry = this.#table.next(entry)) {
      const part = this.#parts[entry];
      const start = at - (this.#offsets[entry] ?? 0);
      if (part !== undefined && start >= 0 && folded.startsWith(part.text, start)) found.add(part.test);
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

/** Parts of one to three characters, by their last two. */
class ShortParts {
  readonly #single: readonly Part[];
  readonly #byPair = new Map<number, Part[]>();
  readonly #filter = new Int32Array(0x10000 >>> 5);

  constructor(parts: readonly Part[]) {
    this.#single = parts.filter(({ text }) => text.length === 1);
    for (const part of parts.filter(({ text }) => text.length > 1)) {
      const pair = pairAt(part.text, part.text.length - 2);
      this.#filter[pair >>> 5] = (this.#filter[pair >>> 5] ?? 0) | (1 << (pair & 31));
      const known = this.#byPair.get(pair);
      if (known === undefined) this.#byPair.set(pair, [part]);
      else known.push(part);
    }
  }

  find(folded: string, found: Found): void {
    for (const { text, test } of this.#single) if (folded.includes(text)) found.add(test);
    if (this.#byPair.size === 0) return;
    let pair = folded.charCodeAt(0);
    for (let at = 1; at < folded.length; at += 1) {
      pair = ((pair << 8) ^ folded.charCodeAt(at)) & 0xffff;
      if (((this.#filter[pair >>> 5] as number) & (1 << (pair & 31))) !== 0) {
        this.#confirm(pair, at + 1, folded, found);
      }
    }
  }

  #confirm(pair: number, end: number, folded: string, found: Found): void {
    for (const { text, test } of this.#byPair.get(pair) ?? []) {
      const start = end - text.length;
      if (start >= 0 && folded.startsWith(text, start)) found.add(test);
    }
  }
}

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at) << 8) ^ text.charCodeAt(at + 1)) & 0xffff;
}
