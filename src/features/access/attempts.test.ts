import { expect, test } from 'vitest';
import { fakeClock } from '../../base/clock.ts';
import { createAttempts } from './attempts.ts';

test('a peer that was wrong too often waits until its window is over', () => {
  const clock = fakeClock(1_000_000);
  const attempts = createAttempts(clock, 3, 60_000);
  for (let i = 0; i < 2; i += 1) attempts.failed('192.0.2.1');
  expect(attempts.blockedForMs('192.0.2.1')).toBe(0);
  attempts.failed('192.0.2.1');
  clock.advance(20_000);
  expect(attempts.blockedForMs('192.0.2.1')).toBe(40_000);
  expect(attempts.blockedForMs('192.0.2.2'), 'another peer is not punished for it').toBe(0);
  clock.advance(40_000);
  expect(attempts.blockedForMs('192.0.2.1')).toBe(0);
});

test('a flood from many addresses is forgotten oldest first, so that memory stays bounded', () => {
  const attempts = createAttempts(fakeClock(0), 1, 60_000);
  attempts.failed('first');
  for (let i = 0; i < 10_000; i += 1) attempts.failed(`peer-${i}`);
  expect(attempts.blockedForMs('first')).toBe(0);
  expect(attempts.blockedForMs('peer-9999')).toBe(60_000);
});
