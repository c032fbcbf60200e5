/** The last values of a field, by a few of their characters: most values of an event were in events before it. */
import type { Facts } from './facts.ts';

/** What all caches of an engine may keep together. When it is spent, they all start over. */
export class CacheBudget {
  readonly #limit: number;
  #used = 0;
  /** Changes when everything is to be dropped. */
  generation = 0;

  /** `limit` in bytes, roughly; 0 to remember nothing. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#limit === 0;
  }

  spend(bytes: number): void {
    this.#used += bytes;
    if (this.#used <= this.#limit) return;
    this.#used = 0;
    this.generation += 1;
  }
}

const smallest = 128;
const largest = 4_096;
/** Longer values are hardly ever seen twice, and cost most to keep. */
const maxCached = 16_384;
const sampled = 16;
/** Bytes of an entry beside its texts. */
const entryBytes = 160;

/**
 * Two places for each hash: a new value pushes out the one that was asked for longer ago. Hashes stand beside
 * each other, so that of what is remembered elsewhere in memory only the right one is looked at.
 */
export class ValueCache {
  readonly #budget: CacheBudget;
  #generation = 0;
  #hashes = new Int32Array(0);
  /** Bytes of each entry, roughly: what is pushed out need not be looked at. */
  #sizes = new Int32Array(0);
  /** Hashes of values that were seen once. */
  #seen = new Int32Array(smallest);
  #overwritten = 0;
  #entries: (Facts | undefined)[] = [];
  #mask = 0;
  #replaced = 0;

  constructor(budget: CacheBudget) {
    this.#budget = budget;
    this.#startOver();
  }

  #startOver(): void {
    this.#generation = this.#budget.generation;
    this.#resize(smallest);
  }

  #resize(size: number): void {
    this.#hashes = new Int32Array(size);
    this.#sizes = new Int32Array(size);
    this.#entries = Array.from({ length: size }, () => undefined);
    this.#mask = size - 2;
    this.#replaced = 0;
  }

  get(hash: number, value: string | number | boolean): Facts | undefined {
    if (this.#generation !== this.#budget.generation) this.#startOver();
    const place = hash & this.#mask;
    const hashes = this.#hashes;
    if (hashes[place] === hash) {
      const first = this.#entries[place];
      if (first !== undefined && first.value === value) return first;
    }
    if (hashes[place + 1] !== hash) return undefined;
    const second = this.#entries[place + 1];
    if (second === undefined || second.value !== value) return undefined;
    this.#push(place, hash, this.#sizes[place + 1] as number, second);
    return second;
  }

  /** Puts it first; what was first becomes second. */
  #push(place: number, hash: number, size: number, facts: Facts): void {
    this.#hashes[place + 1] = this.#hashes[place] as number;
    this.#hashes[place] = hash;
    this.#sizes[place + 1] = this.#sizes[place] as number;
    this.#sizes[place] = size;
    this.#entries[place + 1] = this.#entries[place];
    this.#entries[place] = facts;
  }

  /**
   * Whether a value that was not found is to be remembered: when it comes a second time. Most that come once
   * never come again, and what is not kept costs next to nothing.
   */
  admits(hash: number, value: string | number | boolean): boolean {
    if (typeof value === 'string' && value.length > maxCached) return false;
    const at = hash & (this.#seen.length - 1);
    const held = this.#seen[at] as number;
    if (held === hash) return !this.#budget.isEmpty;
    this.#seen[at] = hash;
    if (held !== 0) this.#overwritten += 1;
    // Too small to hold what comes between a value and its return.
    if (this.#overwritten > this.#seen.length && this.#seen.length < largest) {
      this.#seen = new Int32Array(this.#seen.length * 4);
      this.#overwritten = 0;
    }
    return false;
  }

  put(hash: number, facts: Facts): void {
    const place = hash & this.#mask;
    const isFull = this.#entries[place + 1] !== undefined;
    const [size, dropped] = [sizeOf(facts), this.#sizes[place + 1] as number];
    this.#push(place, hash, size, facts);
    if (isFull) this.#replaced += 1;
    this.#budget.spend(size - dropped);
    if (this.#replaced > this.#mask && this.#entries.length < largest) this.#grow();
  }

  #grow(): void {
    const [hashes, sizes, entries] = [this.#hashes, this.#sizes, this.#entries];
    this.#resize(entries.length * 4);
    for (const [at, facts] of entries.entries()) {
      const hash = hashes[at] as number;
      if (facts !== undefined) this.#push(hash & this.#mask, hash, sizes[at] as number, facts);
    }
  }
}

/** Bytes, roughly. */
function sizeOf({ text, folded, predicates, rules }: Facts): number {
  const texts = text.length + (folded === text ? 0 : folded.length);
  return entryBytes + texts + 8 * (predicates.length + rules.length);
}

/** Of the length and of characters all over the text, most of them from its end. */
export function hashOf(value: string | number | boolean): number {
  if (typeof value !== 'string') return mixed(typeof value === 'number' ? value | 0 : 0x1000 + Number(value));
  const { length } = value;
  let hash = length;
  const step = length <= sampled ? 1 : (length / sampled) | 0;
  for (let at = length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

function mixed(hash: number): number {
  const product = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return product ^ (product >>> 13);
}
