/** Calls held back. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttled } from './throttle.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a burst is one call at once and one at the end, so that the last change is never missed', () => {
  const act = vi.fn<() => void>();
  const held = throttled(1_000, act);
  held.call();
  held.call();
  held.call();
  expect(act).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(act).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5_000);
  expect(act).toHaveBeenCalledTimes(2);
});

test('nothing comes after it was cancelled', () => {
  const act = vi.fn<() => void>();
  const held = throttled(1_000, act);
  held.call();
  held.call();
  held.cancel();
  vi.advanceTimersByTime(5_000);
  expect(act).toHaveBeenCalledTimes(1);
});
