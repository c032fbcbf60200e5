/** When a source is silent, and what it usually sends. */
import { describe, expect, test } from 'vitest';
import { expectedPause, leastPauseMs, stateOf, usualRate } from './judge.ts';

const [minute, hour] = [60_000, 3_600_000];
const now = Date.parse('2026-11-25T12:30:00Z');
const hours = (n: number, records = 60) =>
  Array.from({ length: n }, (_, i) => ({ at: now - (now % hour) - (n - i) * hour, records }));

describe('the longest pause that is no silence', () => {
  const pace = (given: object) => ({
    deliveries: 1_000,
    hours: hours(48),
    pauseMs: minute,
    longestPauseMs: 5 * minute,
    ...given,
  });
  test.each([
    { why: 'nobody minds ten minutes', given: {}, pause: leastPauseMs },
    {
      why: 'a slow sender has three times its usual pause',
      given: { pauseMs: 30 * minute, longestPauseMs: hour },
      pause: 90 * minute,
    },
    {
      why: 'one that rests at night is not raised each evening',
      given: { longestPauseMs: 14 * hour },
      pause: 17.5 * hour,
    },
    { why: 'an archive that was imported has no pace', given: { hours: hours(3) }, pause: null },
    { why: 'a few deliveries tell nothing', given: { deliveries: 20 }, pause: null },
  ])('$why', ({ given, pause }) => {
    expect(expectedPause({ kind: 'auto' }, pace(given))).toBe(pause);
  });

  test('a person decides over history, also for a source without one', () => {
    expect(expectedPause({ kind: 'set', pauseMs: hour }, null)).toBe(hour);
    expect(expectedPause({ kind: 'off' }, pace({}))).toBeNull();
    expect(expectedPause({ kind: 'auto' }, null)).toBeNull();
  });
});

describe('the state of a source', () => {
  const states: { why: string; last: number | null; pause: number | null; since: number; state: string }[] = [
    { why: 'nothing came yet', last: null, pause: hour, since: 0, state: 'never' },
    { why: 'within the pause', last: now - hour + 1, pause: hour, since: 0, state: 'sending' },
    { why: 'beyond the pause', last: now - hour - 1, pause: hour, since: 0, state: 'silent' },
    {
      why: 'this service was away itself, so the silence is not the source’s',
      last: now - 5 * hour,
      pause: hour,
      since: now - minute,
      state: 'sending',
    },
    { why: 'nothing is expected of an archive', last: now - 5 * hour, pause: null, since: 0, state: 'idle' },
    {
      why: 'something comes although nothing is expected',
      last: now - minute,
      pause: null,
      since: 0,
      state: 'sending',
    },
  ];
  test.each(states)('$why: $state', ({ last, pause, since, state }) => {
    expect(stateOf(last, pause, since, now)).toBe(state);
  });
});

test('the usual rate is that of the median hour; empty hours count, the one that runs does not', () => {
  expect(usualRate(hours(11, 120), now)).toBeNull();
  expect(usualRate(hours(13, 120), now)).toBe(2);
  const rests = hours(60, 120).filter((_, i) => i % 4 === 0);
  expect(usualRate(rests, now)).toBe(0);
  expect(usualRate([...hours(13, 60), { at: now - (now % hour), records: 9_999 }], now)).toBe(1);
});
