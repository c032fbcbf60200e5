/** Rules to what a program runs on: predicates, witnesses, branches, and an index for each field. */
import type { Placeholders } from '../expand.ts';
import type { SigmaRule } from '../rule.ts';
import type { Aliases } from '../view.ts';
import { BranchWriter } from './branches.ts';
import type { CodeReader } from './codes.ts';
import { demandsOf, eagerTests } from './demands.ts';
import { Facts, nothingFound } from './facts.ts';
import { type Formula, formulaOf } from './formula.ts';
import { Found } from './found.ts';
import { KeywordIndex } from './keywords.ts';
import { type LazyPredicate, PredicateTable, type Slot } from './predicates.ts';
import { type IndexContext, SlotIndex } from './slot-index.ts';
import type { CacheBudget } from './value-cache.ts';
import { type Price, type Witness, witnessOf } from './witness.ts';

/** A rule and the names by which the events of this program hold its fields. */
export interface ProgramRule {
  readonly rule: SigmaRule;
  readonly aliases: Aliases;
}

/** A field as a program reads it. */
export interface Reader {
  readonly id: number;
  readonly slot: Slot;
  /** Null when no rule asks for its values one by one. */
  readonly index: SlotIndex | null;
  /** No rule has its witness here: values are looked up when a candidate asks for them. */
  readonly onDemand: boolean;
  /** That the event has the field, when a rule asks for that. */
  readonly presence: Facts | null;
}

/** What the programs of a rule set have in common: one event at a time is matched. */
export interface SharedParts {
  readonly budget: CacheBudget;
  readonly reader: CodeReader;
}

export interface ProgramParts {
  readonly ruleCount: number;
  readonly predicateCount: number;
  /** Rule → where its branches begin. */
  readonly entries: Int32Array;
  readonly code: Int32Array;
  readonly lazy: readonly LazyPredicate[];
  /** Indexed predicate → `~` the lazy one that is asked in its place, or 0. */
  readonly demands: Int32Array;
  /** Rules without a witness. */
  readonly always: Int32Array;
  /** By the id of their slot. */
  readonly readers: readonly Reader[];
  readonly keywords: KeywordIndex | null;
  readonly context: IndexContext;
}

/** Throws a RuleFault where compiling a rule does. */
export function buildProgram(
  rules: readonly ProgramRule[],
  placeholders: Placeholders,
  { budget, reader }: SharedParts,
): ProgramParts {
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
  const keywords = keywordSlot === undefined ? null : new KeywordIndex(keywordSlot, reader);
  const context: IndexContext = {
    found: new Found(table.frequency.length),
    reader,
    budget,
    keywordTests: keywordSlot === undefined ? [] : [...keywordSlot.tests.values()],
    rulesOf: rulesFinder(rulesOf, rules.length),
  };
  return {
    ruleCount: rules.length,
    predicateCount: table.frequency.length,
    entries,
    code: writer.code(),
    lazy: table.lazy,
    demands: Int32Array.from(table.frequency, (_, predicate) => demands.get(predicate) ?? 0),
    always: Int32Array.from(always),
    readers: table.slots.map((slot) => fieldReader(slot, isOnDemand(slot), demands, context)),
    keywords,
    context,
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

function rulesFinder(
  rulesOf: readonly (readonly number[])[],
  ruleCount: number,
): (predicates: readonly number[]) => readonly number[] {
  // Those of a predicate stand from `starts` of it to that of the next.
  const starts = new Int32Array(rulesOf.length + 1);
  for (const [at, list] of rulesOf.entries()) starts[at + 1] = (starts[at] as number) + list.length;
  const all = Int32Array.from(rulesOf.flat());
  const seen = new Int32Array(ruleCount);
  let round = 0;
  return (predicates) => {
    round = (round + 1) | 0;
    let rules: number[] | null = null;
    for (const predicate of predicates) {
      const end = starts[predicate + 1] as number;
      for (let at = starts[predicate] as number; at < end; at += 1) {
        const rule = all[at] as number;
        if (seen[rule] === round) continue;
        seen[rule] = round;
        (rules ??= []).push(rule);
      }
    }
    return rules ?? nothingFound;
  };
}

function fieldReader(
  slot: Slot,
  onDemand: boolean,
  demands: ReadonlyMap<number, number>,
  context: IndexContext,
): Reader {
  const indexed = slot.field !== '' && (slot.tests.size > 0 || slot.lazyCount > 0);
  const own = onDemand ? [...slot.tests.values()] : eagerTests(slot, demands);
  // Keywords may stand in any field: where the index is asked each time, it looks for them too.
  const tests = onDemand ? own : [...own, ...context.keywordTests];
  const predicates = [slot.presence];
  return {
    id: slot.id,
    slot,
    index: indexed ? new SlotIndex(tests, context) : null,
    onDemand: onDemand && indexed,
    presence:
      slot.presence === -1 ? null : new Facts(null, false, '', '', predicates, context.rulesOf(predicates)),
  };
}
