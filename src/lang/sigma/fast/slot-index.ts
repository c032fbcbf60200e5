/** Everything that the rules ask of one field, answered for a value at once. */
import { type Affix, type AffixData, AffixIndex, affixData } from './affixes.ts';
import type { CodeReader } from './codes.ts';
import { Facts } from './facts.ts';
import { type Found, type TestPredicates, testPredicates } from './found.ts';
import { type GramData, GramIndex, gramData } from './grams.ts';
import { type NumberData, NumberIndex, type NumberPart, numberData } from './numbers.ts';
import type { Part } from './part.ts';
import type { IndexTest } from './predicates.ts';
import { type CacheBudget, hashOf, ValueCache } from './value-cache.ts';

/** What the indexes of a program share. */
export interface IndexContext {
  readonly found: Found;
  readonly reader: CodeReader;
  readonly budget: CacheBudget;
  /** Rules for which one of the predicates is a witness, each once. */
  rulesOf(predicates: readonly number[]): readonly number[];
}

export interface SlotIndexData {
  /** Test → predicates. */
  readonly predicates: TestPredicates;
  readonly starts: AffixData | null;
  readonly ends: AffixData | null;
  readonly parts: GramData | null;
  /** Parts that only a text beyond ASCII can hold: dashes, look-alike letters, emoji. */
  readonly rareParts: GramData | null;
  readonly numbers: NumberData | null;
  /** The test for the empty text, or -1. */
  readonly empty: number;
}

export function slotIndexData(tests: readonly IndexTest[]): SlotIndexData {
  const starts: Affix[] = [];
  const ends: Affix[] = [];
  const parts: Part[] = [];
  const rareParts: Part[] = [];
  const numbers: NumberPart[] = [];
  let empty = -1;
  for (const [at, { test }] of tests.entries()) {
    if (test.kind === 'number') numbers.push({ number: test.number, written: test.written, test: at });
    else if (test.text === '') empty = at;
    else if (test.place === 'inside') {
      (isAscii(test.text) ? parts : rareParts).push({ text: test.text, test: at });
    } else if (test.place === 'end') ends.push({ text: test.text, whole: false, test: at });
    else starts.push({ text: test.text, whole: test.place === 'whole', test: at });
  }
  return {
    predicates: testPredicates(tests.map(({ predicates }) => predicates)),
    starts: starts.length === 0 ? null : affixData(starts, 'start'),
    ends: ends.length === 0 ? null : affixData(ends, 'end'),
    parts: parts.length === 0 ? null : gramData(parts),
    rareParts: rareParts.length === 0 ? null : gramData(rareParts),
    numbers: numbers.length === 0 ? null : numberData(numbers),
    empty,
  };
}

export class SlotIndex {
  readonly #context: IndexContext;
  readonly #cache: ValueCache;
  /** Of those remembered, the one asked for last. */
  #last: Facts | null = null;
  readonly #predicates: TestPredicates;
  readonly #starts: AffixIndex | null;
  readonly #ends: AffixIndex | null;
  readonly #parts: GramIndex | null;
  readonly #rareParts: GramIndex | null;
  readonly #numbers: NumberIndex | null;
  readonly #empty: number;

  constructor(data: SlotIndexData, context: IndexContext) {
    const { predicates, starts, ends, parts, rareParts, numbers, empty } = data;
    this.#context = context;
    this.#cache = new ValueCache(context.budget);
    this.#predicates = predicates;
    this.#starts = starts === null ? null : new AffixIndex(starts);
    this.#ends = ends === null ? null : new AffixIndex(ends);
    this.#parts = parts === null ? null : new GramIndex(parts);
    this.#rareParts = rareParts === null ? null : new GramIndex(rareParts);
    this.#numbers = numbers === null ? null : new NumberIndex(numbers);
    this.#empty = empty;
  }

  facts(value: string | number | boolean): Facts {
    // The value of the event before, as often as not.
    if (this.#last !== null && this.#last.value === value) return this.#last;
    const hash = hashOf(value);
    const known = this.#cache.get(hash, value);
    if (known !== undefined) {
      this.#last = known;
      return known;
    }
    if (!this.#cache.admits(hash, value)) return this.#search(value, false);
    const facts = this.#search(typeof value === 'string' ? detached(value) : value, true);
    this.#cache.put(hash, facts);
    this.#last = facts;
    return facts;
  }

  #search(value: string | number | boolean, isRemembered: boolean): Facts {
    const { found, reader } = this.#context;
    const text = String(value);
    const codes = reader.read(text);
    const { folded } = codes;
    found.begin();
    found.using(this.#predicates);
    this.#starts?.find(codes, found);
    this.#ends?.find(codes, found);
    this.#parts?.find(codes, found);
    if (!codes.ascii) this.#rareParts?.find(codes, found);
    this.#numbers?.find(value, text, found);
    if (folded === '' && this.#empty !== -1) found.add(this.#empty);
    const predicates = found.predicates();
    const rules = this.#context.rulesOf(predicates);
    return new Facts(value, true, text, folded, predicates, rules, isRemembered);
  }
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/**
 * A copy: a part of a record's text would keep the whole record in memory for as long as it is remembered.
 * Two halves put together become one text of its own when it is first read, which a part of a longer text
 * never does, and only such a one is quick to compare.
 */
function detached(text: string): string {
  const half = text.length >> 1;
  return text.slice(0, half) + text.slice(half);
}
