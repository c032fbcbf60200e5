/** Hashes to entries, with a filter of bits before them that lets a scan pass over nearly every position. */

/** Bits of the filter for each entry: one position in 32 passes it by chance. */
const bitsPerEntry = 32;
const minBits = 10;
/** 16 KiB, half of a core's first cache. */
const maxBits = 17;

export class HashTable {
  /** Bit `hash >>> shift` is set when an entry may have the hash. */
  readonly filter: Int32Array;
  readonly shift: number;
  /** Hash, and entry + 1 or 0 for a free place, side by side: a look at one brings the other along. */
  readonly #places: Int32Array;
  readonly #mask: number;

  /** Entry `i` has `hashes[i]`: 32 bits of which the upper ones are well mixed. */
  constructor(hashes: readonly number[]) {
    const bits = Math.min(maxBits, Math.max(minBits, Math.ceil(Math.log2(hashes.length * bitsPerEntry + 1))));
    this.shift = 32 - bits;
    this.filter = new Int32Array(1 << (bits - 5));
    const size = 1 << Math.max(2, Math.ceil(Math.log2(hashes.length * 2 + 1)));
    this.#mask = size - 1;
    this.#places = new Int32Array(2 * size);
    for (const [entry, hash] of hashes.entries()) this.#add(entry, hash | 0);
  }

  #add(entry: number, hash: number): void {
    const bit = hash >>> this.shift;
    this.filter[bit >>> 5] = (this.filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
    let place = (hash ^ (hash >>> 15)) & this.#mask;
    while (this.#places[2 * place + 1] !== 0) place = (place + 1) & this.#mask;
    this.#places[2 * place] = hash;
    this.#places[2 * place + 1] = entry + 1;
  }

  /** The place of an entry with the hash, or -1. */
  first(hash: number): number {
    const wanted = hash | 0;
    return this.#from((wanted ^ (wanted >>> 15)) & this.#mask, wanted);
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
