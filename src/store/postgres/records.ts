/**
 * The records store on PostgreSQL 15 or later, over one `pg` pool. The embedded engine is reached by
 * the same code: there `poolMax` is 1, because its connections share one session, and statements of
 * two clients on the wire would mix (see `store/pglite`).
 */
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Records, RecordsDb, RecordsTx } from '../records.ts';
import type { RecordsSchema } from '../schema.ts';
import { dumpTables } from './dump.ts';
import { isRetryable } from './errors.ts';
import { type Migration, migrate } from './migrate.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import { type GuardedPool, openPool } from './pool.ts';
import { restoreTables } from './restore.ts';

export interface PostgresRecordsOptions {
  /** Address and credentials, as `pg` takes them (`connectionString`, or host, port, database, user, password, ssl). */
  readonly connection: pg.ClientConfig;
  readonly poolMax: number;
  readonly logger: Logger;
  /** How long a caller waits for a free connection before E_BUSY; default 30 s. */
  readonly waitMs?: number;
  /** Other migrations than this version's; for the tests of migrating. */
  readonly migrations?: readonly Migration[];
}

const floor = 150_000;
const tries = 4;

/** Connects once, to fail here and not at the first request. Throws E_STORE_UNAVAILABLE, or E_CONFIG for an old server. */
export async function openPostgresRecords(options: PostgresRecordsOptions): Promise<Records> {
  const pool = openPool({
    connection: options.connection,
    max: options.poolMax,
    waitMs: options.waitMs ?? 30_000,
    logger: options.logger,
  });
  const db: RecordsDb = new Kysely<RecordsSchema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await refuseOldServer(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return recordsOver(db, pool, options);
}

function recordsOver(db: RecordsDb, pool: GuardedPool, options: PostgresRecordsOptions): Records {
  const known = options.migrations ?? allMigrations;
  const oneSession = options.poolMax === 1;
  let closing: Promise<void> | null = null;
  return {
    db,
    schemaVersion: known.at(-1)?.name ?? '',
    transaction: (work) => transactionWithRetry(db, pool, options.logger, work),
    migrate: () => migrate(db, known),
    async dump(write, onSnapshot = () => {}) {
      await db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute((tx) =>
          pool.insideTransaction(() => dumpTables(tx, write, oneSession ? () => {} : onSnapshot)),
        );
      if (oneSession) onSnapshot();
    },
    restore: (tables) =>
      db.transaction().execute((tx) => pool.insideTransaction(() => restoreTables(tx, tables))),
    // A server has autovacuum.
    maintain: () => Promise.resolve(),
    async sizeBytes() {
      const { rows } = await db.executeQuery<{ size: number }>(
        CompiledQuery.raw('select pg_database_size(current_database()) as size'),
      );
      return rows[0]?.size ?? 0;
    },
    close: () => (closing ??= db.destroy()),
  };
}

async function transactionWithRetry<T>(
  db: RecordsDb,
  pool: GuardedPool,
  logger: Logger,
  work: (tx: RecordsTx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute((tx) => pool.insideTransaction(() => work(tx)));
    } catch (error) {
      if (attempt === tries || !isRetryable(error)) throw error;
      logger.debug({ attempt }, 'a transaction met another one and is tried again');
      // Two that collided must not run in step again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** attempt));
    }
  }
}

async function refuseOldServer(db: RecordsDb): Promise<void> {
  const { rows } = await db.executeQuery<{ version: number; text: string }>(
    CompiledQuery.raw(
      `select current_setting('server_version_num')::int as version, current_setting('server_version') as text`,
    ),
  );
  const server = rows[0];
  if (server === undefined || server.version >= floor) return;
  throw new AppError(
    'E_CONFIG',
    `PostgreSQL ${server.text} is too old for the records store: use 15 or later`,
  );
}
