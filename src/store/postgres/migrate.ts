/** Forward-only migrations: each in a transaction of its own, written down with its checksum. */
import { CompiledQuery, type Kysely } from 'kysely';
import { AppError } from '../../base/errors.ts';
import { sha256Hex } from '../../base/ids.ts';

export interface Migration {
  /** `NNN-what`; the order is that of the names. */
  readonly name: string;
  /** Statements, run as one script. */
  readonly sql: string;
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/** Any constant that nothing else in the database uses; the bytes spell "wfmigrat". */
const lockKey = '8603381316906967412';

const bookkeeping = `create table if not exists migrations (
  name text primary key, checksum text not null, applied_at timestamptz not null default now()
)`;

/** Identifies a schema as a whole: what a prepared directory was made with. */
export function schemaChecksum(known: readonly Migration[]): string {
  return sha256Hex(known.map((migration) => `${migration.name} ${sha256Hex(migration.sql)}`).join('\n'));
}

/**
 * Brings the database to the newest known migration and returns the names that it applied. Several
 * programs may call it at once on a server: a lock that ends with each transaction lets one go first.
 */
export async function migrate<DB>(db: Kysely<DB>, known: readonly Migration[]): Promise<readonly string[]> {
  const done: string[] = [];
  for (;;) {
    const name = await applyNext(db, known);
    if (name === null) return done;
    done.push(name);
  }
}

async function applyNext<DB>(db: Kysely<DB>, known: readonly Migration[]): Promise<string | null> {
  return db.transaction().execute(async (tx) => {
    const run = (sql: string, values: unknown[] = []) => tx.executeQuery(CompiledQuery.raw(sql, values));
    await run(`select pg_advisory_xact_lock(${lockKey})`);
    await run('set local statement_timeout = 0');
    await run('set local client_min_messages = warning');
    await run(bookkeeping);
    const { rows } = await run('select name, checksum from migrations order by name');
    const applied = rows as readonly Applied[];
    refuseStrange(applied, known);
    const next = known[applied.length];
    if (next === undefined) return null;
    await run(next.sql);
    await run('insert into migrations (name, checksum) values ($1, $2)', [next.name, sha256Hex(next.sql)]);
    return next.name;
  });
}

/** The applied ones must be the first of the known ones, unchanged. */
function refuseStrange(applied: readonly Applied[], known: readonly Migration[]): void {
  for (const [index, row] of applied.entries()) {
    const expected = known[index];
    if (expected === undefined) {
      throw new AppError(
        'E_DATA_NEWER',
        `the records were written by a newer version (migration ${row.name} is not known here): start that version, or restore a backup made by this one`,
        { migration: row.name, newestKnown: known.at(-1)?.name ?? null },
      );
    }
    if (expected.name !== row.name || sha256Hex(expected.sql) !== row.checksum) {
      throw new AppError(
        'E_DATA_INVALID',
        `the records were made by a different build (migration ${row.name} is not the ${expected.name} of this one): start the build that made them, or restore a backup into an empty database`,
        { migration: row.name, expected: expected.name },
      );
    }
  }
}
