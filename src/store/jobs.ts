/**
 * Port: the job queue, over the records database. At-least-once; handlers are idempotent. A job of a
 * process that died is tried again by another one, or after the restart, within minutes. Data and
 * errors are kept as JSON; U+0000 in them becomes U+2400. Not for use inside a records transaction
 * (write to the outbox there).
 */

export interface JobOptions {
  /** A second job of the same name and key is refused while one waits or runs. */
  readonly singletonKey?: string;
  /** Not before this many seconds from now. */
  readonly startAfterS?: number;
  /** Retries after the first failure; default 3, with growing delay. */
  readonly retryLimit?: number;
}

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface JobQueue {
  start(): Promise<void>;
  /** Returns the job's id, or null when its singleton key is taken. */
  enqueue(
    name: string,
    data: Readonly<Record<string, unknown>>,
    options?: JobOptions,
  ): Promise<string | null>;
  /** Runs `handler` for jobs of this name, one at a time. A throw is a failed try. */
  work(name: string, handler: (job: Job) => Promise<void>): Promise<void>;
  /** Cron in UTC, five fields; the same name again replaces it. */
  schedule(name: string, cron: string, data?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Waits for running handlers up to `graceMs`, then stops. */
  stop(graceMs?: number): Promise<void>;
}
