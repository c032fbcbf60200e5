/**
 * Port: the records store (alerts, rules, identities, audit …): PostgreSQL SQL through kysely, the
 * same on the embedded engine and on a server.
 *
 * All connections of the embedded engine share ONE session. So, everywhere: no SET, no session
 * locks, no prepared names, no LISTEN, nothing slow (network, disk, CPU) inside a transaction, and a
 * LIMIT on every query whose answer can grow.
 */
import type { Kysely, Transaction } from 'kysely';
import type { RecordsSchema } from './schema.ts';

export type RecordsDb = Kysely<RecordsSchema>;
export type RecordsTx = Transaction<RecordsSchema>;

/**
 * A column's value in a dump: numbers, booleans, text and jsonb as themselves; `timestamptz` as
 * ISO-8601 UTC text with all its microseconds; `date` as `YYYY-MM-DD`; `bytea` as
 * `{ "$bytes": "<base64>" }`.
 */
export type DumpValue = unknown;

/** One table's rows in a backup, as JSON objects. */
export interface TableDump {
  readonly table: string;
  readonly rows: AsyncIterable<Readonly<Record<string, DumpValue>>>;
}

export interface Records {
  /** For single statements and reads. */
  readonly db: RecordsDb;
  /**
   * Runs `work` in one transaction, read committed; commits when it resolves, rolls back when it
   * throws. A `work` that swallows a failed statement and resolves is refused, because its COMMIT
   * would silently be a ROLLBACK. Inside `work` only `tx` may be used: `db`, `transaction` or a job
   * queue there throw a plain Error at once (they would be outside the transaction on a server and
   * would wait for themselves on the embedded engine). On a server, serialisation failures and deadlocks (40001, 40P01) are tried again up to
   * three times, so `work` must have no effect but on `tx`.
   */
  transaction<T>(work: (tx: RecordsTx) => Promise<T>): Promise<T>;
  /** Forward only. Throws AppError E_DATA_NEWER when the schema is newer than this program. Returns the names applied. */
  migrate(): Promise<readonly string[]>;
  /** Name of the newest migration this program knows. */
  readonly schemaVersion: string;
  /**
   * Reads every table of one moment in one transaction and hands it to `write` table by table.
   * Values are plain JSON, see `DumpValue`. The job queue's schema is not part of it: jobs are work
   * in hand, not records.
   * `onSnapshot` is called as soon as that moment is fixed (server: at once; embedded: at the end,
   * because one session can't read while others write).
   */
  dump(write: (dump: TableDump) => Promise<void>, onSnapshot?: () => void): Promise<void>;
  /** Fills an empty, migrated database from a dump of the same schema version. Returns rows per table. */
  restore(tables: AsyncIterable<TableDump>): Promise<Readonly<Record<string, number>>>;
  /** Vacuum and statistics where no server does that by itself (embedded: daily, at a quiet hour); else nothing. */
  maintain(): Promise<void>;
  /** Bytes on disk. */
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}

/** The SQLSTATE of a database error, looked for along its causes; null for anything else. */
export function sqlState(thrown: unknown): string | null {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const code: unknown = (error as Error & { code?: unknown }).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return null;
}

/** True when a row was refused because its key is taken (of `constraint`, when one is named). */
export function isUniqueViolation(thrown: unknown, constraint?: string): boolean {
  if (sqlState(thrown) !== '23505') return false;
  return constraint === undefined || (thrown as { constraint?: unknown }).constraint === constraint;
}
