import { expect, it } from 'vitest';
import { createKeyedMutex, createMutex } from './mutex.ts';

it('runs one at a time in the order of asking, and goes on after a failure', async () => {
  const mutex = createMutex();
  const log: string[] = [];
  const work = (name: string, fails = false) =>
    mutex.run(async () => {
      log.push(`${name} begins`);
      await Promise.resolve();
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('lets different keys run side by side and forgets a key that nobody uses', async () => {
  const mutex = createKeyedMutex();
  let release: () => void = () => undefined;
  const first = mutex.run('k', () => new Promise<void>((resolve) => (release = resolve)));
  expect(await mutex.run('other', async () => 1)).toBe(1);
  expect(mutex.busy('k')).toBe(true);
  release();
  await first;
  expect(mutex.busy('k')).toBe(false);
});
