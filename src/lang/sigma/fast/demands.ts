/** Predicates that no rule has as a witness: they are tried when a candidate asks for them, and not for every event. */
import type { TextQuestion } from './lazy.ts';
import type { IndexTest, PredicateTable, Slot, SlotTest } from './predicates.ts';

/** Indexed predicate → `~` the lazy predicate in its place. */
export function demandsOf(
  table: PredicateTable,
  isOnDemand: (slot: Slot) => boolean,
  isWitness: (predicate: number) => boolean,
): ReadonlyMap<number, number> {
  const demands = new Map<number, number>();
  for (const [predicate, tests] of table.testsOf.entries()) {
    const slot = table.slots[table.slotOf[predicate] ?? -1];
    if (slot === undefined || slot.field === '' || tests.length === 0) continue;
    if (isOnDemand(slot)) {
      demands.set(predicate, ~(table.lazy.push({ kind: 'demand', slot, predicate }) - 1));
    } else if (!isWitness(predicate) && tests.some(isInside)) {
      const question = textQuestion(tests);
      if (question !== null) demands.set(predicate, table.addLeaf(slot, JSON.stringify(question), -1));
    }
  }
  return demands;
}

/** What the index of a slot has to find. */
export function eagerTests(slot: Slot, demands: ReadonlyMap<number, number>): readonly IndexTest[] {
  return [...slot.tests.values()].flatMap(({ test, predicates }) => {
    const eager = predicates.filter((predicate) => !demands.has(predicate));
    return eager.length === 0 ? [] : [{ test, predicates: eager }];
  });
}

/** Only those are worth it: the ends of a text are quickly looked at. */
function isInside({ test }: SlotTest): boolean {
  return test.kind === 'literal' && test.place === 'inside';
}

/** Null for what is not about text alone. */
function textQuestion(tests: readonly SlotTest[]): TextQuestion | null {
  const texts = tests.flatMap(({ test }) => (test.kind === 'literal' ? [test] : []));
  return texts.length === tests.length ? { kind: 'texts', texts } : null;
}
