/** What a program is made of, as data: it can be kept, and put to work again without any rule being read. */
import type { KeywordData } from './keywords.ts';
import type { Lists } from './lists.ts';
import type { LazyEntry } from './predicates.ts';
import type { SlotIndexData } from './slot-index.ts';
import { packTables, unpackTables } from './tables.ts';

export interface ProgramData {
  readonly ruleCount: number;
  readonly predicateCount: number;
  /** Rule → where its branches begin. */
  readonly entries: Int32Array;
  readonly code: Int32Array;
  readonly lazy: LazyData;
  /** Indexed predicate → `~` the lazy one that is asked in its place, or 0. */
  readonly demands: Int32Array;
  /** Rules without a witness. */
  readonly always: Int32Array;
  /** Predicate → rules of which it is a witness. */
  readonly rulesOf: Lists;
  /** By the id of their slot. */
  readonly readers: readonly ReaderData[];
  readonly keywords: KeywordData | null;
}

/** A field as a program reads it. The keyword search has the empty field. */
export interface ReaderData {
  readonly field: string;
  /** The name that goes first in these events, null when it is the field's own. */
  readonly alias: string | null;
  /** The predicate "the event has the field", -1 when nobody asks. */
  readonly presence: number;
  /** Null when no rule asks for its values one by one. */
  readonly index: SlotIndexData | null;
  /** No rule has its witness here: values are looked up when a candidate asks for them. */
  readonly onDemand: boolean;
}

/** The lazy predicates, by their number. */
export interface LazyData {
  /** Positions in `lazyKinds`. */
  readonly kinds: Uint8Array;
  /** Of an event's: 0. */
  readonly slots: Int32Array;
  /** Of a leaf's: its number among those of its slot. */
  readonly locals: Int32Array;
  /** Of a leaf's the gate, of a demand's the predicate. */
  readonly predicates: Int32Array;
  /** Questions, as JSON in UTF-8, one after the other; the one of a predicate ends where the next begins. */
  readonly questions: Uint8Array;
  readonly starts: Int32Array;
}

export const lazyKinds = ['leaf', 'event', 'demand'] as const;

export function lazyData(lazy: readonly LazyEntry[]): LazyData {
  const questions = lazy.map((entry) => (entry.kind === 'demand' ? '' : entry.question));
  const starts = new Int32Array(lazy.length + 1);
  for (const [at, text] of questions.entries()) {
    starts[at + 1] = (starts[at] as number) + Buffer.byteLength(text);
  }
  return {
    kinds: Uint8Array.from(lazy, ({ kind }) => lazyKinds.indexOf(kind)),
    slots: Int32Array.from(lazy, (entry) => (entry.kind === 'event' ? 0 : entry.slot.id)),
    locals: Int32Array.from(lazy, (entry) => (entry.kind === 'leaf' ? entry.local : 0)),
    predicates: Int32Array.from(lazy, (entry) => {
      if (entry.kind === 'event') return 0;
      return entry.kind === 'leaf' ? entry.gate : entry.predicate;
    }),
    questions: Uint8Array.from(Buffer.from(questions.join(''))),
    starts,
  };
}

export function questionAt({ questions, starts }: LazyData, at: number): unknown {
  const { buffer, byteOffset, byteLength } = questions;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('utf8', starts[at], starts[at + 1]);
  return JSON.parse(text);
}

/** For this machine's byte order. */
export function packProgram(data: ProgramData): Uint8Array {
  return packTables(data);
}

/** `bytes`: what `packProgram` has made. They are in use from then on. */
export function unpackProgram(bytes: Uint8Array): ProgramData {
  return unpackTables(bytes) as ProgramData;
}
