/** One queue's worker: takes its jobs one at a time, and keeps the database's claim alive while one runs. */
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Job } from '../jobs.ts';

/** What a worker needs of the queue. */
export interface JobSource {
  fetch(name: string): Promise<Job | null>;
  complete(job: Job): Promise<void>;
  fail(job: Job, message: string): Promise<void>;
  /** Pushes back the moment at which the job counts as abandoned. */
  renew(job: Job): Promise<void>;
}

export interface QueueWorker {
  /** Looks for a job now instead of at the next poll. */
  wake(): void;
  /** Takes no more jobs; resolves when the running one has ended. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly name: string;
  readonly source: JobSource;
  readonly handler: (job: Job) => Promise<void>;
  readonly pollMs: number;
  readonly renewMs: number;
  readonly logger: Logger;
}

export function startQueueWorker(options: WorkerOptions): QueueWorker {
  let stopping = false;
  let woken = false;
  let rouse: () => void = () => {};
  const nap = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.pollMs);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async () => {
    while (!stopping) {
      woken = false;
      const worked = await takeOne(options);
      if (!worked && !woken && !stopping) await nap();
    }
  };
  const wake = () => {
    woken = true;
    rouse();
  };
  const done = loop();
  return {
    wake,
    stop() {
      stopping = true;
      wake();
      return done;
    },
  };
}

/** True when there was a job. Never throws: a database that is away is waited for. */
async function takeOne({ name, source, handler, renewMs, logger }: WorkerOptions): Promise<boolean> {
  try {
    const job = await source.fetch(name);
    if (job === null) return false;
    const failure = await attempt(job, { source, handler, renewMs, logger });
    if (failure === null) await source.complete(job);
    else {
      logger.warn({ queue: name, job: job.id, error: failure }, 'a job failed');
      await source.fail(job, failure);
    }
    return true;
  } catch (error) {
    logger.warn(
      { queue: name, error: messageOf(error) },
      'the job queue could not be reached: its jobs wait',
    );
    return false;
  }
}

async function attempt(
  job: Job,
  { source, handler, renewMs, logger }: Pick<WorkerOptions, 'source' | 'handler' | 'renewMs' | 'logger'>,
): Promise<string | null> {
  const renewal = setInterval(() => {
    source.renew(job).catch((error: unknown) => {
      logger.warn({ job: job.id, error: messageOf(error) }, "a running job's claim was not renewed");
    });
  }, renewMs);
  try {
    await handler(job);
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    clearInterval(renewal);
  }
}
