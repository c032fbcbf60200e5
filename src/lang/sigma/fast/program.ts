/** The rules for one kind of event, as one program: values to predicates, predicates to candidates, candidates to matches. */
import type { Placeholders } from '../expand.ts';
import type { SigmaRule } from '../rule.ts';
import { type Aliases, type Fields, flatten, type Leaf, resolve, viewOf } from '../view.ts';
import { BranchWriter, yes } from './branches.ts';
import { Facts, factsWithoutText, nothingFound, plainFacts } from './facts.ts';
import { formulaOf } from './formula.ts';
import { Found } from './found.ts';
import { getOrAdd } from './get-or-add.ts';
import { KeywordIndex } from './keywords.ts';
import { type EventReader, type LazyPredicate, PredicateTable, type Slot } from './predicates.ts';
import { type IndexContext, SlotIndex } from './slot-index.ts';
import type { CacheBudget } from './value-cache.ts';
import { witnessOf } from './witness.ts';

/** A rule and the names by which the events of this program hold its fields. */
export interface ProgramRule {
  readonly rule: SigmaRule;
  readonly aliases: Aliases;
}

/** A slot with what a program keeps of it. */
interface Reader {
  readonly slot: Slot;
  /** Null when no index asks for its values. */
  readonly index: SlotIndex | null;
  readonly presence: Facts | null;
}

/** What a key of an event leads to. */
interface KeyEntry {
  /** Slots that the key answers alone. */
  readonly direct: Reader[];
  /** Slots that it answers when the event lacks the alias. */
  readonly unlessAlias: Reader[];
  /** Slots with a dotted name of which the key is the beginning. */
  readonly nested: Reader[];
}

const noLeaves: readonly Leaf[] = [];

export class Program implements EventReader {
  readonly #entries: Int32Array;
  readonly #code: Int32Array;
  readonly #lazy: readonly LazyPredicate[];
  readonly #always: Int32Array;
  readonly #keys = new Map<string, KeyEntry>();
  readonly #keywords: KeywordIndex | null;
  readonly #context: IndexContext;
  readonly #readers: readonly Reader[];

  // The event that is being matched. Marks hold the round in which they were set, so that nothing is cleared.
  #round = 0;
  #fields: Fields = {};
  #foundCount = 0;
  readonly #found: Facts[] = [];
  readonly #present: Int32Array;
  readonly #values: unknown[];
  readonly #leaves: (readonly Leaf[] | null)[];
  readonly #holds: Int32Array;
  readonly #asked: Int32Array;
  readonly #answer: Uint8Array;
  readonly #isCandidate: Int32Array;
  readonly #candidates: Int32Array;
  #texts: readonly Leaf[] | null = null;

  constructor(rules: readonly ProgramRule[], placeholders: Placeholders, budget: CacheBudget) {
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
    this.#entries = Int32Array.from(formulas, (formula) => writer.write(formula));
    this.#code = writer.code();
    this.#always = Int32Array.from(always);
    this.#lazy = table.lazy;
    const keywordSlot = table.slots.find(({ field }) => field === '');
    this.#keywords = keywordSlot === undefined || keywordSlot.tests.size === 0 ? null : new KeywordIndex(keywordSlot);
    this.#context = indexContext(rulesOf, rules.length, budget, this.#keywords);
    this.#readers = table.slots.map((slot) => reader(slot, this.#context));
    for (const one of this.#readers) if (one.slot.field !== '') this.#register(one);
    const slots = table.slots.length;
    this.#present = new Int32Array(slots);
    this.#values = new Array<unknown>(slots).fill(null);
    this.#leaves = new Array<readonly Leaf[] | null>(slots).fill(null);
    this.#holds = new Int32Array(table.frequency.length);
    this.#asked = new Int32Array(table.lazy.length);
    this.#answer = new Uint8Array(table.lazy.length);
    this.#isCandidate = new Int32Array(rules.length);
    this.#candidates = new Int32Array(rules.length);
  }

  #register(one: Reader): void {
    const { field, alias } = one.slot;
    const entry = (key: string): KeyEntry =>
      getOrAdd(this.#keys, key, () => ({ direct: [], unlessAlias: [], nested: [] }));
    if (field.includes('.') || alias?.includes('.') === true) {
      for (const name of alias === null ? [field] : [field, alias]) {
        for (const start of beginnings(name)) entry(start).nested.push(one);
      }
    } else if (alias === null) entry(field).direct.push(one);
    else {
      entry(alias).direct.push(one);
      entry(field).unlessAlias.push(one);
    }
  }

  /** Positions, in the order of the rules, of those that match. */
  match(fields: Fields): readonly number[] {
    this.#begin(fields);
    let candidates = false;
    for (const key in fields) {
      const entry = this.#keys.get(key);
      const value = fields[key];
      if (entry === undefined) this.#scan(value);
      else this.#enter(entry, value);
    }
    for (let i = 0; i < this.#foundCount; i += 1) {
      if ((this.#found[i] as Facts).rules.length > 0) candidates = true;
    }
    return candidates || this.#always.length > 0 ? this.#confirm() : none;
  }

  #begin(fields: Fields): void {
    this.#round += 1;
    if (this.#round === 0x7fffffff) this.#clearMarks();
    this.#fields = fields;
    this.#foundCount = 0;
    this.#texts = null;
  }

  #clearMarks(): void {
    for (const marks of [this.#present, this.#holds, this.#asked, this.#isCandidate]) marks.fill(0);
    this.#round = 1;
  }

  #enter(entry: KeyEntry, value: unknown): void {
    for (const one of entry.direct) this.#read(one, value);
    for (const one of entry.unlessAlias) {
      if (!Object.hasOwn(this.#fields, one.slot.alias ?? '')) this.#read(one, value);
    }
    for (const one of entry.nested) this.#readNested(one);
    // Keywords in the value were looked for with everything else, unless it is not a plain one.
    const scanned = entry.direct.length > 0 && entry.direct[0]?.index !== null;
    if (!scanned || (typeof value === 'object' && value !== null)) this.#scan(value);
  }

  #read(one: Reader, value: unknown): void {
    const { slot, index, presence } = one;
    this.#present[slot.id] = this.#round;
    this.#values[slot.id] = value;
    this.#leaves[slot.id] = null;
    if (presence !== null) this.#take(presence);
    if (index === null) return;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      this.#take(index.facts(value));
    } else if (Array.isArray(value)) this.#readAll(one, flatten(value));
  }

  #readAll({ slot, index }: Reader, values: readonly unknown[]): void {
    const leaves = values.map((value) => factsOf(value, index));
    for (const facts of leaves) this.#take(facts);
    this.#leaves[slot.id] = leaves;
  }

  #readNested(one: Reader): void {
    const { slot, presence } = one;
    if (this.#present[slot.id] === this.#round) return;
    const found =
      (slot.alias === null ? null : resolve(this.#fields, slot.alias)) ?? resolve(this.#fields, slot.field);
    if (found === null) return;
    this.#present[slot.id] = this.#round;
    if (presence !== null) this.#take(presence);
    this.#readAll(one, flatten(found));
  }

  #take(facts: Facts): void {
    if (facts.predicates.length === 0) return;
    this.#found[this.#foundCount] = facts;
    this.#foundCount += 1;
  }

  /** Keywords, in a value that no index has looked at. */
  #scan(value: unknown): void {
    const keywords = this.#keywords;
    if (keywords === null) return;
    const { found } = this.#context;
    found.begin();
    if (typeof value !== 'object' || value === null) keywords.find(value, found);
    else for (const leaf of viewOf({ value }).texts()) keywords.find(leaf.value, found);
    if (found.size === 0) return;
    const predicates = found.predicates();
    this.#take(new Facts(value, false, '', '', predicates, this.#context.rulesOf(predicates)));
  }

  #confirm(): readonly number[] {
    const round = this.#round;
    const candidates = this.#candidates;
    let count = 0;
    for (let i = 0; i < this.#foundCount; i += 1) {
      const { predicates, rules } = this.#found[i] as Facts;
      for (let p = 0; p < predicates.length; p += 1) this.#holds[predicates[p] as number] = round;
      for (let r = 0; r < rules.length; r += 1) {
        const rule = rules[r] as number;
        if (this.#isCandidate[rule] === round) continue;
        this.#isCandidate[rule] = round;
        candidates[count] = rule;
        count += 1;
      }
    }
    let matched: number[] | null = null;
    for (let i = 0; i < count; i += 1) {
      const rule = candidates[i] as number;
      if (this.#run(this.#entries[rule] as number)) (matched ??= []).push(rule);
    }
    for (const rule of this.#always) if (this.#run(this.#entries[rule] as number)) (matched ??= []).push(rule);
    if (matched === null) return none;
    return matched.length === 1 ? matched : matched.sort((a, b) => a - b);
  }

  #run(entry: number): boolean {
    const code = this.#code;
    const holds = this.#holds;
    const round = this.#round;
    let at = entry;
    while (at >= 0) {
      const predicate = code[at] as number;
      const is = predicate >= 0 ? holds[predicate] === round : this.#lazily(~predicate);
      at = code[is ? at + 1 : at + 2] as number;
    }
    return at === yes;
  }

  #lazily(at: number): boolean {
    const lazy = this.#lazy[at] as LazyPredicate;
    if (lazy.kind === 'leaf' && lazy.gate !== -1 && this.#holds[lazy.gate] !== this.#round) return false;
    if (this.#asked[at] === this.#round) return this.#answer[at] === 1;
    const is = lazy.kind === 'event' ? lazy.holds(this) : this.#onSomeLeaf(lazy);
    this.#asked[at] = this.#round;
    this.#answer[at] = is ? 1 : 0;
    return is;
  }

  #onSomeLeaf({ slot, local, test }: LazyPredicate & { kind: 'leaf' }): boolean {
    if (slot.field === '') return this.#allTexts().some(test);
    for (const leaf of this.leaves(slot.id)) {
      const outcomes = leaf instanceof Facts && leaf.hasText ? (leaf.lazy ??= new Uint8Array(slot.lazyCount)) : null;
      const known = outcomes?.[local] ?? 0;
      if (known === 1) return true;
      if (known === 2) continue;
      const is = test(leaf);
      if (outcomes !== null) outcomes[local] = is ? 1 : 2;
      if (is) return true;
    }
    return false;
  }

  #allTexts(): readonly Leaf[] {
    this.#texts ??= viewOf(this.#fields).texts();
    return this.#texts;
  }

  has(slot: number): boolean {
    return this.#present[slot] === this.#round;
  }

  leaves(slot: number): readonly Leaf[] {
    if (!this.has(slot)) return noLeaves;
    const known = this.#leaves[slot];
    if (known !== undefined && known !== null) return known;
    const index = this.#readers[slot]?.index ?? null;
    const leaves = flatten([this.#values[slot]]).map((value) => factsOf(value, index));
    this.#leaves[slot] = leaves;
    return leaves;
  }
}

const none: readonly number[] = [];

function indexContext(
  rulesOf: readonly (readonly number[])[],
  ruleCount: number,
  budget: CacheBudget,
  keywords: KeywordIndex | null,
): IndexContext {
  const seen = new Int32Array(ruleCount);
  let round = 0;
  return {
    found: new Found(rulesOf.length),
    budget,
    keywords,
    rulesOf(predicates) {
      round += 1;
      const rules: number[] = [];
      for (const predicate of predicates) {
        for (const rule of rulesOf[predicate] ?? []) {
          if (seen[rule] === round) continue;
          seen[rule] = round;
          rules.push(rule);
        }
      }
      return rules.length === 0 ? nothingFound : Int32Array.from(rules);
    },
  };
}

function reader(slot: Slot, context: IndexContext): Reader {
  const indexed = slot.field !== '' && (slot.tests.size > 0 || slot.lazyCount > 0);
  const predicates = Int32Array.of(slot.presence);
  return {
    slot,
    index: indexed ? new SlotIndex(slot, context) : null,
    presence:
      slot.presence === -1
        ? null
        : new Facts(null, false, '', '', predicates, context.rulesOf(predicates)),
  };
}

function factsOf(value: unknown, index: SlotIndex | null): Facts {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return factsWithoutText(value);
  }
  return index === null ? plainFacts(value) : index.facts(value);
}

/** `a`, `a.b` and `a.b.c` for `a.b.c`: the keys of an event under which a value of that name may be. */
function beginnings(name: string): readonly string[] {
  const found = [name];
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) found.push(name.slice(0, dot));
  return found;
}
