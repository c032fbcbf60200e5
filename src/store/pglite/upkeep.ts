/**
 * What a server's background processes do and the embedded engine, which runs in single-user mode,
 * has nobody for: checkpoints (else its log grows without bound) and vacuum.
 */
import { CompiledQuery } from 'kysely';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RecordsDb } from '../records.ts';

const tickMs = 60_000;
/** Log bytes after which a checkpoint is due at the next tick. */
const dueBytes = 32 * 1024 * 1024;
/** Ticks after which anything written is due. */
const dueTicks = 5;

/** Starts the checkpoint timer; the returned function stops it and waits for one under way. */
export function startCheckpoints(db: RecordsDb, logger: Logger): () => Promise<void> {
  let last: number | null = null;
  let ticks = 0;
  let running: Promise<void> = Promise.resolve();
  const tick = async () => {
    try {
      const now = await writtenBytes(db);
      last ??= now;
      ticks = now === last ? 0 : ticks + 1;
      if (now - last < dueBytes && ticks < dueTicks) return;
      await checkpoint(db);
      last = await writtenBytes(db);
      ticks = 0;
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'a checkpoint of the records was put off');
    }
  };
  const timer = setInterval(() => {
    running = running.then(tick);
  }, tickMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}

export async function checkpoint(db: RecordsDb): Promise<void> {
  await db.executeQuery(CompiledQuery.raw('checkpoint'));
}

async function writtenBytes(db: RecordsDb): Promise<number> {
  const { rows } = await db.executeQuery<{ bytes: number }>(
    CompiledQuery.raw(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as bytes`),
  );
  return rows[0]?.bytes ?? 0;
}

/** One table at a time, so that other work gets its turn between them. */
export async function vacuum(db: RecordsDb): Promise<void> {
  const { rows } = await db.executeQuery<{ name: string }>(
    CompiledQuery.raw(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname not in ('pg_toast', 'information_schema') order by 1 limit 10000`,
    ),
  );
  for (const { name } of rows) await db.executeQuery(CompiledQuery.raw(`vacuum (analyze) ${name}`));
}
