/** Times as they are read. */
import { describe, expect, test } from 'vitest';
import { readInstant } from './instants.ts';
import { age, between, exact, moment } from './time.ts';

const now = Date.parse('2026-11-24T14:33:00.000Z');

describe('age', () => {
  const rows = [
    { at: '2026-11-24T14:32:48.000Z', shown: '12 s', why: 'seconds while it is fresh' },
    { at: '2026-11-24T14:07:00.000Z', shown: '26 m', why: 'minutes within the hour' },
    { at: '2026-11-24T13:26:00.000Z', shown: '1 h 7 m', why: 'two units within the day' },
    { at: '2026-11-24T12:33:00.000Z', shown: '2 h', why: 'no zero minutes' },
    { at: '2026-11-20T14:33:00.000Z', shown: '4 d', why: 'days' },
    { at: '2026-08-24T14:33:00.000Z', shown: '3 mo', why: 'months' },
    { at: '2020-05-02T02:55:56.000Z', shown: '6 y', why: 'years-old events are named, not hidden' },
    { at: '2026-11-24T15:33:00.000Z', shown: 'in 1 h', why: "a sender's clock may be ahead" },
    { at: 'nonsense', shown: 'unknown', why: 'no time is no age' },
  ];
  test.each(rows)('$shown: $why', ({ at, shown }) => {
    expect(age(at, now)).toBe(shown);
  });
});

test('the exact time rounds nothing and names its zone', () => {
  expect(exact('2020-05-02T02:55:56.123Z')).toBe('2020-05-02 02:55:56.123 UTC');
});

test('a moment is as short as it can be without losing the day', () => {
  expect(moment('2026-11-24T14:07:00.000Z', now)).toBe('14:07');
  expect(moment('2026-11-02T14:07:00.000Z', now)).toBe('11-02 14:07');
  expect(moment('2020-05-02T14:07:00.000Z', now)).toBe('2020-05-02');
});

test('a span does not repeat its day', () => {
  expect(between('2020-05-02T02:55:56.000Z', '2020-05-02T03:00:00.000Z')).toBe(
    '2020-05-02 02:55:56.000 to 03:00:00.000 UTC',
  );
});

describe('a typed time', () => {
  const rows = [
    { text: '2020-05-02', iso: '2020-05-02T00:00:00.000Z', why: 'a day is its start' },
    { text: '2020-05-02 02:55', iso: '2020-05-02T02:55:00.000Z', why: 'minutes' },
    { text: ' 2020-05-02T02:55:56.1Z ', iso: '2020-05-02T02:55:56.100Z', why: 'pasted from elsewhere' },
    { text: '2020-02-31', iso: null, why: 'no such day' },
    { text: 'yesterday', iso: null, why: 'no guessing' },
  ];
  test.each(rows)('$text: $why', ({ text, iso }) => {
    expect(readInstant(text)).toBe(iso);
  });
});
