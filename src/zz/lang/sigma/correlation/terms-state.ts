/** The state of a new terms rule: when each term of each entity was last seen. */
import type { ByteReader, ByteWriter } from './bytes.ts';
import { grown } from './columns.ts';
import type { NewTermsSpec } from './new-terms.ts';
import { RecencyMap } from './recency.ts';
import type { Observation, RuleState, StateLimits, StateMatch, StateStats } from './state.ts';

export class TermsState implements RuleState {
  readonly #spec: NewTermsSpec;
  readonly #limits: StateLimits;
  /** Group and term → the slot of the time at which it was last seen. */
  readonly #terms = new RecencyMap();
  #seen = new Float64Array(0);
  /** Event time of the first observation: learning begins with it. */
  #since = Number.NaN;
  #evicted = 0;

  constructor(spec: NewTermsSpec, limits: StateLimits) {
    this.#spec = spec;
    this.#limits = limits;
  }

  add(observation: Observation, receivedAt: number): readonly StateMatch[] {
    if (Number.isNaN(this.#since)) this.#since = observation.time;
    const learned = observation.time >= this.#since + this.#spec.learningMs;
    const matches: StateMatch[] = [];
    for (const group of observation.groups) {
      for (const value of observation.values) {
        if (this.#see(`${group}\n${value}`, observation.time, receivedAt) && learned) {
          const { time, seq, idx, input, carry } = observation;
          matches.push({ group, value: 1, entries: [{ time, seq, idx, input, value }], carry });
        }
      }
    }
    return matches;
  }

  /** True when the term is new. */
  #see(term: string, time: number, receivedAt: number): boolean {
    const known = this.#terms.find(term);
    if (known !== undefined) {
      const last = this.#seen[known] ?? 0;
      this.#seen[known] = Math.max(last, time);
      this.#terms.touch(known, receivedAt);
      return time - last > this.#spec.windowMs;
    }
    const slot = this.#terms.add(term, receivedAt);
    this.#seen = grown(this.#seen, this.#terms.room);
    this.#seen[slot] = time;
    if (this.#terms.size > this.#limits.maxEntries) {
      this.#terms.remove(this.#terms.oldest());
      this.#evicted += 1;
    }
    return true;
  }

  /** A term that was not seen for a whole window is new when it comes again: it need not be kept. */
  advance(receivedAt: number): boolean {
    let changed = false;
    for (let slot = this.#terms.oldest(); slot !== -1; slot = this.#terms.oldest()) {
      if (this.#terms.touchedAt(slot) + this.#spec.windowMs >= receivedAt) break;
      this.#terms.remove(slot);
      changed = true;
    }
    return changed;
  }

  stats(): StateStats {
    return { groups: this.#terms.size, entries: this.#terms.size, evicted: this.#evicted, late: 0 };
  }

  write(writer: ByteWriter): void {
    writer.number(this.#since);
    writer.number(this.#evicted);
    writer.number(this.#terms.size);
    for (const slot of this.#terms.slots()) {
      writer.text(this.#terms.keyOf(slot));
      writer.number(this.#terms.touchedAt(slot));
      writer.number(this.#seen[slot] ?? 0);
    }
  }

  read(reader: ByteReader): void {
    this.#since = reader.number();
    this.#evicted = reader.number();
    for (let terms = reader.number(); terms > 0; terms -= 1) {
      const slot = this.#terms.add(reader.text(), reader.number());
      this.#seen = grown(this.#seen, this.#terms.room);
      this.#seen[slot] = reader.number();
    }
  }
}
