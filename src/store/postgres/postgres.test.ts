/** The records and jobs contracts on a real PostgreSQL server, and what only a real server can show. */
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, postgresBinDir, startPostgres } from '../../../test/support/postgres.ts';
import type { AppError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { jobsContract } from '../contract/jobs.contract.ts';
import { recordsContract } from '../contract/records.contract.ts';
import type { RecordsHarness } from '../contract/records-harness.ts';
import { sqlState } from '../records.ts';
import type { Migration } from './migrate.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import { openPostgresRecords } from './records.ts';

if (postgresBinDir === null) {
  console.log('skipped: the records on a PostgreSQL server (no server binaries of version 15 or later here)');
}

describe.skipIf(postgresBinDir === null)('records on a PostgreSQL server', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const open = (
    connection: ReturnType<PostgresServer['createDatabase']>,
    migrations: readonly Migration[] = allMigrations,
    poolMax = 8,
  ) => openPostgresRecords({ connection, poolMax, logger: silentLogger, migrations });
  const harness: RecordsHarness = {
    async fresh() {
      const connection = server.createDatabase();
      return { open: (migrations) => open(connection, migrations), destroy: () => Promise.resolve() };
    },
  };
  recordsContract(harness);
  jobsContract(harness);

  it('programs that migrate at the same time apply each migration once between them', async () => {
    const connection = server.createDatabase();
    const stores = await Promise.all([1, 2, 3, 4].map(() => open(connection)));
    const applied = await Promise.all(stores.map((store) => store.migrate()));
    expect(applied.flat().toSorted()).toEqual(allMigrations.map((migration) => migration.name));
    await Promise.all(stores.map((store) => store.close()));
  });

  it('transactions that deadlock both commit in the end', async () => {
    const records = await open(server.createDatabase());
    await records.migrate();
    const keys = ['one', 'two'];
    await records.db
      .insertInto('sequences')
      .values(keys.map((name) => ({ name, reserved_to: 0 })))
      .execute();
    let arrived = 0;
    let meet: () => void = () => {};
    const both = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const cross = (first: string, second: string) =>
      records.transaction(async (tx) => {
        const bump = (name: string) =>
          tx
            .updateTable('sequences')
            .set((eb) => ({ reserved_to: eb('reserved_to', '+', 1) }))
            .where('name', '=', name)
            .execute();
        await bump(first);
        arrived += 1;
        if (arrived === 2) meet();
        await both;
        await bump(second);
      });
    await Promise.all([cross('one', 'two'), cross('two', 'one')]);
    const rows = await records.db.selectFrom('sequences').select('reserved_to').execute();
    expect(rows).toEqual([{ reserved_to: 2 }, { reserved_to: 2 }]);
    expect(arrived).toBeGreaterThan(2);
    await records.close();
  });

  it('a dump fixes its moment first and does not see what is written meanwhile', async () => {
    const records = await open(server.createDatabase());
    await records.migrate();
    await records.db.insertInto('meta').values({ key: 'before', value: '1' }).execute();
    const writer = await open({ ...server.createDatabase(), database: await databaseOf(records) });
    let fixed: () => void = () => {};
    const snapshot = new Promise<void>((resolve) => {
      fixed = resolve;
    });
    const written = snapshot.then(() =>
      writer.db.insertInto('meta').values({ key: 'after', value: '1' }).execute(),
    );
    const seen: unknown[] = [];
    await records.dump(async ({ table, rows }) => {
      await written;
      for await (const row of rows) if (table === 'meta') seen.push(row['key']);
    }, fixed);
    expect(seen).toEqual(['before']);
    await Promise.all([records.close(), writer.close()]);
  });

  it('a caller who gets no connection in time is told that the store is busy', async () => {
    const records = await openPostgresRecords({
      connection: server.createDatabase(),
      poolMax: 1,
      waitMs: 2_000,
      logger: silentLogger,
    });
    let free: () => void = () => {};
    const freed = new Promise<void>((resolve) => {
      free = resolve;
    });
    const holder = records.transaction(() => freed);
    const error: unknown = await records.db
      .executeQuery(CompiledQuery.raw('select 1'))
      .catch((thrown: unknown) => thrown);
    expect((error as AppError).code).toBe('E_BUSY');
    free();
    await holder;
    await records.close();
  });

  it('a server that ends the connection is a store that is away, and the next caller gets a new connection', async () => {
    const records = await open(server.createDatabase(), allMigrations, 2);
    const killed = records.transaction((tx) =>
      tx.executeQuery(CompiledQuery.raw('select pg_terminate_backend(pg_backend_pid())')),
    );
    const error: unknown = await killed.catch((thrown: unknown) => thrown);
    expect((error as AppError).code).toBe('E_STORE_UNAVAILABLE');
    expect((await records.db.executeQuery(CompiledQuery.raw('select 1 as one'))).rows).toEqual([{ one: 1 }]);
    await records.close();
  });

  it('no server at the address is a store that is away', async () => {
    const nowhere = open({ host: '/nonexistent', port: 1, user: 'u', database: 'd' });
    const error: unknown = await nowhere.catch((thrown: unknown) => thrown);
    expect((error as AppError).code).toBe('E_STORE_UNAVAILABLE');
    expect(sqlState(error)).toBeNull();
  });

  async function databaseOf(records: { db: Awaited<ReturnType<typeof open>>['db'] }): Promise<string> {
    const { rows } = await records.db.executeQuery<{ name: string }>(
      CompiledQuery.raw('select current_database() as name'),
    );
    return rows[0]!.name;
  }
});
