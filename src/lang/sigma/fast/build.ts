/** Rules to what a program is made of: predicates, witnesses, branches, and the tables of an index for each field. */
import type { Placeholders } from '../expand.ts';
import type { SigmaRule } from '../rule.ts';
import type { Aliases } from '../view.ts';
import { BranchWriter } from './branches.ts';
import { demandsOf, eagerTests } from './demands.ts';
import { type Formula, formulaOf } from './formula.ts';
import { keywordData } from './keywords.ts';
import { listsOf } from './lists.ts';
import { PredicateTable, type Slot, type SlotTest } from './predicates.ts';
import { lazyData, type ProgramData, type ReaderData } from './program-data.ts';
import { slotIndexData } from './slot-index.ts';
import { type Price, type Witness, witnessOf } from './witness.ts';

/** A rule and the names by which the events of this program hold its fields. */
export interface ProgramRule {
  readonly rule: SigmaRule;
  readonly aliases: Aliases;
}

/** Throws a RuleFault where compiling a rule does. */
export function buildProgram(rules: readonly ProgramRule[], placeholders: Placeholders): ProgramData {
  const table = new PredicateTable();
  const formulas = rules.map(({ rule, aliases }) => formulaOf(rule, { table, aliases, placeholders }));
  const always: number[] = [];
  const rulesOf: number[][] = table.frequency.map(() => []);
  const witnessed = new Set<number>();
  for (const [at, witness] of witnessesOf(formulas, table).entries()) {
    if (witness === null) always.push(at);
    for (const predicate of witness?.predicates ?? []) {
      rulesOf[predicate]?.push(at);
      witnessed.add(table.slotOf[predicate] ?? -1);
    }
  }
  const isOnDemand = ({ id, field }: Slot): boolean => field !== '' && !witnessed.has(id);
  const isWitness = (predicate: number): boolean => (rulesOf[predicate] ?? []).length > 0;
  const demands = demandsOf(table, isOnDemand, isWitness);
  const writer = new BranchWriter(table, demands);
  const entries = Int32Array.from(formulas, (formula) => writer.write(formula));
  const keywordSlot = table.slots.find(({ field, tests }) => field === '' && tests.size > 0);
  const keywordTests = keywordSlot === undefined ? [] : [...keywordSlot.tests.values()];
  return {
    ruleCount: rules.length,
    predicateCount: table.frequency.length,
    entries,
    code: writer.code(),
    lazy: lazyData(table.lazy),
    demands: Int32Array.from(table.frequency, (_, predicate) => demands.get(predicate) ?? 0),
    always: Int32Array.from(always),
    rulesOf: listsOf(rulesOf),
    readers: table.slots.map((slot) => readerData(slot, isOnDemand(slot), demands, keywordTests)),
    keywords: keywordSlot === undefined ? null : keywordData(keywordSlot),
  };
}

/** A field with so few witnesses is better read on demand, if those rules have others. */
const fewWitnesses = 4;
/** How much rarer they have to be than those of other fields. */
const fewWitnessesPrice = 50;

/** For each formula. Most fields can do without any: their values need not be looked up for every event. */
function witnessesOf(formulas: readonly Formula[], table: PredicateTable): readonly (Witness | null)[] {
  const frequency: Price = (predicate) => table.frequency[predicate] ?? 1;
  const counts = table.slots.map(() => 0);
  for (const formula of formulas) {
    const { predicates = [] } = witnessOf(formula, table, frequency) ?? {};
    for (const slot of new Set(predicates.map((predicate) => table.slotOf[predicate] ?? -1))) {
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
  }
  const price: Price = (predicate) => {
    const isFew = (counts[table.slotOf[predicate] ?? -1] ?? 0) <= fewWitnesses;
    return frequency(predicate) * (isFew ? fewWitnessesPrice : 1);
  };
  return formulas.map((formula) => witnessOf(formula, table, price));
}

function readerData(
  slot: Slot,
  onDemand: boolean,
  demands: ReadonlyMap<number, number>,
  keywordTests: readonly SlotTest[],
): ReaderData {
  const { field, alias, presence } = slot;
  const indexed = field !== '' && (slot.tests.size > 0 || slot.lazyCount > 0);
  const own = onDemand ? [...slot.tests.values()] : eagerTests(slot, demands);
  // Keywords may stand in any field: where the index is asked each time, it looks for them too.
  const tests = onDemand ? own : [...own, ...keywordTests];
  return {
    field,
    alias,
    presence,
    index: indexed ? slotIndexData(tests) : null,
    onDemand: onDemand && indexed,
  };
}
