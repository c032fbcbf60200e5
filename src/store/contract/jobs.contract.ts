/** What every job queue must do, on every records adapter. */
import { CompiledQuery } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Job, JobQueue } from '../jobs.ts';
import { openPgBossJobs } from '../pg-boss/jobs.ts';
import type { Records } from '../records.ts';
import type { RecordsHarness } from './records-harness.ts';

/** Collects calls and lets a test wait for the n-th one. */
function recorder<T>(): { add(item: T): void; items: T[]; reached(count: number): Promise<void> } {
  const items: T[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  const settle = () => {
    for (const entry of waiting) if (items.length >= entry.count) entry.resolve();
    waiting = waiting.filter((entry) => items.length < entry.count);
  };
  return {
    items,
    add(item) {
      items.push(item);
      settle();
    },
    reached: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
        settle();
      }),
  };
}

function gate(): { opened: Promise<void>; open(): void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export function jobsContract(harness: RecordsHarness): void {
  describe('job queue', () => {
    let records: Records;
    let destroy: () => Promise<void>;
    let jobs: JobQueue | null = null;

    beforeAll(async () => {
      const place = await harness.fresh();
      records = await place.open();
      await records.migrate();
      destroy = async () => {
        await records.close();
        await place.destroy();
      };
    });
    afterEach(async () => {
      await jobs?.stop();
      jobs = null;
    });
    afterAll(() => destroy());

    const started = async (): Promise<JobQueue> => {
      const queue = openPgBossJobs({
        records,
        logger: silentLogger,
        pollMs: 100,
        retryDelayS: 0,
        cronCheckS: 1,
      });
      await queue.start();
      jobs = queue;
      return queue;
    };
    const states = async (name: string): Promise<string[]> => {
      const { rows } = await records.db.executeQuery<{ state: string }>(
        CompiledQuery.raw('select state::text from jobs.job where name = $1 order by created_on, id', [name]),
      );
      return rows.map((row) => row.state);
    };

    it('a job runs with its data, and is done before the worker takes the next', async () => {
      const queue = await started();
      const ran = recorder<Job>();
      const before: string[][] = [];
      await queue.work('plain', async (job) => {
        before.push(await states('plain'));
        ran.add(job);
      });
      const first = await queue.enqueue('plain', { n: 1, text: 'a\u0000b' });
      await ran.reached(1);
      await queue.enqueue('plain', { n: 2 });
      await ran.reached(2);
      expect(ran.items[0]).toEqual({ id: first, name: 'plain', data: { n: 1, text: 'a\u2400b' } });
      expect(ran.items[1]?.data).toEqual({ n: 2 });
      expect(before[1]).toEqual(['completed', 'active']);
      await queue.stop();
      expect(await states('plain')).toEqual(['completed', 'completed']);
    });

    it('jobs wait for a process that works on them', async () => {
      const first = await started();
      await first.enqueue('left', { n: 1 });
      await first.stop();
      const second = await started();
      const ran = recorder<Job>();
      await second.work('left', async (job) => ran.add(job));
      await ran.reached(1);
      expect(ran.items[0]?.data).toEqual({ n: 1 });
    });

    it('a job that throws is tried again up to its limit, then kept as failed', async () => {
      const queue = await started();
      const tries = recorder<string>();
      await queue.work('failing', async (job) => {
        tries.add(job.id);
        throw new Error(`no \u0000 luck`);
      });
      await queue.enqueue('failing', {}, { retryLimit: 2 });
      await tries.reached(3);
      await queue.stop();
      expect(new Set(tries.items).size).toBe(1);
      expect(tries.items).toHaveLength(3);
      expect(await states('failing')).toEqual(['failed']);
    });

    it('a job that fails once is done by its second try', async () => {
      const queue = await started();
      const tries = recorder<string>();
      await queue.work('flaky', async (job) => {
        tries.add(job.id);
        if (tries.items.length === 1) throw new Error('not yet');
      });
      await queue.enqueue('flaky', {});
      await tries.reached(2);
      await queue.stop();
      expect(await states('flaky')).toEqual(['completed']);
    });

    it('a second job of the same key is refused while one waits and while one runs, and taken afterwards', async () => {
      const queue = await started();
      const enqueue = () => queue.enqueue('single', {}, { singletonKey: 'k' });
      expect(await enqueue()).not.toBeNull();
      expect(await enqueue()).toBeNull();
      expect(await queue.enqueue('single', {}, { singletonKey: 'other' })).not.toBeNull();
      const running = recorder<Job>();
      const hold = gate();
      await queue.work('single', async (job) => {
        running.add(job);
        await hold.opened;
      });
      await running.reached(1);
      expect(await enqueue()).toBeNull();
      hold.open();
      await running.reached(2);
      await queue.stop();
      jobs = null;
      const again = await started();
      expect(await again.enqueue('single', {}, { singletonKey: 'k' })).not.toBeNull();
    });

    it('ten callers with one key at the same time get one job', async () => {
      const queue = await started();
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => queue.enqueue('race', {}, { singletonKey: 'k' })),
      );
      expect(ids.filter((id) => id !== null)).toHaveLength(1);
    });

    it('a delayed job stays waiting', async () => {
      const queue = await started();
      const ran = recorder<Job>();
      await queue.work('delayed', async (job) => ran.add(job));
      await queue.enqueue('delayed', { when: 'later' }, { startAfterS: 3600 });
      await queue.enqueue('delayed', { when: 'now' });
      await ran.reached(1);
      await queue.stop();
      expect(ran.items.map((job) => job.data)).toEqual([{ when: 'now' }]);
      expect((await states('delayed')).toSorted()).toEqual(['completed', 'created']);
    });

    it('a stop waits for the running job and takes no other', async () => {
      const queue = await started();
      const running = recorder<Job>();
      const hold = gate();
      await queue.work('stopping', async (job) => {
        running.add(job);
        await hold.opened;
      });
      await queue.enqueue('stopping', { n: 1 });
      await running.reached(1);
      await queue.enqueue('stopping', { n: 2 });
      const stopped = queue.stop();
      hold.open();
      await stopped;
      expect(running.items).toHaveLength(1);
      expect((await states('stopping')).toSorted()).toEqual(['completed', 'created']);
    });

    it('a job that outlasts the grace does not hold up the stop and is not marked as done', async () => {
      const queue = await started();
      const running = recorder<Job>();
      const hold = gate();
      await queue.work('endless', async (job) => {
        running.add(job);
        await hold.opened;
      });
      await queue.enqueue('endless', {});
      await running.reached(1);
      await queue.stop(10);
      hold.open();
      expect(await states('endless')).toEqual(['active']);
    });

    it('a schedule starts its job when it is due, with its data, and can be replaced', async () => {
      const queue = await started();
      const ran = recorder<Job>();
      await queue.schedule('minutely', '0 0 1 1 *', { from: 'first' });
      await queue.schedule('minutely', '* * * * *', { from: 'second' });
      await queue.work('minutely', async (job) => ran.add(job));
      await ran.reached(1);
      expect(ran.items[0]?.data).toEqual({ from: 'second' });
    });

    it.each([
      { cron: '* * * * * *', why: 'seconds are not offered' },
      { cron: 'often', why: 'it is no cron' },
    ])('refuses the schedule "$cron": $why', async ({ cron }) => {
      const queue = await started();
      await expect(queue.schedule('bad', cron)).rejects.toBeInstanceOf(AppError);
    });

    it('is refused inside a records transaction, where its job would exist even after a rollback', async () => {
      const queue = await started();
      const run = records.transaction(() => queue.enqueue('plain', {}));
      await expect(run).rejects.toThrow(/use its `tx`/);
    });
  });
}
