/** Rules to what a program runs on: predicates, witnesses, branches, and an index for each field. */
import type { Placeholders } from '../expand.ts';
import type { SigmaRule } from '../rule.ts';
import type { Aliases } from '../view.ts';
import { BranchWriter } from './branches.ts';
import type { CodeReader } from './codes.ts';
import { Facts, nothingFound } from './facts.ts';
import { formulaOf } from './formula.ts';
import { Found } from './found.ts';
import { KeywordIndex } from './keywords.ts';
import { type LazyPredicate, PredicateTable, type Slot } from './predicates.ts';
import { type IndexContext, SlotIndex } from './slot-index.ts';
import type { CacheBudget } from './value-cache.ts';
import { witnessOf } from './witness.ts';

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
  for (const [at, formula] of formulas.entries()) {
    const witness = witnessOf(formula, table);
    if (witness === null) always.push(at);
    for (const predicate of witness?.predicates ?? []) rulesOf[predicate]?.push(at);
  }
  const writer = new BranchWriter(table);
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
    always: Int32Array.from(always),
    readers: table.slots.map((slot) => fieldReader(slot, context)),
    keywords,
    context,
  };
}

function rulesFinder(
  rulesOf: readonly (readonly number[])[],
  ruleCount: number,
): (predicates: readonly number[]) => readonly number[] {
  const seen = new Int32Array(ruleCount);
  let round = 0;
  return (predicates) => {
    round = (round + 1) | 0;
    const rules: number[] = [];
    for (const predicate of predicates) {
      for (const rule of rulesOf[predicate] ?? []) {
        if (seen[rule] === round) continue;
        seen[rule] = round;
        rules.push(rule);
      }
    }
    return rules.length === 0 ? nothingFound : rules;
  };
}

function fieldReader(slot: Slot, context: IndexContext): Reader {
  const indexed = slot.field !== '' && (slot.tests.size > 0 || slot.lazyCount > 0);
  const predicates = [slot.presence];
  return {
    id: slot.id,
    slot,
    index: indexed ? new SlotIndex(slot, context) : null,
    presence:
      slot.presence === -1 ? null : new Facts(null, false, '', '', predicates, context.rulesOf(predicates)),
  };
}
