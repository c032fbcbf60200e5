/** The histogram's numbers: buckets over the whole range, stacked by source, and periods that hold the events. */

export interface Counts {
  readonly range: { readonly from: string; readonly to: string } | null;
  readonly bucketMs: number;
  readonly buckets: readonly { readonly at: string; readonly source: string; readonly count: number }[];
}

export interface Bar {
  readonly at: number;
  readonly total: number;
  /** By the order of `sources`; the last place is all others. */
  readonly parts: readonly number[];
}

export interface Bars {
  readonly from: number;
  readonly to: number;
  readonly bucketMs: number;
  readonly highest: number;
  /** Most frequent first; at most four, what is left is `others`. */
  readonly sources: readonly string[];
  readonly others: boolean;
  readonly bars: readonly Bar[];
}

const maxSources = 4;
const maxBars = 500;

/** Null when there is no range to draw. Buckets are joined until at most `most` are left. */
export function barsOf({ range, bucketMs: counted, buckets }: Counts, most = maxBars): Bars | null {
  if (range === null) return null;
  const bucketMs =
    counted * Math.max(1, Math.ceil((Date.parse(range.to) - Date.parse(range.from)) / counted / most));
  const first = Math.floor(Date.parse(range.from) / bucketMs) * bucketMs;
  const end = Date.parse(range.to);
  const number = Math.min(maxBars, Math.max(1, Math.ceil((end - first) / bucketMs)));
  const bySource = new Map<string, number>();
  for (const { source, count } of buckets) bySource.set(source, (bySource.get(source) ?? 0) + count);
  const ranked = [...bySource].toSorted((a, b) => b[1] - a[1]).map(([source]) => source);
  const sources = ranked.slice(0, maxSources);
  const bars = Array.from({ length: number }, (_, i) => ({
    at: first + i * bucketMs,
    total: 0,
    parts: Array.from({ length: maxSources + 1 }, () => 0),
  }));
  for (const { at, source, count } of buckets) {
    const bar = bars[Math.floor((Date.parse(at) - first) / bucketMs)];
    if (bar === undefined) continue;
    const place = sources.indexOf(source);
    const part = place === -1 ? maxSources : place;
    bar.total += count;
    bar.parts[part] = (bar.parts[part] ?? 0) + count;
  }
  return {
    from: first,
    to: first + number * bucketMs,
    bucketMs,
    highest: Math.max(1, ...bars.map((bar) => bar.total)),
    sources,
    others: ranked.length > maxSources,
    bars,
  };
}

export interface Period {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const maxPeriods = 6;
/** In a shorter range the bars say it themselves. */
const leastSpanMs = 2 * 86_400_000;

/** Where the events are when most of the range is empty, newest first; nothing when it is not. */
export function periodsOf(all: Bars | null): readonly Period[] {
  if (all === null) return [];
  const { bars, bucketMs } = all;
  const filled = bars.filter((bar) => bar.total > 0);
  const isLong = bars.length * bucketMs >= leastSpanMs;
  if (!isLong || bars.length < 10 || filled.length > bars.length / 3) return [];
  const periods: { from: number; to: number; count: number }[] = [];
  for (const { at, total } of filled) {
    const last = periods.at(-1);
    if (last !== undefined && last.to === at) {
      last.to = at + bucketMs;
      last.count += total;
    } else periods.push({ from: at, to: at + bucketMs, count: total });
  }
  return periods.reverse().slice(0, maxPeriods);
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

export function widthName(ms: number): string {
  const units = [
    [day, 'day'],
    [hour, 'hour'],
    [minute, 'minute'],
    [1_000, 'second'],
    [1, 'ms'],
  ] as const;
  const [size, name] = units.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1, 'ms'];
  const n = ms / size;
  return n === 1 ? name : `${n.toLocaleString('en')} ${name}${name === 'ms' ? '' : 's'}`;
}

/** A period in days, without repeating the year. */
export function periodName({ from, to }: Period): string {
  const [first = '', last = ''] = [from, to - 1].map((at) => new Date(at).toISOString().slice(0, 16));
  if (to - from <= day && first.slice(0, 10) === last.slice(0, 10)) {
    return `${first.replace('T', ' ')} – ${last.slice(11)}`;
  }
  const end = first.slice(0, 4) === last.slice(0, 4) ? last.slice(5, 10) : last.slice(0, 10);
  return first.slice(0, 10) === last.slice(0, 10) ? first.slice(0, 10) : `${first.slice(0, 10)} – ${end}`;
}

/** A label of the axis: as short as the width of the whole allows. */
export function tickName(at: number, rangeMs: number): string {
  const text = new Date(at).toISOString();
  if (rangeMs > 300 * day) return text.slice(0, 7);
  if (rangeMs > 3 * day) return text.slice(5, 10);
  if (rangeMs > 12 * hour) return `${text.slice(5, 10)} ${text.slice(11, 16)}`;
  if (rangeMs > 5 * minute) return text.slice(11, 16);
  return rangeMs > 10_000 ? text.slice(11, 19) : text.slice(14, 23);
}
