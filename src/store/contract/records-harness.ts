/** How the contract suites of records and jobs get at an adapter. */
import type { Migration } from '../postgres/migrate.ts';
import type { Records } from '../records.ts';

/** One database, empty when made. */
export interface RecordsPlace {
  /** Without migrations of its own: this version's. Close the store before it is opened again. */
  open(migrations?: readonly Migration[]): Promise<Records>;
  destroy(): Promise<void>;
}

export interface RecordsHarness {
  /** One place at a time: the embedded engine has a single database. */
  fresh(): Promise<RecordsPlace>;
}
