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

/** One table's rows in a backup, as JSON objects. */
export interface TableDump {
  readonly table: string;
  readonly rows: AsyncIterable<Readonly<Record<string, unknown>>>;
}

export interface Records {
  /** For single statements and reads. */
  readonly db: RecordsDb;
  /**
   * Runs `work` in one transaction, read committed; commits when it resolves, rolls back when it
   * throws. On a server, serialisation failures and deadlocks (40001, 40P01) are tried again up to
   * three times, so `work` must have no effect but on `tx`.
   */
  transaction<T>(work: (tx: RecordsTx) => Promise<T>): Promise<T>;
  /** Forward only. Throws AppError E_DATA_NEWER when the schema is newer than this program. Returns the names applied. */
  migrate(): Promise<readonly string[]>;
  /** Name of the newest migration this program knows. */
  readonly schemaVersion: string;
  /**
   * Reads every table of one moment in one transaction and hands it to `write` table by table.
   * `onSnapshot` is called as soon as that moment is fixed (server: at once; embedded: at the end,
   * because one session can't read while others write).
   */
  dump(write: (dump: TableDump) => Promise<void>, onSnapshot?: () => void): Promise<void>;
  /** Fills an empty, migrated database from a dump of the same schema version. Returns rows per table. */
  restore(tables: AsyncIterable<TableDump>): Promise<Readonly<Record<string, number>>>;
  /** Bytes on disk. */
  sizeBytes(): Promise<number>;
  close(): Promise<void>;
}
