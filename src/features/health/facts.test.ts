/** The window is not read again while that would cost more than it tells; what is recent always is. */
import { expect, test } from 'vitest';
import { mainTenant } from '../../model/ids.ts';
import type { SourceFacts } from '../../store/events.ts';
import { factsReader } from './facts.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const day = 86_400_000;
const facts = (source: string, given: Partial<SourceFacts> = {}): SourceFacts => ({
  source,
  lastReceived: now - day,
  lastEvent: now - day,
  records: 10,
  lastHour: 0,
  lastQuarter: 0,
  unparsed: 0,
  lagMedianMs: 0,
  lagHighMs: 0,
  lagLeastMs: 0,
  hours: [],
  pauseMs: null,
  longestPauseMs: null,
  deliveries: 1,
  ...given,
});

/** A store whose window takes a moment to read; `reads` are the lengths of what was asked for. */
function slowStore() {
  const reads: number[] = [];
  return {
    reads,
    async sourceFacts(_tenant: string, since: number, until: number) {
      reads.push(until - since);
      if (until - since < day) return [facts('a', { lastReceived: until, lastQuarter: 3 }), facts('new')];
      const end = performance.now() + 20;
      while (performance.now() < end);
      return [facts('a'), facts('b', { lastQuarter: 5 })];
    },
  };
}

test('a second look reads only what is recent, and sees it', async () => {
  const store = slowStore();
  const read = factsReader(store, 14 * day);
  await read(mainTenant, now);
  const second = await read(mainTenant, now + 1_000);
  expect(store.reads).toEqual([14 * day, 15 * 60_000]);
  expect(second.map((one) => [one.source, one.lastReceived, one.lastQuarter])).toEqual([
    ['a', now + 1_000, 3],
    ['b', now - day, 0],
    ['new', now - day, 0],
  ]);
});

test('a read that failed is not remembered', async () => {
  let broken = true;
  const read = factsReader(
    {
      async sourceFacts() {
        if (broken) throw new Error('away');
        return [facts('a')];
      },
    },
    day,
  );
  await expect(read(mainTenant, now)).rejects.toThrow('away');
  broken = false;
  expect(await read(mainTenant, now)).toHaveLength(1);
});
