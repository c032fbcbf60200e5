/** Bars over time. */
import { describe, expect, test } from 'vitest';
import { axisLabel, niceTop, toBars } from './bars.ts';

const hour = 3_600_000;
const start = Date.parse('2020-05-02T00:00:00Z');
const at = (hours: number) => new Date(start + hours * hour).toISOString();

test('every bucket is counted once, and hours without rows are bars of nothing', () => {
  const bars = toBars(
    [
      { at: at(0), counts: { high: 2 } },
      { at: at(3), counts: { high: 1, low: 4 } },
    ],
    { from: start, to: start + 4 * hour },
    hour,
    60,
  );
  expect(bars.map(({ total }) => total)).toEqual([2, 0, 0, 5]);
});

test('more buckets than fit are joined, none is lost', () => {
  const buckets = Array.from({ length: 100 }, (_, i) => ({ at: at(i), counts: { high: 1 } }));
  const bars = toBars(buckets, { from: start, to: start + 100 * hour }, hour, 60);
  expect(bars.length).toBe(50);
  expect(bars.reduce((sum, { total }) => sum + total, 0)).toBe(100);
});

test('a span within one bucket is one bar', () => {
  expect(toBars([], { from: start + 5, to: start + 10 }, hour, 60)).toHaveLength(1);
});

test.each([
  [0, 2],
  [1, 2],
  [3, 4],
  [5, 10],
  [10, 10],
  [118, 200],
])('the axis over %i ends at %i', (most, top) => {
  expect(niceTop(most)).toBe(top);
  expect(Number.isInteger(niceTop(most) / 2)).toBe(true);
});

describe('what stands below', () => {
  test.each([
    { days: 1, label: '07:00', why: 'a clock within a day' },
    { days: 3, label: '05-02 07:00', why: 'a date too for several' },
    { days: 30, label: '05-02', why: 'the date alone' },
    { days: 900, label: '2020-05-02', why: 'with its year where there are several' },
  ])('$why', ({ days, label }) => {
    expect(axisLabel(start + 7 * hour, { from: start, to: start + days * 24 * hour })).toBe(label);
  });
});
