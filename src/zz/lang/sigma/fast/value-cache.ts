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
export const maxCached = 16_384;
const sampled = 16;
/** Bytes of an entry beside its texts. */
const entryBytes = 160;

/** Two places for each hash: a new value pushes out the one that was asked for longer ago. */
export class ValueCache {
  readonly #budget: CacheBudget;
  #generation = 0;
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
    this.#entries = Array.from({ length: size }, () => undefined);
    this.#mask = size - 2;
    this.#replaced = 0;
  }

  /** Valid until the next `put`. */
  placeOf(value: string | number | boolean): number {
    if (this.#generation !== this.#budget.generation) this.#startOver();
    return hashOf(value) & this.#mask;
  }

  get(place: number, value: string | number | boolean): Facts | undefined {
    const first = this.#entries[place];
    if (first === undefined || first.value === value) return first;
    const second = this.#entries[place + 1];
    if (second === undefined || second.value !== value) return undefined;
    this.#entries[place] = second;
    this.#entries[place + 1] = first;
    return second;
  }

  put(place: number, facts: Facts): void {
    if (facts.text.length > maxCached || this.#budget.isEmpty) return;
    const dropped = this.#entries[place + 1];
    this.#entries[place + 1] = this.#entries[place];
    this.#entries[place] = facts;
    if (dropped !== undefined) this.#replaced += 1;
    this.#budget.spend(sizeOf(facts) - (dropped === undefined ? 0 : sizeOf(dropped)));
    if (this.#replaced > this.#mask && this.#entries.length < largest) this.#grow();
  }

  #grow(): void {
    const before = this.#entries;
    this.#resize(before.length * 4);
    for (const facts of before) {
      if (facts === undefined) continue;
      const place = hashOf(facts.value as string | number | boolean) & this.#mask;
      this.#entries[place + 1] = this.#entries[place];
      this.#entries[place] = facts;
    }
  }
}

/** Bytes, roughly. */
function sizeOf({ text, folded, predicates, rules }: Facts): number {
  const texts = text.length + (folded === text ? 0 : folded.length);
  return entryBytes + texts + 8 * (predicates.length + rules.length);
}

/** Of the length and of characters all over the text, most of them from its end. */
function hashOf(value: string | number | boolean): number {
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
