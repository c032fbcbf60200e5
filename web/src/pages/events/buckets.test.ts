import { describe, expect, it } from 'vitest';
import { barsOf, periodName, periodsOf, tickName, widthName } from './buckets.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-20T00:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();
const counts = (hours: Readonly<Record<number, number>>, range = 24, source = 'dc-01') => ({
  range: { from: iso(start), to: iso(start + range * hour) },
  bucketMs: hour,
  buckets: Object.entries(hours).map(([at, count]) => ({
    at: iso(start + Number(at) * hour),
    source,
    count,
  })),
});

describe('the bars of a histogram', () => {
  it('cover the whole range, empty hours too', () => {
    const bars = barsOf(counts({ 0: 3, 23: 5 }));
    expect(bars?.bars).toHaveLength(24);
    expect(bars?.bars[0]).toMatchObject({ at: start, total: 3 });
    expect(bars?.bars[23]?.total).toBe(5);
    expect(bars?.highest).toBe(5);
  });

  it('are joined to as many as can be drawn, and lose no event', () => {
    const all = counts(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [i, i])), 100);
    const bars = barsOf(all, 10);
    expect(bars?.bucketMs).toBe(10 * hour);
    expect(bars?.bars.reduce((sum, bar) => sum + bar.total, 0)).toBe(4_950);
  });

  it('name four sources and put the rest together', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((source, i) => counts({ 1: 10 - i }, 24, source));
    const first = many[0];
    if (first === undefined) throw new Error('no counts');
    const bars = barsOf({ ...first, buckets: many.flatMap((one) => one.buckets) });
    expect(bars?.sources).toEqual(['a', 'b', 'c', 'd']);
    expect(bars?.others).toBe(true);
    expect(bars?.bars[1]?.parts).toEqual([10, 9, 8, 7, 11]);
  });

  it('are none without a range', () => {
    expect(barsOf({ range: null, bucketMs: 1, buckets: [] })).toBeNull();
    expect(periodsOf(null)).toEqual([]);
  });
});

describe('the periods in which events lie', () => {
  it('are told when most of the range is empty, newest first', () => {
    const periods = periodsOf(barsOf(counts({ 2: 1, 3: 4, 200: 7 }, 240)));
    expect(periods).toEqual([
      { from: start + 200 * hour, to: start + 201 * hour, count: 7 },
      { from: start + 2 * hour, to: start + 4 * hour, count: 5 },
    ]);
  });

  it('are not told where the events fill the range', () => {
    expect(
      periodsOf(barsOf(counts(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, 1]))))),
    ).toEqual([]);
  });

  it('have names without what repeats', () => {
    expect(periodName({ from: start, to: start + hour, count: 1 })).toBe('2026-11-20 00:00 – 00:59');
    expect(periodName({ from: start, to: start + 72 * hour, count: 1 })).toBe('2026-11-20 – 11-22');
    expect(periodName({ from: start, to: start + 9_000 * hour, count: 1 })).toBe('2026-11-20 – 2027-11-29');
  });
});

it('widths and ticks are short and say what is needed', () => {
  expect([1, 1_000, 60_000, 300_000, hour, 86_400_000 * 7].map(widthName)).toEqual([
    'ms',
    'second',
    'minute',
    '5 minutes',
    'hour',
    '7 days',
  ]);
  expect(tickName(start, 86_400_000 * 400)).toBe('2026-11');
  expect(tickName(start, hour)).toBe('00:00');
});
