/** Hashes to entries, with a filter of bits before them that lets a scan pass over nearly every position. */

/** Bits of the filter for each entry: one position in 32 passes it by chance. */
const bitsPerEntry = 32;
const minBits = 10;
/** 16 KiB, half of a core's first cache. */
const maxBits = 17;

export interface HashTableData {
  /** Bit `hash >>> shift` is set when an entry may have the hash. */
  readonly filter: Int32Array;
  readonly shift: number;
  /** Hash, and entry + 1 or 0 for a free place, side by side: a look at one brings the other along. */
  readonly places: Int32Array;
}

/** Entry `i` has `hashes[i]`: 32 bits of which the upper ones are well mixed. */
export function hashTableOf(hashes: readonly number[]): HashTableData {
  const bits = Math.min(maxBits, Math.max(minBits, Math.ceil(Math.log2(hashes.length * bitsPerEntry + 1))));
  const shift = 32 - bits;
  const filter = new Int32Array(1 << (bits - 5));
  const size = 1 << Math.max(2, Math.ceil(Math.log2(hashes.length * 2 + 1)));
  const places = new Int32Array(2 * size);
  for (const [entry, given] of hashes.entries()) {
    const hash = given | 0;
    const bit = hash >>> shift;
    filter[bit >>> 5] = (filter[bit >>> 5] as number) | (1 << (bit & 31));
    let place = firstPlace(hash, size - 1);
    while (places[2 * place + 1] !== 0) place = (place + 1) & (size - 1);
    places[2 * place] = hash;
    places[2 * place + 1] = entry + 1;
  }
  return { filter, shift, places };
}

function firstPlace(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15)) & mask;
}

export class HashTable {
  readonly filter: Int32Array;
  readonly shift: number;
  readonly #places: Int32Array;
  readonly #mask: number;

  constructor({ filter, shift, places }: HashTableData) {
    this.filter = filter;
    this.shift = shift;
    this.#places = places;
    this.#mask = (places.length >> 1) - 1;
  }

  /** The place of an entry with the hash, or -1. */
  first(hash: number): number {
    const wanted = hash | 0;
    return this.#from(firstPlace(wanted, this.#mask), wanted);
  }

  /** The place of another entry with the same hash, or -1. */
  next(place: number, hash: number): number {
    return this.#from((place + 1) & this.#mask, hash | 0);
  }

  entryAt(place: number): number {
    return (this.#places[2 * place + 1] as number) - 1;
  }

  #from(start: number, wanted: number): number {
    const places = this.#places;
    for (let place = start; places[2 * place + 1] !== 0; place = (place + 1) & this.#mask) {
      if (places[2 * place] === wanted) return place;
    }
    return -1;
  }
}
