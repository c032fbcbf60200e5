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
  readonly #hashes: Int32Array;
  /** Entry + 1, 0 for a free place. */
  readonly #places: Int32Array;
  readonly #mask: number;
  /** The next entry with the same hash + 1. */
  readonly #next: Int32Array;

  /** Entry `i` has `hashes[i]`: 32 bits of which the upper ones are well mixed. */
  constructor(hashes: readonly number[]) {
    const bits = Math.min(maxBits, Math.max(minBits, Math.ceil(Math.log2(hashes.length * bitsPerEntry + 1))));
    this.shift = 32 - bits;
    this.filter = new Int32Array(1 << (bits - 5));
    const size = 1 << Math.max(2, Math.ceil(Math.log2(hashes.length * 2 + 1)));
    this.#mask = size - 1;
    this.#places = new Int32Array(size);
    this.#hashes = new Int32Array(hashes.length);
    this.#next = new Int32Array(hashes.length);
    for (const [entry, hash] of hashes.entries()) this.#add(entry, hash | 0);
  }

  #add(entry: number, hash: number): void {
    const bit = hash >>> this.shift;
    this.filter[bit >>> 5] = (this.filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
    this.#hashes[entry] = hash;
    let place = (hash ^ (hash >>> 15)) & this.#mask;
    for (let held = this.#places[place] ?? 0; held !== 0; held = this.#places[place] ?? 0) {
      if (this.#hashes[held - 1] === hash) {
        this.#next[entry] = held;
        break;
      }
      place = (place + 1) & this.#mask;
    }
    this.#places[place] = entry + 1;
  }

  /** An entry with the hash, or -1. */
  first(hash: number): number {
    const wanted = hash | 0;
    let place = (wanted ^ (wanted >>> 15)) & this.#mask;
    for (let held = this.#places[place] ?? 0; held !== 0; held = this.#places[place] ?? 0) {
      if (this.#hashes[held - 1] === wanted) return held - 1;
      place = (place + 1) & this.#mask;
    }
    return -1;
  }

  /** Another entry with the same hash, or -1. */
  next(entry: number): number {
    return (this.#next[entry] ?? 0) - 1;
  }
}
