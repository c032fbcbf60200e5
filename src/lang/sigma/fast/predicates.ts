/** The distinct predicates of a program: each once, however many rules ask for it. */
import type { Aliases } from '../view.ts';
import { getOrAdd } from './get-or-add.ts';
import type { IndexedTest } from './indexed-test.ts';
import type { EventQuestion } from './lazy.ts';
import { commonText, commonValues } from './rarity.ts';
import type { LazyTest } from './tests.ts';

/** A test with the predicates that hold when it does. */
export interface SlotTest {
  /** Among those of its slot. */
  readonly id: number;
  readonly test: IndexedTest;
  readonly predicates: number[];
  /** Rough share of events in which it holds. */
  readonly frequency: number;
}

/** What an index needs of a test. */
export type IndexTest = Pick<SlotTest, 'test' | 'predicates'>;

/** A field as the rules of one category read it. The keyword search has the empty field. */
export interface Slot {
  readonly id: number;
  readonly field: string;
  /** The name that goes first in these events, null when it is the field's own. */
  readonly alias: string | null;
  /** Each test once, by its key. */
  readonly tests: Map<string, SlotTest>;
  /** Number of lazy predicates on values of this slot. */
  lazyCount: number;
  /** The predicate "the event has the field", -1 when nobody asks. */
  presence: number;
}

/** What candidates ask for, with its question as JSON. */
export type LazyEntry =
  | {
      readonly kind: 'leaf';
      readonly slot: Slot;
      /** Among those of its slot. */
      readonly local: number;
      readonly question: string;
      /** An indexed predicate without which it can not hold, or -1. */
      readonly gate: number;
    }
  | { readonly kind: 'event'; readonly question: string }
  /** An indexed predicate on a slot whose values are only read when it is asked for. */
  | { readonly kind: 'demand'; readonly slot: Slot; readonly predicate: number };

/** Indexed predicates have ids from 0; a lazy one is written as `~index`, so that a sign tells them apart. */
export class PredicateTable {
  readonly slots: Slot[] = [];
  readonly lazy: LazyEntry[] = [];
  /** Rough share of events in which an indexed predicate holds. */
  readonly frequency: number[] = [];
  /** Slot of an indexed predicate. */
  readonly slotOf: number[] = [];
  /** Tests of an indexed predicate; none of a presence. */
  readonly testsOf: (readonly SlotTest[])[] = [];
  readonly #slots = new Map<string, Slot>();
  readonly #indexed = new Map<string, number>();
  readonly #lazy = new Map<string, number>();

  slot(field: string, aliases: Aliases): Slot {
    const given = Object.hasOwn(aliases, field) ? aliases[field] : undefined;
    const alias = given === undefined || given === field || field === '' ? null : given;
    return getOrAdd(this.#slots, JSON.stringify([field, alias]), () => {
      const slot: Slot = {
        id: this.slots.length,
        field,
        alias,
        tests: new Map(),
        lazyCount: 0,
        presence: -1,
      };
      this.slots.push(slot);
      return slot;
    });
  }

  /** One of the tests holds on one of the slot's values. */
  indexed(slot: Slot, tests: readonly IndexedTest[]): number {
    const known = [...new Set(tests.map((test) => slotTest(slot, test)))];
    const ids = known.map(({ id }) => id).sort((a, b) => a - b);
    return getOrAdd(this.#indexed, `${slot.id} ${ids.join()}`, () => {
      const id = this.#add(
        slot,
        known.reduce((sum, { frequency }) => sum + frequency, 0),
        known,
      );
      for (const { predicates } of known) predicates.push(id);
      return id;
    });
  }

  #add(slot: Slot, frequency: number, tests: readonly SlotTest[]): number {
    this.slotOf.push(slot.id);
    this.testsOf.push(tests);
    return this.frequency.push(Math.min(1, frequency)) - 1;
  }

  presence(slot: Slot): number {
    if (slot.presence === -1) slot.presence = this.#add(slot, 0.9, []);
    return slot.presence;
  }

  lazyLeaf(slot: Slot, { question, gate }: LazyTest): number {
    const asked = JSON.stringify(question);
    return getOrAdd(this.#lazy, `${slot.id}\n${asked}`, () => {
      const texts = gate?.map((text): IndexedTest => ({ kind: 'literal', place: 'inside', text }));
      return this.addLeaf(
        slot,
        asked,
        texts === undefined ? this.#weakGate(slot) : this.indexed(slot, texts),
      );
    });
  }

  /** For a question that was not asked yet: a LeafQuestion as JSON. */
  addLeaf(slot: Slot, question: string, gate: number): number {
    const local = slot.lazyCount++;
    return ~(this.lazy.push({ kind: 'leaf', slot, local, question, gate }) - 1);
  }

  /** Without a text to go by, there has to be a value at least; a keyword search finds one everywhere. */
  #weakGate(slot: Slot): number {
    return slot.field === '' ? -1 : this.presence(slot);
  }

  lazyEvent(given: EventQuestion): number {
    const question = JSON.stringify(given);
    return getOrAdd(this.#lazy, question, () => ~(this.lazy.push({ kind: 'event', question }) - 1));
  }
}

function slotTest({ tests }: Slot, test: IndexedTest): SlotTest {
  return getOrAdd(tests, keyOf(test), () => ({
    id: tests.size,
    test,
    predicates: [],
    frequency: frequencyOf(test),
  }));
}

function keyOf(test: IndexedTest): string {
  return test.kind === 'number' ? `number\n${test.number}\n${test.written}` : `${test.place}\n${test.text}`;
}

function frequencyOf(test: IndexedTest): number {
  if (test.kind === 'number') return 0.03;
  const { place, text } = test;
  if (commonValues.has(text)) return 0.5;
  if (place === 'whole') return text.length < 2 ? 0.1 : 0.01;
  if (commonText.includes(text)) return place === 'inside' ? 0.4 : 0.2;
  const byLength = [1, 0.5, 0.3, 0.1, 0.05, 0.02, 0.01, 0.006][text.length] ?? 0.003;
  return place === 'inside' ? byLength : byLength / 2;
}
