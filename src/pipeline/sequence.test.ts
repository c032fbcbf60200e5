import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../test/support/records.ts';
import { openSequence } from './sequence.ts';

const store = testRecords();
beforeEach(() => store.records.db.deleteFrom('sequences').execute());

describe('the ingest sequence', { timeout: 120_000 }, () => {
  it('counts on from 1, past the end of a block, without a gap', async () => {
    const sequence = await openSequence(store.records, 0);
    const numbers: number[] = [];
    for (let i = 0; i < 2_500; i++) numbers.push(await sequence.next());
    expect(numbers).toEqual(Array.from({ length: 2_500 }, (_, i) => i + 1));
  });

  it('never gives a number twice when many ask at once over the end of a block', async () => {
    const sequence = await openSequence(store.records, 0);
    const numbers = await Promise.all(Array.from({ length: 3_000 }, () => sequence.next()));
    expect(new Set(numbers).size).toBe(3_000);
  });

  it('goes on above everything that was given before a restart, used or not', async () => {
    const first = await openSequence(store.records, 0);
    const before = [await first.next(), await first.next()];
    const second = await openSequence(store.records, 2);
    expect(await second.next()).toBeGreaterThan(Math.max(...before));
    expect(await first.next()).toBeLessThan(await second.next());
  });

  it('begins above the event store, when the records are of an older backup', async () => {
    const sequence = await openSequence(store.records, 0);
    await sequence.next();
    const restored = await openSequence(store.records, 123_456);
    expect(await restored.next()).toBe(123_457);
  });
});
