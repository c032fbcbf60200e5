/** Predicates that no rule has as a witness: they are tried when a candidate asks for them, and not for every event. */
import { getOrAdd } from './get-or-add.ts';
import type { TextQuestion } from './lazy.ts';
import type { PredicateTable, Slot, SlotTest } from './predicates.ts';
import type { IndexedTest } from './tests.ts';

/** Indexed predicate → `~` the lazy predicate in its place. */
export function demandsOf(
  table: PredicateTable,
  isOnDemand: (slot: Slot) => boolean,
  isWitness: (predicate: number) => boolean,
): ReadonlyMap<number, number> {
  const demands = new Map<number, number>();
  for (const slot of table.slots.filter(({ field }) => field !== '')) {
    const onDemand = isOnDemand(slot);
    for (const [predicate, tests] of testsByPredicate(slot)) {
      if (onDemand) demands.set(predicate, ~(table.lazy.push({ kind: 'demand', slot, predicate }) - 1));
      else if (!isWitness(predicate) && tests.some(isInside)) {
        const question = textQuestion(tests);
        if (question !== null) demands.set(predicate, table.addLeaf(slot, JSON.stringify(question), -1));
      }
    }
  }
  return demands;
}

/** What the index of a slot has to find. */
export function eagerTests(slot: Slot, demands: ReadonlyMap<number, number>): readonly SlotTest[] {
  return [...slot.tests.values()].flatMap(({ test, predicates }) => {
    const eager = predicates.filter((predicate) => !demands.has(predicate));
    return eager.length === 0 ? [] : [{ test, predicates: eager }];
  });
}

function testsByPredicate(slot: Slot): ReadonlyMap<number, readonly IndexedTest[]> {
  const found = new Map<number, IndexedTest[]>();
  for (const { test, predicates } of slot.tests.values()) {
    for (const predicate of predicates) getOrAdd(found, predicate, () => []).push(test);
  }
  return found;
}

/** Only those are worth it: the ends of a text are quickly looked at. */
function isInside(test: IndexedTest): boolean {
  return test.kind === 'literal' && test.place === 'inside';
}

/** Null for what is not about text alone. */
function textQuestion(tests: readonly IndexedTest[]): TextQuestion | null {
  const texts = tests.flatMap((test) => (test.kind === 'literal' ? [test] : []));
  return texts.length === tests.length ? { kind: 'texts', texts } : null;
}
