/** Keyword searches look at every text of an event: a few characters of each are enough to pass over nearly all. */
import type { CodeReader } from './codes.ts';
import { type Found, type TestPredicates, testPredicates } from './found.ts';
import { type GramData, GramIndex, gramAt, gramData, gramFactor, gramLength } from './grams.ts';
import { HashTable, type HashTableData, hashTableOf } from './hash-table.ts';
import type { Part } from './part.ts';
import type { Slot } from './predicates.ts';

/** Positions between two looks at a text, at most. */
const maxStride = 8;

export interface KeywordData {
  readonly predicates: TestPredicates;
  readonly parts: GramData;
  /** Below 1: every text is to be searched. */
  readonly stride: number;
  /** Of the anchors. */
  readonly table: HashTableData;
  /** The first two characters of each anchor. */
  readonly starts: Uint16Array;
  readonly numbersToo: boolean;
}

export function keywordData({ tests: keyed, lazyCount }: Slot): KeywordData {
  const tests = [...keyed.values()];
  const parts = tests.flatMap(({ test }, at): readonly Part[] =>
    test.kind === 'literal' ? [{ text: test.text, test: at }] : [],
  );
  const shortest = parts.reduce((least, { text }) => Math.min(least, text.length), maxStride + gramLength);
  const stride = Math.min(maxStride, shortest - gramLength + 1);
  const anchors = stride < 1 ? [] : anchorsOf(parts, stride);
  return {
    predicates: testPredicates(tests.map(({ predicates }) => predicates)),
    parts: gramData(parts),
    stride,
    table: hashTableOf(anchors.map((text) => Math.imul(gramAt(text, 0), gramFactor))),
    starts: Uint16Array.from(anchors.flatMap((text) => [text.charCodeAt(0), text.charCodeAt(1)])),
    numbersToo: lazyCount > 0,
  };
}

export class KeywordIndex {
  readonly #predicates: TestPredicates;
  readonly #reader: CodeReader;
  readonly #parts: GramIndex;
  readonly #stride: number;
  readonly #table: HashTable;
  /** 1 for the first two characters of an anchor, in either case, seven bits of each. */
  readonly #pairs: Uint8Array;
  /** A number or boolean may hold the text that a lazy predicate waits for; other keywords are none of them. */
  readonly #numbersToo: boolean;

  constructor({ predicates, parts, stride, table, starts, numbersToo }: KeywordData, reader: CodeReader) {
    this.#reader = reader;
    this.#predicates = predicates;
    this.#parts = new GramIndex(parts);
    this.#stride = stride;
    this.#table = new HashTable(table);
    this.#pairs = pairsOf(starts);
    this.#numbersToo = numbersToo;
  }

  /** For one value; adds nothing for what has no text. */
  find(value: unknown, found: Found): void {
    if (typeof value === 'string') {
      if (!this.#maybe(value)) return;
      found.using(this.#predicates);
      this.#parts.find(this.#reader.read(value), found);
    } else if (this.#numbersToo && (typeof value === 'number' || typeof value === 'boolean')) {
      found.using(this.#predicates);
      this.#parts.find(this.#reader.read(String(value)), found);
    }
  }

  /** For every value inside an array or object. Not recursive: a hostile event may nest deeper than the stack. */
  findWithin(value: object, found: Found): void {
    const open: object[] = [value];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (Array.isArray(node)) for (const item of node) this.#findIn(item, open, found);
      // Object.values would make an array of each.
      else for (const key in node) this.#findIn(node[key as keyof typeof node], open, found);
    }
  }

  #findIn(value: unknown, open: object[], found: Found): void {
    if (typeof value === 'object' && value !== null) open.push(value);
    else this.find(value, found);
  }

  /**
   * Wherever a keyword stands, one of its first positions is a multiple of the stride, and the four
   * characters from there are among those looked for. Characters that fold into others are let through.
   */
  #maybe(text: string): boolean {
    const stride = this.#stride;
    if (stride < 1) return true;
    const pairs = this.#pairs;
    const last = text.length - gramLength;
    for (let at = 0; at <= last; at += stride) {
      const first = text.charCodeAt(at);
      const second = text.charCodeAt(at + 1);
      if ((first | second) > 0x7f) return true;
      if (pairs[(first << 7) | second] === 1 && this.#isAnchor(text, at)) return true;
    }
    return false;
  }

  #isAnchor(text: string, at: number): boolean {
    let gram = 0;
    for (let i = at; i < at + gramLength; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) return true;
      gram = (gram << 8) | (lower[unit] as number);
    }
    return this.#table.first(Math.imul(gram, gramFactor)) !== -1;
  }
}

const lower = Uint8Array.from({ length: 128 }, (_, code) =>
  String.fromCharCode(code).toLowerCase().charCodeAt(0),
);

function anchorsOf(parts: readonly Part[], stride: number): readonly string[] {
  const texts = parts.flatMap(({ text }) =>
    Array.from({ length: stride }, (_, offset) => text.slice(offset, offset + gramLength)),
  );
  return [...new Set(texts)];
}

function pairsOf(starts: Uint16Array): Uint8Array {
  const pairs = new Uint8Array(1 << 14);
  for (let at = 0; at < starts.length; at += 2) {
    for (const first of casesOf(starts[at] as number)) {
      for (const second of casesOf(starts[at + 1] as number)) pairs[(first << 7) | second] = 1;
    }
  }
  return pairs;
}

/** The characters of ASCII that fold into this one. */
function casesOf(folded: number): readonly number[] {
  const other = String.fromCharCode(folded).toUpperCase().charCodeAt(0);
  return [folded, other].filter((unit) => lower[unit] === folded);
}
