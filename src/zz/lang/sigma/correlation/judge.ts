/** What a correlation's type asks of a window of observations: pure functions over lists in the order of time. */

import { type Comparison, holds } from './comparisons.ts';
import type { Entry } from './entries.ts';
import type { CorrelationSpec } from './read.ts';

/** Entries that together satisfy the condition, with the number that it was held against. */
export interface Verdict {
  readonly value: number;
  readonly entries: readonly Entry[];
}

export interface Judge {
  /**
   * `early`: more events can only help, so that a match is found with the event that completes it.
   * `complete`: only a window that is over can be judged.
   */
  readonly mode: 'early' | 'complete';
  /** What an entry adds to the measure by which a list may be passed over; see `enough`. */
  weigh(entry: Entry): string | number | null;
  /** Least measure of a whole list for which it has to be judged: distinct weights, or their sum. */
  readonly enough: number;
  readonly measure: 'count' | 'distinct' | 'sum';
  /** `early`: the earliest window within the time span that satisfies; `complete`: the list as a whole. */
  find(entries: readonly Entry[]): Verdict | null;
}

export function judgeOf(spec: CorrelationSpec, rules: number): Judge {
  const { type, comparisons, timespanMs } = spec;
  const needed = leastOf(comparisons.length === 0 ? [{ operator: 'gte', value: rules }] : comparisons);
  switch (type) {
    case 'event_count':
      if (needed === null) return complete(comparisons, (entries) => entries.length);
      return {
        mode: 'early',
        measure: 'count',
        enough: needed,
        weigh: () => null,
        find: countFinder(needed, timespanMs),
      };
    case 'value_count':
      if (needed === null) return complete(comparisons, (entries) => distinct(entries, ({ value }) => value));
      return early(
        'distinct',
        needed,
        ({ value }) => value,
        distinctFinder(needed, timespanMs, ({ value }) => value),
      );
    case 'temporal':
      if (needed === null) return complete(comparisons, (entries) => distinct(entries, ({ input }) => input));
      return early(
        'distinct',
        needed,
        ({ input }) => input,
        distinctFinder(needed, timespanMs, ({ input }) => input),
      );
    case 'temporal_ordered': {
      const length = needed ?? rules;
      return early('distinct', length, ({ input }) => input, orderedFinder(length, rules, timespanMs));
    }
    case 'value_sum':
      if (!comparisons.every(({ operator }) => operator === 'gt' || operator === 'gte')) {
        return complete(comparisons, sum);
      }
      return early(
        'sum',
        lowest(comparisons),
        ({ value }) => Number(value),
        sumFinder(comparisons, timespanMs),
      );
    case 'value_avg':
      return complete(comparisons, (entries) => sum(entries) / entries.length);
    case 'value_percentile':
      return {
        mode: 'complete',
        measure: 'count',
        enough: 1,
        weigh: () => null,
        find: shareFinder(comparisons),
      };
  }
}

function early(
  measure: Judge['measure'],
  enough: number,
  weigh: (entry: Entry) => string | number,
  find: Judge['find'],
): Judge {
  return { mode: 'early', measure, enough, weigh, find };
}

function complete(comparisons: readonly Comparison[], of: (entries: readonly Entry[]) => number): Judge {
  return {
    mode: 'complete',
    measure: 'count',
    enough: 1,
    weigh: () => null,
    find(entries) {
      const value = of(entries);
      return holds(comparisons, value) ? { value, entries } : null;
    },
  };
}

/** The least whole number that satisfies, where every larger one does as well; else null. */
function leastOf(comparisons: readonly Comparison[]): number | null {
  if (!comparisons.every(({ operator }) => operator === 'gt' || operator === 'gte')) return null;
  const least = comparisons.map(({ operator, value }) =>
    operator === 'gt' ? Math.floor(value) + 1 : Math.ceil(value),
  );
  return Math.max(1, ...least);
}

function lowest(comparisons: readonly Comparison[]): number {
  return Math.max(...comparisons.map(({ value }) => value));
}

function countFinder(needed: number, timespanMs: number): Judge['find'] {
  return (entries) => {
    for (let end = needed - 1; end < entries.length; end += 1) {
      const start = end - needed + 1;
      const [first, last] = [entries[start], entries[end]];
      if (first !== undefined && last !== undefined && last.time - first.time <= timespanMs) {
        return { value: needed, entries: entries.slice(start, end + 1) };
      }
    }
    return null;
  };
}

function distinctFinder(
  needed: number,
  timespanMs: number,
  of: (entry: Entry) => string | number,
): Judge['find'] {
  return (entries) => {
    const seen = new Map<string | number, number>();
    let start = 0;
    for (const [end, last] of entries.entries()) {
      seen.set(of(last), (seen.get(of(last)) ?? 0) + 1);
      for (
        let first = entries[start];
        first !== undefined && last.time - first.time > timespanMs;
        first = entries[start]
      ) {
        const left = (seen.get(of(first)) ?? 1) - 1;
        if (left === 0) seen.delete(of(first));
        else seen.set(of(first), left);
        start += 1;
      }
      if (seen.size >= needed) return { value: seen.size, entries: entries.slice(start, end + 1) };
    }
    return null;
  };
}

function sumFinder(comparisons: readonly Comparison[], timespanMs: number): Judge['find'] {
  return (entries) => {
    let start = 0;
    let total = 0;
    for (const [end, last] of entries.entries()) {
      total += Number(last.value);
      for (
        let first = entries[start];
        first !== undefined && last.time - first.time > timespanMs;
        first = entries[start]
      ) {
        total -= Number(first.value);
        start += 1;
      }
      if (holds(comparisons, total)) return { value: total, entries: entries.slice(start, end + 1) };
    }
    return null;
  };
}

interface Chain {
  readonly entry: Entry;
  readonly start: number;
  readonly before: Chain | null;
}

/**
 * `length` of the rules, in their order, within the time span. Of chains of the same length that end
 * with the same rule, the one that began last serves every later event best.
 */
function orderedFinder(length: number, rules: number, timespanMs: number): Judge['find'] {
  return (entries) => {
    const best: (Chain | undefined)[][] = Array.from({ length: length + 1 }, () => []);
    for (const entry of entries) {
      for (let size = Math.min(length, entry.input + 1); size >= 1; size -= 1) {
        const before = size === 1 ? null : latest(best[size - 1] ?? [], Math.min(entry.input, rules));
        if (before === undefined) continue;
        const chain: Chain = { entry, start: before?.start ?? entry.time, before };
        if (size === length && entry.time - chain.start <= timespanMs) {
          return { value: length, entries: entriesOf(chain) };
        }
        const row = best[size] ?? [];
        const known = row[entry.input];
        if (known === undefined || known.start <= chain.start) row[entry.input] = chain;
      }
    }
    return null;
  };
}

/** Of the chains that end with a rule before `input`, the one that began last. */
function latest(row: readonly (Chain | undefined)[], input: number): Chain | undefined {
  let found: Chain | undefined;
  for (let at = 0; at < input; at += 1) {
    const chain = row[at];
    if (chain !== undefined && (found === undefined || chain.start > found.start)) found = chain;
  }
  return found;
}

function entriesOf(chain: Chain): readonly Entry[] {
  const entries: Entry[] = [];
  for (let at: Chain | null = chain; at !== null; at = at.before) entries.push(at.entry);
  return entries.reverse();
}

/** Values whose share of the window's events, in percent, satisfies: the rare (or the common) ones. */
function shareFinder(comparisons: readonly Comparison[]): Judge['find'] {
  return (entries) => {
    const counts = new Map<string, number>();
    for (const { value } of entries) counts.set(value, (counts.get(value) ?? 0) + 1);
    const share = (count: number): number => (100 * count) / entries.length;
    const fitting = [...counts].filter(([, count]) => holds(comparisons, share(count)));
    const [first] = fitting;
    if (first === undefined) return null;
    const values = new Set(fitting.map(([value]) => value));
    return { value: share(first[1]), entries: entries.filter(({ value }) => values.has(value)) };
  };
}

function distinct(entries: readonly Entry[], of: (entry: Entry) => string | number): number {
  return new Set(entries.map(of)).size;
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { value }) => total + Number(value), 0);
}
