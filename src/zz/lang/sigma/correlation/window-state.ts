/** The state of a correlation: observations by group, judged as they come or when their window is over. */
import type { ByteReader, ByteWriter } from './bytes.ts';
import { type Entry, EntryLists } from './entries.ts';
import { type Judge, judgeOf } from './judge.ts';
import type { CorrelationSpec } from './read.ts';
import { RecencyMap } from './recency.ts';
import type { Observation, RuleState, StateLimits, StateMatch, StateStats } from './state.ts';

/** Groups are kept at least this long after their last event came, so that an archive may come in pieces. */
const leastIdleMs = 10 * 60_000;
const numeric = new Set<CorrelationSpec['type']>(['value_sum', 'value_avg']);
/** Sums of fractions are not exact; what may be enough is judged. */
const nearly = 1 - 1e-9;

const noValue: readonly string[] = [''];

type Carry = Observation['carry'];

export class WindowState implements RuleState {
  readonly #spec: CorrelationSpec;
  readonly #limits: StateLimits;
  readonly #judge: Judge;
  readonly #groups = new RecencyMap();
  readonly #lists: EntryLists;
  /** By slot: distinct weights with their number, or the sum of the positive ones. */
  readonly #weights: (Map<string | number, number> | undefined)[] = [];
  readonly #sums: number[] = [];
  readonly #carry = new Map<number, Carry>();
  readonly #bounded: boolean;
  #evicted = 0;
  #late = 0;

  constructor(spec: CorrelationSpec, rules: number, limits: StateLimits) {
    this.#spec = spec;
    this.#limits = limits;
    this.#judge = judgeOf(spec, rules);
    this.#lists = new EntryLists(spec.fields.length > 0);
    // The condition itself bounds the list: at the number it asks for, it matches.
    this.#bounded = this.#judge.measure === 'count' && this.#judge.mode === 'early';
  }

  add(observation: Observation, receivedAt: number): readonly StateMatch[] {
    const values = this.#spec.fields.length === 0 ? noValue : this.#readable(observation.values);
    const { time, seq, idx, input } = observation;
    const matches: StateMatch[] = [];
    for (const group of observation.groups) {
      for (const value of values) {
        this.#addEntry(group, { time, seq, idx, input, value }, observation.carry, receivedAt, matches);
      }
    }
    return matches;
  }

  #readable(values: readonly string[]): readonly string[] {
    if (!numeric.has(this.#spec.type)) return values;
    return values.filter((value) => value.trim() !== '' && Number.isFinite(Number(value)));
  }

  #addEntry(group: string, entry: Entry, carry: Carry, receivedAt: number, matches: StateMatch[]): void {
    const slot = this.#slotOf(group, receivedAt);
    const { timespanMs } = this.#spec;
    const span = timespanMs + this.#limits.latenessMs;
    if (this.#lists.count(slot) > 0) {
      if (this.#judge.mode === 'complete') this.#closeUntil(slot, entry.time - span, matches);
      else this.#dropBefore(slot, entry.time - span);
    }
    if (this.#isLate(slot, entry.time, span)) {
      this.#late += 1;
      return;
    }
    this.#insert(slot, entry);
    if (carry !== null) this.#carry.set(slot, carry);
    if (this.#judge.mode === 'early') this.#judgeNow(slot, matches);
    this.#release(slot);
    this.#keepLimits();
  }

  #isLate(slot: number, time: number, span: number): boolean {
    if (this.#lists.count(slot) === 0) return false;
    if (this.#judge.mode === 'complete') return time < this.#lists.firstTime(slot) - this.#limits.latenessMs;
    return time < this.#lists.lastTime(slot) - span;
  }

  #slotOf(group: string, receivedAt: number): number {
    const known = this.#groups.find(group);
    if (known !== undefined) {
      this.#groups.touch(known, receivedAt);
      return known;
    }
    const slot = this.#groups.add(group, receivedAt);
    this.#lists.open(slot, this.#groups.room);
    return slot;
  }

  #insert(slot: number, entry: Entry): void {
    this.#lists.insert(slot, entry);
    this.#weigh(slot, entry, 1);
    if (!this.#bounded && this.#lists.count(slot) > this.#limits.maxGroupEntries) {
      this.#shift(slot);
      this.#evicted += 1;
    }
  }

  #shift(slot: number): void {
    if (this.#judge.measure !== 'count') this.#weigh(slot, this.#lists.firstEntry(slot), -1);
    this.#lists.shift(slot);
  }

  #weigh(slot: number, entry: Entry, by: 1 | -1): void {
    const { measure } = this.#judge;
    if (measure === 'count') return;
    const weight = this.#judge.weigh(entry);
    if (measure === 'sum') {
      this.#sums[slot] = (this.#sums[slot] ?? 0) + by * Math.max(0, Number(weight));
      return;
    }
    const weights = this.#weights[slot] ?? new Map<string | number, number>();
    this.#weights[slot] = weights;
    const count = (weights.get(weight ?? '') ?? 0) + by;
    if (count === 0) weights.delete(weight ?? '');
    else weights.set(weight ?? '', count);
  }

  #hasEnough(slot: number): boolean {
    const { measure, enough } = this.#judge;
    if (measure === 'count') return this.#lists.count(slot) >= enough;
    if (measure === 'distinct') return (this.#weights[slot]?.size ?? 0) >= enough;
    const sum = this.#sums[slot] ?? 0;
    return sum >= (enough > 0 ? enough * nearly : enough);
  }

  /** After a match the group begins anew: an event counts towards one match. */
  #judgeNow(slot: number, matches: StateMatch[]): void {
    if (!this.#hasEnough(slot)) return;
    const verdict = this.#judge.find(this.#lists.list(slot));
    const last = verdict?.entries.at(-1);
    if (verdict === null || last === undefined) return;
    matches.push(this.#matchOf(slot, verdict.value, verdict.entries));
    while (this.#lists.count(slot) > 0 && this.#lists.firstTime(slot) <= last.time) this.#shift(slot);
  }

  #matchOf(slot: number, value: number, entries: readonly Entry[]): StateMatch {
    return { group: this.#groups.keyOf(slot), value, entries, carry: this.#carry.get(slot) ?? null };
  }

  #dropBefore(slot: number, time: number): void {
    while (this.#lists.count(slot) > 0 && this.#lists.firstTime(slot) < time) this.#shift(slot);
  }

  /** Judges the windows that began before `time`; each begins with its first event and lasts the time span. */
  #closeUntil(slot: number, time: number, matches: StateMatch[]): void {
    while (this.#lists.count(slot) > 0 && this.#lists.firstTime(slot) < time) {
      const end = this.#lists.firstTime(slot) + this.#spec.timespanMs;
      const window = this.#lists.list(slot).filter((entry) => entry.time <= end);
      const verdict = this.#judge.find(window);
      if (verdict !== null) matches.push(this.#matchOf(slot, verdict.value, verdict.entries));
      for (let left = window.length; left > 0; left -= 1) this.#shift(slot);
    }
  }

  /** A group without observations is forgotten. */
  #release(slot: number): void {
    if (this.#lists.count(slot) > 0) return;
    this.#forget(slot);
  }

  #forget(slot: number): void {
    this.#lists.clear(slot);
    this.#weights[slot] = undefined;
    this.#sums[slot] = 0;
    this.#carry.delete(slot);
    this.#groups.remove(slot);
  }

  #keepLimits(): void {
    while (this.#lists.size > this.#limits.maxEntries) {
      const oldest = this.#groups.oldest();
      this.#evicted += this.#lists.count(oldest);
      this.#forget(oldest);
    }
  }

  advance(receivedAt: number, found: (match: StateMatch) => void): boolean {
    const idleMs = Math.max(leastIdleMs, this.#spec.timespanMs + this.#limits.latenessMs);
    let changed = false;
    for (let slot = this.#groups.oldest(); slot !== -1; slot = this.#groups.oldest()) {
      if (this.#groups.touchedAt(slot) + idleMs >= receivedAt) break;
      const matches: StateMatch[] = [];
      if (this.#judge.mode === 'complete') this.#closeUntil(slot, Number.POSITIVE_INFINITY, matches);
      this.#forget(slot);
      for (const match of matches) found(match);
      changed = true;
    }
    return changed;
  }

  stats(): StateStats {
    return { groups: this.#groups.size, entries: this.#lists.size, evicted: this.#evicted, late: this.#late };
  }

  write(writer: ByteWriter): void {
    writer.number(this.#evicted);
    writer.number(this.#late);
    writer.number(this.#groups.size);
    for (const slot of this.#groups.slots()) {
      writer.text(this.#groups.keyOf(slot));
      writer.number(this.#groups.touchedAt(slot));
      const carry = this.#carry.get(slot);
      writer.text(carry === undefined ? '' : JSON.stringify(carry));
      const entries = this.#lists.list(slot);
      writer.number(entries.length);
      for (const entry of entries) {
        writer.number(entry.time);
        writer.number(entry.seq);
        writer.number(entry.idx);
        writer.number(entry.input);
        if (this.#spec.fields.length > 0) writer.text(entry.value);
      }
    }
  }

  read(reader: ByteReader): void {
    this.#evicted = reader.number();
    this.#late = reader.number();
    for (let groups = reader.number(); groups > 0; groups -= 1) {
      const slot = this.#slotOf(reader.text(), reader.number());
      const carry = reader.text();
      if (carry !== '') this.#carry.set(slot, JSON.parse(carry) as Carry);
      for (let entries = reader.number(); entries > 0; entries -= 1) {
        const [time, seq, idx, input] = [reader.number(), reader.number(), reader.number(), reader.number()];
        this.#insert(slot, {
          time,
          seq,
          idx,
          input,
          value: this.#spec.fields.length > 0 ? reader.text() : '',
        });
      }
    }
  }
}
