/** pg-boss's way to the database: through the records store's own pool, never one of its own. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { CompiledQuery } from 'kysely';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RecordsDb, RecordsTx } from '../records.ts';

type Rows = { rows: Record<string, unknown>[] };

export async function execute(
  db: RecordsDb | RecordsTx,
  text: string,
  values: unknown[] = [],
): Promise<Rows> {
  const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values));
  return { rows };
}

export interface Executor {
  executeSql(text: string, values?: unknown[]): Promise<Rows>;
  /** Runs `call` so that a database error reaches its caller. */
  strictly<T>(call: () => Promise<T>): Promise<T>;
  /** From here on nothing touches the database; resolves when what is under way has ended. */
  close(): Promise<void>;
}

/**
 * pg-boss drops the promises of some of its own statements (its cron worker's completions), so that
 * an error in one would be an unhandled rejection and end the process. Its own statements therefore
 * answer with no rows and a warning when the database fails; they run again at the next interval.
 */
export function createExecutor(db: RecordsDb, logger: Logger): Executor {
  const strict = new AsyncLocalStorage<{ on: boolean }>();
  const running = new Set<Promise<unknown>>();
  let closed = false;
  return {
    async executeSql(text, values) {
      if (closed) {
        if (strict.getStore()?.on === true) throw new Error('the job queue has stopped');
        return { rows: [] };
      }
      const call = execute(db, text, values);
      running.add(call);
      try {
        return await call;
      } catch (error) {
        if (strict.getStore()?.on === true) throw error;
        logger.warn({ error: messageOf(error) }, 'upkeep of the job queue failed and is tried again');
        return { rows: [] };
      } finally {
        running.delete(call);
      }
    },
    async strictly(call) {
      // Loops that `call` starts inherit the scope, but must be lenient once it has returned.
      const scope = { on: true };
      try {
        return await strict.run(scope, call);
      } finally {
        scope.on = false;
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
