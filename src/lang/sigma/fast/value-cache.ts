/** The last values of a field, by a few of their characters: most values of an event were in events before it. */
import type { Facts } from './facts.ts';

/** What all caches of an engine may keep together. When it is spent, they all start over. */
export class CacheBudget {
  readonly #limit: number;
  #used = 0;
  /** Changes when everything is to be dropped. */
  generation = 0;

  /** `limit` in bytes, roughly. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  spend(bytes: number): void {
    this.#used += bytes;
    if (this.#used <= this.#limit) return;
    this.#used = 0;
    this.generation += 1;
  }
}

const smallest = 64;
const largest = 4_096;
/** Longer values are hardly ever seen twice, and cost most to keep. */
const maxLength = 4_096;
const sampled = 12;
/** Bytes of an entry beside its texts. */
const entryBytes = 160;

/** One place for each hash: a new value takes the place of the one that was there. */
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
    this.#entries = new Array<Facts | undefined>(smallest).fill(undefined);
    this.#mask = smallest - 1;
    this.#replaced = 0;
  }

  /** The place for a value; changes with every `put`. */
  placeOf(value: string | number | boolean): number {
    if (this.#generation !== this.#budget.generation) this.#startOver();
    return hashOf(value) & this.#mask;
  }

  at(place: number): Facts | undefined {
    return this.#entries[place];
  }

  put(place: number, facts: Facts): void {
    if (facts.text.length > maxLength) return;
    const before = this.#entries[place];
    if (before !== undefined) this.#replaced += 1;
    this.#entries[place] = facts;
    this.#budget.spend(sizeOf(facts) - (before === undefined ? 0 : sizeOf(before)));
    if (this.#replaced > this.#mask && this.#mask + 1 < largest) this.#grow();
  }

  #grow(): void {
    const before = this.#entries;
    this.#mask = (this.#mask + 1) * 4 - 1;
    this.#replaced = 0;
    this.#entries = new Array<Facts | undefined>(this.#mask + 1).fill(undefined);
    for (const facts of before) {
      if (facts !== undefined) this.#entries[hashOf(facts.value as string | number | boolean) & this.#mask] = facts;
    }
  }
}

/** Bytes, roughly. */
function sizeOf({ text, folded, predicates, rules }: Facts): number {
  const texts = text.length + (folded === text ? 0 : folded.length);
  return entryBytes + texts + 4 * (predicates.length + rules.length);
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
