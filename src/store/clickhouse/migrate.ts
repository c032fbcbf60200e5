/** Brings the tables to this program's version; the store itself remembers which one it has. */
import { AppError } from '../../base/errors.ts';
import { migrations } from './ddl.ts';
import { allRows, type EngineClient } from './engine.ts';

const latest = Math.max(...migrations.map((one) => one.version));

/**
 * Applies what is missing, in order. `fsync`: an insert is on disk, not only in the kernel, before
 * it is answered (ADR 5).
 */
export async function migrate(admin: EngineClient, database: string, fsync: boolean): Promise<void> {
  await ensureDatabase(admin, database);
  await admin.run(
    `CREATE TABLE IF NOT EXISTS ${database}.migrations (version UInt32, name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY version`,
  );
  const current = await currentVersion(admin, database);
  if (current > latest) {
    throw new AppError(
      'E_DATA_NEWER',
      `the event store has schema version ${current}, this program knows ${latest}: start the newer program, or restore a backup of the older one`,
      { current, latest },
    );
  }
  for (const { version, name, statements } of migrations) {
    if (version <= current) continue;
    for (const statement of statements(database)) await admin.run(statement);
    await admin.insert(`${database}.migrations`, Buffer.from(`${JSON.stringify({ version, name })}\n`), {});
  }
  const sync = fsync ? 1 : 0;
  await admin.run(
    `ALTER TABLE ${database}.events MODIFY SETTING fsync_after_insert = ${sync}, fsync_part_directory = ${sync}`,
  );
}

async function currentVersion(admin: EngineClient, database: string): Promise<number> {
  const [row] = await allRows<{ version: number }>(
    admin,
    `SELECT max(version) AS version FROM ${database}.migrations`,
  );
  return row?.version ?? 0;
}

/** A user who may not create databases can still use one that the operator made. */
async function ensureDatabase(admin: EngineClient, database: string): Promise<void> {
  const found = await allRows(admin, 'SELECT name FROM system.databases WHERE name = {database:String}', {
    database,
  });
  if (found.length === 0) await admin.run(`CREATE DATABASE IF NOT EXISTS ${database}`);
}
