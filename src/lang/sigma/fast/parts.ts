/** What a program runs on, made of its data. */
import { sharedName } from '../detection.ts';
import { onFirstUse } from '../on-first-use.ts';
import type { LeafTest } from '../value.ts';
import type { CodeReader } from './codes.ts';
import { Facts, nothingFound } from './facts.ts';
import { Found } from './found.ts';
import { KeywordIndex } from './keywords.ts';
import { type EventQuestion, type EventReader, eventTestOf, type LeafQuestion, leafTestOf } from './lazy.ts';
import type { Lists } from './lists.ts';
import { type LazyData, lazyKinds, type ProgramData, questionAt, type ReaderData } from './program-data.ts';
import { type IndexContext, SlotIndex } from './slot-index.ts';
import type { CacheBudget } from './value-cache.ts';

/** A field by its names. */
export type ReadSlot = Pick<ReaderData, 'field' | 'alias'> & { readonly id: number };

/** A field as a program reads it. */
export interface Reader extends Pick<ReaderData, 'onDemand'> {
  readonly id: number;
  readonly slot: ReadSlot;
  readonly index: SlotIndex | null;
  /** That the event has the field, when a rule asks for that. */
  readonly presence: Facts | null;
}

export type LazyPredicate =
  | {
      readonly kind: 'leaf';
      readonly slot: ReadSlot;
      /** Among those of its slot. */
      readonly local: number;
      readonly test: LeafTest;
      /** An indexed predicate without which it can not hold, or -1. */
      readonly gate: number;
    }
  | { readonly kind: 'event'; readonly holds: (event: EventReader) => boolean }
  /** An indexed predicate on a slot whose values are only read when it is asked for. */
  | { readonly kind: 'demand'; readonly slot: ReadSlot; readonly predicate: number };

/** What the programs of a rule set have in common: one event at a time is matched. */
export interface SharedParts {
  readonly budget: CacheBudget;
  readonly reader: CodeReader;
}

export interface ProgramParts
  extends Pick<ProgramData, 'ruleCount' | 'predicateCount' | 'entries' | 'code' | 'demands' | 'always'> {
  readonly lazy: readonly LazyPredicate[];
  /** By the id of their slot. */
  readonly readers: readonly Reader[];
  readonly keywords: KeywordIndex | null;
  readonly context: IndexContext;
}

export function programParts(data: ProgramData, { budget, reader }: SharedParts): ProgramParts {
  const { ruleCount, predicateCount, entries, code, demands, always } = data;
  const context: IndexContext = {
    found: new Found(predicateCount),
    reader,
    budget,
    rulesOf: rulesFinder(data.rulesOf, ruleCount),
  };
  const readers = data.readers.map((one, id) => readerOf(one, id, context));
  const slots = readers.map(({ slot }) => slot);
  return {
    ruleCount,
    predicateCount,
    entries,
    code,
    demands,
    always,
    lazy: Array.from(data.lazy.kinds, (_, at) => lazyPredicate(data.lazy, at, slots)),
    readers,
    keywords: data.keywords === null ? null : new KeywordIndex(data.keywords, reader),
    context,
  };
}

function readerOf(
  { field, alias, presence, index, onDemand }: ReaderData,
  id: number,
  context: IndexContext,
): Reader {
  const predicates = [presence];
  return {
    id,
    slot: { id, field: sharedName(field), alias: alias === null ? null : sharedName(alias) },
    index: index === null ? null : new SlotIndex(index, context),
    onDemand,
    presence:
      presence === -1 ? null : new Facts(null, false, '', '', predicates, context.rulesOf(predicates)),
  };
}

function lazyPredicate(data: LazyData, at: number, slots: readonly ReadSlot[]): LazyPredicate {
  const kind = lazyKinds[data.kinds[at] as number];
  const predicate = data.predicates[at] as number;
  const slot = slots[data.slots[at] as number] as ReadSlot;
  switch (kind) {
    case 'event':
      return { kind, holds: onFirstUse(() => eventTestOf(questionAt(data, at) as EventQuestion)) };
    case 'demand':
      return { kind, slot, predicate };
    case 'leaf': {
      const test = onFirstUse(() => leafTestOf(questionAt(data, at) as LeafQuestion, slot.field));
      return { kind, slot, local: data.locals[at] as number, test, gate: predicate };
    }
    case undefined:
      break;
  }
  throw new Error(`a lazy predicate of the unknown kind ${data.kinds[at]}`);
}

function rulesFinder(
  { starts, items }: Lists,
  ruleCount: number,
): (predicates: readonly number[]) => readonly number[] {
  const seen = new Int32Array(ruleCount);
  let round = 0;
  return (predicates) => {
    round = (round + 1) | 0;
    let rules: number[] | null = null;
    for (const predicate of predicates) {
      const end = starts[predicate + 1] as number;
      for (let at = starts[predicate] as number; at < end; at += 1) {
        const rule = items[at] as number;
        if (seen[rule] === round) continue;
        seen[rule] = round;
        (rules ??= []).push(rule);
      }
    }
    return rules ?? nothingFound;
  };
}
