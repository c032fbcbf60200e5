/** Where in a value a rule's pattern matched, so that the page can underline it. */
import type { Range } from './visible.ts';

/** Longer values are underlined whole: finding the place is a convenience, not worth a slow page. */
const searchLimit = 20_000;

/**
 * Ranges of `value` that the literal parts of `pattern` cover, by the modifiers of `field`
 * (`Image|endswith`). Patterns that are no substring of the value (regular expressions, encodings,
 * comparisons) cover all of it.
 */
export function matchedRanges(field: string, pattern: string, value: string): readonly Range[] {
  if (value === '') return [];
  const whole = [{ start: 0, end: value.length }];
  const modifiers = field.toLowerCase().split('|').slice(1);
  if (value.length > searchLimit || modifiers.some((m) => m === 're' || m === 'cidr')) return whole;
  const anywhere = field === '' || modifiers.includes('contains');
  const fromStart = !anywhere && !modifiers.includes('endswith');
  const toEnd = !anywhere && !modifiers.includes('startswith');
  const found = place(literals(pattern), fold(value), fromStart, toEnd);
  return found ?? whole;
}

/** Lower case by character, so that no index moves (`İ` would become two). */
function fold(text: string): string {
  return Array.from(text, (c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join('');
}

/** The literal runs between wildcards; an empty first or last run says that a wildcard stands there. */
function literals(pattern: string): readonly string[] {
  const runs = [''];
  for (let i = 0; i < pattern.length; i += 1) {
    const c = pattern[i] ?? '';
    const next = pattern[i + 1];
    if (c === '\\' && (next === '*' || next === '?' || next === '\\')) {
      runs[runs.length - 1] += next;
      i += 1;
    } else if (c === '*' || c === '?') {
      runs.push('');
    } else {
      runs[runs.length - 1] += c;
    }
  }
  return runs.map(fold);
}

/** Places the runs in order, the last one as late as it may stand; null when they are not there. */
function place(
  runs: readonly string[],
  value: string,
  fromStart: boolean,
  toEnd: boolean,
): readonly Range[] | null {
  const ranges: Range[] = [];
  let at = 0;
  for (const [i, run] of runs.entries()) {
    if (run === '') continue;
    const isLast = i === runs.length - 1;
    const start = isLast && toEnd ? value.length - run.length : value.indexOf(run, at);
    if (start < at || !value.startsWith(run, start)) return null;
    if (i === 0 && fromStart && start !== 0) return null;
    ranges.push({ start, end: start + run.length });
    at = start + run.length;
  }
  return ranges.length === 0 ? null : ranges;
}

/** All places at once, overlapping ones merged. */
export function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}
