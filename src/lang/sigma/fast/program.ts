/** Many rules over one event: its values to predicates, predicates to candidates, candidates to matches. */
import type { LeafTest } from '../value.ts';
import { type Fields, flatten, type Leaf, resolve, viewOf } from '../view.ts';
import { yes } from './branches.ts';
import { Facts, factsWithoutText, nothingFound, plainFacts } from './facts.ts';
import { type KeyEntry, KeyTable, unknownKey } from './keys.ts';
import type { EventReader } from './lazy.ts';
import type { LazyPredicate, ProgramParts, Reader } from './parts.ts';
import type { SlotIndex } from './slot-index.ts';

const noLeaves: readonly Leaf[] = [];
const noRules: readonly number[] = [];
/** What a remembered outcome takes, roughly. */
const outcomeBytes = 32;

/** Marks hold the round, that is the event, in which they were set: nothing is cleared and nothing is made per event. */
export class Program implements EventReader {
  readonly #parts: ProgramParts;
  readonly #keys: KeyTable;
  #round = 0;
  #fields: Fields = {};
  readonly #found: Facts[] = [];
  #foundCount = 0;
  #hasCandidates = false;
  /** By slot. */
  readonly #present: Int32Array;
  /** By slot: what is known of the value or values; the value itself where no index asks. */
  readonly #values: unknown[];
  /** By slot: the value was put by as it is, its index has not been asked. */
  readonly #unread: Int32Array;
  /** By predicate. */
  readonly #holds: Int32Array;
  /** By lazy predicate. */
  readonly #asked: Int32Array;
  readonly #answers: Uint8Array;
  /** By rule. */
  readonly #isCandidate: Int32Array;
  readonly #candidates: Int32Array;
  #texts: readonly Leaf[] | null = null;

  constructor(parts: ProgramParts) {
    const { ruleCount, predicateCount, lazy, readers } = parts;
    this.#parts = parts;
    this.#keys = new KeyTable(readers);
    this.#present = new Int32Array(readers.length);
    this.#values = readers.map(() => null);
    this.#unread = new Int32Array(readers.length);
    this.#holds = new Int32Array(predicateCount);
    this.#asked = new Int32Array(lazy.length);
    this.#answers = new Uint8Array(lazy.length);
    this.#isCandidate = new Int32Array(ruleCount);
    this.#candidates = new Int32Array(ruleCount);
  }

  /** Positions, in the order of the rules, of those that match. */
  match(fields: Fields): readonly number[] {
    this.#begin(fields);
    const scansAll = this.#parts.keywords !== null;
    let node = this.#keys.start;
    for (const key in fields) {
      const value = fields[key];
      node = this.#keys.after(node, key);
      const { entry } = node;
      if (entry !== unknownKey) this.#enter(entry, value);
      else if (scansAll) this.#scan(value);
    }
    return this.#hasCandidates || this.#parts.always.length > 0 ? this.#confirm() : noRules;
  }

  #begin(fields: Fields): void {
    this.#round += 1;
    if (this.#round === 0x7fffffff) {
      const all = [this.#present, this.#unread, this.#holds, this.#asked, this.#isCandidate];
      for (const marks of all) marks.fill(0);
      this.#round = 1;
    }
    this.#fields = fields;
    this.#foundCount = 0;
    this.#hasCandidates = false;
    this.#texts = null;
  }

  #enter(entry: KeyEntry, value: unknown): void {
    const { only } = entry;
    if (only !== null) this.#read(only, value);
    else this.#readMany(entry, value);
    if (!entry.findsKeywords || (typeof value === 'object' && value !== null)) this.#scan(value);
  }

  #readMany(entry: KeyEntry, value: unknown): void {
    for (const reader of entry.direct) this.#read(reader, value);
    for (const reader of entry.unlessAlias) {
      if (!Object.hasOwn(this.#fields, reader.slot.alias ?? '')) this.#read(reader, value);
    }
    for (const reader of entry.nested) this.#readNested(reader);
  }

  #read(reader: Reader, value: unknown): void {
    const { id, index, presence, onDemand } = reader;
    this.#present[id] = this.#round;
    if (presence !== null) this.#take(presence);
    if (index === null) this.#values[id] = value;
    else if (onDemand) {
      this.#values[id] = value;
      this.#unread[id] = this.#round;
    } else if (Array.isArray(value)) this.#readAll(reader, flatten(value));
    else {
      const facts = factsOf(value, index);
      this.#values[id] = facts;
      this.#take(facts);
    }
  }

  /** Looks up what was left until somebody asks, and marks what holds. */
  #readNow(slot: number): void {
    if (this.#unread[slot] !== this.#round) return;
    this.#unread[slot] = 0;
    const index = this.#parts.readers[slot]?.index ?? null;
    const value = this.#values[slot];
    const leaves = (Array.isArray(value) ? flatten(value) : [value]).map((one) => factsOf(one, index));
    this.#values[slot] = leaves;
    for (const { predicates } of leaves) {
      for (const predicate of predicates) this.#holds[predicate] = this.#round;
    }
  }

  #readAll({ id, index }: Reader, values: readonly unknown[]): void {
    const leaves = values.map((value) => factsOf(value, index));
    for (const facts of leaves) this.#take(facts);
    this.#values[id] = index === null ? values : leaves;
  }

  #readNested(reader: Reader): void {
    const { id, slot, presence } = reader;
    if (this.#present[id] === this.#round) return;
    const found =
      (slot.alias === null ? null : resolve(this.#fields, slot.alias)) ?? resolve(this.#fields, slot.field);
    if (found === null) return;
    this.#present[id] = this.#round;
    if (presence !== null) this.#take(presence);
    this.#readAll(reader, flatten(found));
  }

  #take(facts: Facts): void {
    // Not by its length: most facts need then not be looked at any further.
    if (facts.predicates === nothingFound) return;
    this.#found[this.#foundCount] = facts;
    this.#foundCount += 1;
    if (facts.rules !== nothingFound) this.#hasCandidates = true;
  }

  /** Keywords, in a value that no index has looked at. */
  #scan(value: unknown): void {
    const { keywords, context } = this.#parts;
    if (keywords === null) return;
    const { found } = context;
    found.begin();
    if (typeof value !== 'object' || value === null) keywords.find(value, found);
    else keywords.findWithin(value, found);
    const predicates = found.predicates();
    if (predicates === nothingFound) return;
    this.#take(new Facts(value, false, '', '', predicates, context.rulesOf(predicates)));
  }

  #confirm(): readonly number[] {
    const { entries, always } = this.#parts;
    const count = this.#collect();
    let matched: number[] | null = null;
    for (let i = 0; i < count; i += 1) {
      const rule = this.#candidates[i] as number;
      if (this.#run(entries[rule] as number)) (matched ??= []).push(rule);
    }
    for (let i = 0; i < always.length; i += 1) {
      const rule = always[i] as number;
      if (this.#run(entries[rule] as number)) (matched ??= []).push(rule);
    }
    return matched?.sort((a, b) => a - b) ?? noRules;
  }

  /** Marks what holds; returns how many candidates there are. */
  #collect(): number {
    const round = this.#round;
    let count = 0;
    for (let i = 0; i < this.#foundCount; i += 1) {
      const { predicates, rules } = this.#found[i] as Facts;
      for (let at = 0; at < predicates.length; at += 1) this.#holds[predicates[at] as number] = round;
      for (let at = 0; at < rules.length; at += 1) {
        const rule = rules[at] as number;
        if (this.#isCandidate[rule] === round) continue;
        this.#isCandidate[rule] = round;
        this.#candidates[count] = rule;
        count += 1;
      }
    }
    return count;
  }

  #run(entry: number): boolean {
    const { code } = this.#parts;
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
    const lazy = this.#parts.lazy[at] as LazyPredicate;
    if (lazy.kind !== 'event') this.#readNow(lazy.slot.id);
    if (lazy.kind === 'demand') return this.#holds[lazy.predicate] === this.#round;
    if (lazy.kind === 'leaf' && lazy.gate !== -1 && !this.#holdsNow(lazy.gate)) return false;
    if (this.#asked[at] === this.#round) return this.#answers[at] === 1;
    const is = lazy.kind === 'event' ? lazy.holds(this) : this.#onSomeLeaf(lazy);
    this.#asked[at] = this.#round;
    this.#answers[at] = is ? 1 : 0;
    return is;
  }

  #holdsNow(predicate: number): boolean {
    const demand = this.#parts.demands[predicate] as number;
    return demand === 0 ? this.#holds[predicate] === this.#round : this.#lazily(~demand);
  }

  #onSomeLeaf({ slot, local, test }: LazyPredicate & { kind: 'leaf' }): boolean {
    if (slot.field === '') {
      this.#texts ??= viewOf(this.#fields).texts();
      return this.#texts.some(test);
    }
    for (const leaf of this.leaves(slot.id)) {
      if (!(leaf instanceof Facts)) throw new Error('a slot with lazy predicates has an index');
      if (leaf.lazy?.get(local) ?? this.#tryOn(leaf, local, test)) return true;
    }
    return false;
  }

  #tryOn(leaf: Facts, local: number, test: LeafTest): boolean {
    const is = test(leaf);
    if (!leaf.isRemembered) return is;
    leaf.lazy ??= new Map();
    leaf.lazy.set(local, is);
    this.#parts.context.budget.spend(outcomeBytes);
    return is;
  }

  leaves(slot: number): readonly Leaf[] {
    if (this.#present[slot] !== this.#round) return noLeaves;
    this.#readNow(slot);
    const value = this.#values[slot];
    if (value instanceof Facts) return [value];
    const index = this.#parts.readers[slot]?.index ?? null;
    // The leaves themselves where there is an index; else the value or, from a nested path, the values.
    return index === null ? flatten([value]).map((one) => factsOf(one, null)) : (value as readonly Facts[]);
  }
}

function factsOf(value: unknown, index: SlotIndex | null): Facts {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return factsWithoutText(value);
  }
  return index === null ? plainFacts(value) : index.facts(value);
}
