/** Correlations as ADR 11 tells them, on plain lists: slow, and as little like the engine as can be. */

export interface Seen {
  readonly time: number;
  readonly idx: number;
  readonly input: number;
  readonly value: string;
}

export interface ReferenceRule {
  readonly type: string;
  readonly rules: number;
  readonly timespanMs: number;
  readonly latenessMs: number;
  /** Operator and number; none only for the temporal types. */
  readonly comparisons: readonly (readonly [operator: string, value: number])[];
}

/** Group, and the places of the events that a match rests on; of those found early only the last. */
export type Found = string;

const least = 10 * 60_000;

export class Reference {
  readonly #rule: ReferenceRule;
  readonly #groups = new Map<string, { entries: Seen[]; touchedAt: number }>();

  constructor(rule: ReferenceRule) {
    this.#rule = rule;
  }

  advance(receivedAt: number): Found[] {
    const idle = Math.max(least, this.#rule.timespanMs + this.#rule.latenessMs);
    const found: Found[] = [];
    for (const [group, { entries, touchedAt }] of this.#groups) {
      if (touchedAt + idle >= receivedAt) continue;
      if (!this.#isEarly()) found.push(...this.#close(group, entries, Number.POSITIVE_INFINITY));
      this.#groups.delete(group);
    }
    return found;
  }

  add(group: string, seen: Seen, receivedAt: number): Found[] {
    if (this.#isNumeric() && !Number.isFinite(Number(seen.value))) return [];
    const { timespanMs, latenessMs } = this.#rule;
    const state = this.#groups.get(group) ?? { entries: [], touchedAt: receivedAt };
    this.#groups.set(group, state);
    state.touchedAt = receivedAt;
    const remembered = seen.time - timespanMs - latenessMs;
    const found: Found[] = [];
    if (this.#isEarly()) state.entries = state.entries.filter(({ time }) => time >= remembered);
    else found.push(...this.#close(group, state.entries, remembered));
    const { entries } = state;
    const first = entries[0]?.time ?? seen.time;
    const last = entries.at(-1)?.time ?? seen.time;
    const isLate = this.#isEarly()
      ? seen.time < last - timespanMs - latenessMs
      : seen.time < first - latenessMs;
    if (!isLate) {
      entries.push(seen);
      entries.sort((a, b) => a.time - b.time || a.idx - b.idx);
      if (this.#isEarly()) found.push(...this.#complete(group, state));
    }
    if (state.entries.length === 0) this.#groups.delete(group);
    return found;
  }

  #isNumeric(): boolean {
    return ['value_sum', 'value_avg'].includes(this.#rule.type);
  }

  /** More events can only help. */
  #isEarly(): boolean {
    const { type, comparisons } = this.#rule;
    if (type === 'value_avg' || type === 'value_percentile') return false;
    return type === 'temporal_ordered' || comparisons.every(([operator]) => operator.startsWith('g'));
  }

  /** The event that ends the first window that satisfies; up to it the group begins anew. */
  #complete(group: string, state: { entries: Seen[] }): Found[] {
    for (const [at, last] of state.entries.entries()) {
      const window = state.entries
        .slice(0, at + 1)
        .filter(({ time }) => last.time - time <= this.#rule.timespanMs);
      if (!this.#satisfies(window)) continue;
      state.entries = state.entries.filter(({ time }) => time > last.time);
      return [`${group} ${last.idx}`];
    }
    return [];
  }

  /** Windows that began before `time`, each with the first event that is left. */
  #close(group: string, entries: Seen[], time: number): Found[] {
    const found: Found[] = [];
    for (let first = entries[0]; first !== undefined && first.time < time; first = entries[0]) {
      const end = first.time + this.#rule.timespanMs;
      const window = entries.splice(0, entries.filter((one) => one.time <= end).length);
      const kept = this.#rule.type === 'value_percentile' ? this.#shares(window) : window;
      const fits = this.#rule.type === 'value_percentile' ? kept.length > 0 : this.#satisfies(window);
      if (fits) found.push(`${group} ${kept.map(({ idx }) => idx).join(' ')}`);
    }
    return found;
  }

  #shares(window: readonly Seen[]): readonly Seen[] {
    return window.filter(({ value }) => {
      const same = window.filter((one) => one.value === value).length;
      return this.#holds((100 * same) / window.length);
    });
  }

  #satisfies(window: readonly Seen[]): boolean {
    const { type, rules, comparisons } = this.#rule;
    const numbers = window.map(({ value }) => Number(value));
    const sum = numbers.reduce((a, b) => a + b, 0);
    switch (type) {
      case 'event_count':
        return this.#holds(window.length);
      case 'value_count':
        return this.#holds(new Set(window.map(({ value }) => value)).size);
      case 'value_sum':
        return this.#holds(sum);
      case 'value_avg':
        return this.#holds(sum / window.length);
      case 'temporal': {
        const inputs = new Set(window.map(({ input }) => input)).size;
        return comparisons.length === 0 ? inputs === rules : this.#holds(inputs);
      }
      default: {
        const longest = longestOrdered(window.map(({ input }) => input));
        return comparisons.length === 0 ? longest === rules : this.#holds(longest);
      }
    }
  }

  #holds(number: number): boolean {
    return this.#rule.comparisons.every(([operator, value]) => {
      if (operator === 'gt') return number > value;
      if (operator === 'gte') return number >= value;
      if (operator === 'lt') return number < value;
      if (operator === 'lte') return number <= value;
      return operator === 'eq' ? number === value : number !== value;
    });
  }
}

/** Length of the longest part in which each rule comes after one before it in the list of rules. */
function longestOrdered(inputs: readonly number[]): number {
  const best: number[] = [];
  for (const [at, input] of inputs.entries()) {
    const before = best.filter((_, earlier) => (inputs[earlier] ?? 0) < input && earlier < at);
    best.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...best);
}
