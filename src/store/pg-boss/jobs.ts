/**
 * The job queue on pg-boss, in the schema `jobs` of the records database and through the records
 * store's own pool, so that it also runs on the embedded engine, where a second client would mix its
 * statements with others'.
 *
 * pg-boss's workers are not used: they drop the promise of a completion, poll without being woken,
 * and let a job run twice when it outlives its time limit. Here a local `enqueue` wakes the worker at
 * once, the poll is only for retries, delays and other processes, and a running job renews its claim.
 */
import PgBoss from 'pg-boss';
import { AppError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Job, JobOptions, JobQueue } from '../jobs.ts';
import type { Records } from '../records.ts';
import { pgText } from '../schema.ts';
import { createExecutor, type Executor, execute } from './executor.ts';
import { type JobSource, type QueueWorker, startQueueWorker } from './worker.ts';

export interface PgBossJobsOptions {
  readonly records: Records;
  readonly logger: Logger;
  /** Between two looks at an idle queue; default 2 s. An idle look writes nothing. */
  readonly pollMs?: number;
  /** Base of the growing delay between tries; default 5 s. */
  readonly retryDelayS?: number;
  /** How often due schedules are looked for; default 30 s (1 to 45). */
  readonly cronCheckS?: number;
}

const schema = 'jobs';
/** A job that has not renewed its claim for this long is abandoned and tried again. */
const expireInSeconds = 300;
const renewMs = 60_000;
const retryLimit = 3;

export function openPgBossJobs(options: PgBossJobsOptions): JobQueue {
  const { records, logger } = options;
  const executor = createExecutor(records.db, logger);
  const cronCheckS = options.cronCheckS ?? 30;
  const boss = new PgBoss({
    db: executor,
    schema,
    maintenanceIntervalSeconds: 60,
    cronMonitorIntervalSeconds: cronCheckS,
    cronWorkerIntervalSeconds: Math.min(5, cronCheckS),
  });
  boss.on('error', (error) => logger.warn({ error: messageOf(error) }, 'upkeep of the job queue failed'));
  const retry = { retryLimit, retryDelay: options.retryDelayS ?? 5, retryBackoff: true, expireInSeconds };
  const queues = new Map<string, Promise<void>>();
  const queue = (name: string) => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const made = executor.strictly(() => boss.createQueue(name, { name, policy: 'standard', ...retry }));
    queues.set(name, made);
    // A failure is the caller's to see; the next call must try anew.
    made.catch(() => queues.delete(name));
    return made;
  };
  const workers = new Map<string, QueueWorker>();
  const source = jobSource(boss, executor);
  return {
    async start() {
      await executor.strictly(() => boss.start());
    },
    async enqueue(name, data, jobOptions = {}) {
      await queue(name);
      const id = await send(records, boss, executor, { name, data, options: jobOptions, retry });
      if (id !== null && (jobOptions.startAfterS ?? 0) <= 0) workers.get(name)?.wake();
      return id;
    },
    async work(name, handler) {
      if (workers.has(name)) throw new Error(`the queue ${name} already has its worker`);
      await queue(name);
      const pollMs = options.pollMs ?? 2_000;
      workers.set(name, startQueueWorker({ name, source, handler, pollMs, renewMs, logger }));
    },
    async schedule(name, cron, data = {}) {
      refuseBadCron(cron);
      await queue(name);
      await executor.strictly(() => boss.schedule(name, cron, storable(data), { tz: 'UTC' }));
    },
    async stop(graceMs = 10_000) {
      const all = Promise.all([...workers.values()].map((worker) => worker.stop()));
      if (!(await within(all, graceMs))) {
        logger.warn({ graceMs }, 'a job was still running at the stop: it will be tried again');
      }
      await boss.stop({ graceful: false, close: false });
      await executor.close();
    },
  };
}

interface Sending {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly options: JobOptions;
  readonly retry: PgBoss.RetryOptions & PgBoss.ExpirationOptions;
}

async function send(
  records: Records,
  boss: PgBoss,
  executor: Executor,
  { name, data, options, retry }: Sending,
): Promise<string | null> {
  const sendOptions: PgBoss.SendOptions = {
    ...retry,
    ...(options.retryLimit === undefined ? {} : { retryLimit: options.retryLimit }),
    ...(options.startAfterS === undefined ? {} : { startAfter: options.startAfterS }),
  };
  const body = storable(data);
  const { singletonKey } = options;
  if (singletonKey === undefined) return executor.strictly(() => boss.send(name, body, sendOptions));
  const key = pgText(singletonKey);
  // pg-boss has no policy that refuses a second job both while one waits and while one runs.
  return records.transaction(async (tx) => {
    await execute(tx, 'select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${name}\n${key}`]);
    const taken = await execute(
      tx,
      `select 1 from ${schema}.job where name = $1 and singleton_key = $2 and state < 'completed' limit 1`,
      [name, key],
    );
    if (taken.rows.length > 0) return null;
    const db = { executeSql: (text: string, values: unknown[]) => execute(tx, text, values) };
    return boss.send(name, body, { ...sendOptions, singletonKey: key, db });
  });
}

function jobSource(boss: PgBoss, executor: Executor): JobSource {
  return {
    async fetch(name) {
      // pg-boss swallows the errors of a fetch, so the error is carried around it.
      let failure: unknown = null;
      const db = {
        executeSql: (text: string, values: unknown[]) =>
          executor
            .strictly(() => executor.executeSql(text, values))
            .catch((error: unknown) => {
              failure = error;
              throw error;
            }),
      };
      const [job] = await boss.fetch<Record<string, unknown>>(name, { batchSize: 1, db });
      if (failure !== null) throw failure;
      return job === undefined ? null : { id: job.id, name, data: job.data ?? {} };
    },
    async complete(job) {
      await executor.strictly(() => boss.complete(job.name, job.id));
    },
    async fail(job, message) {
      await executor.strictly(() => boss.fail(job.name, job.id, { message: pgText(message) }));
    },
    async renew(job: Job) {
      await executor.strictly(() =>
        executor.executeSql(
          `update ${schema}.job set started_on = now() where name = $1 and id = $2 and state = 'active'`,
          [job.name, job.id],
        ),
      );
    },
  };
}

/** jsonb refuses U+0000 and lone surrogates. */
function storable(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'string' ? pgText(value) : value,
  );
  return JSON.parse(text) as Record<string, unknown>;
}

function refuseBadCron(cron: string): void {
  if (cron.trim().split(/\s+/).length === 5) return;
  throw new AppError(
    'E_BAD_REQUEST',
    `a schedule has five fields (minute hour day month weekday), not "${cron}"`,
  );
}

async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
