/** The records and jobs contracts on the embedded engine, and what is particular to it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CompiledQuery } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cachedSeed, openTestRecords } from '../../../test/support/records.ts';
import type { AppError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { jobsContract } from '../contract/jobs.contract.ts';
import { recordsContract } from '../contract/records.contract.ts';
import type { RecordsHarness } from '../contract/records-harness.ts';
import type { Migration } from '../postgres/migrate.ts';
import { openPostgresRecords } from '../postgres/records.ts';
import { openPgliteEngine, openPgliteRecords, type PgliteEngine } from './records.ts';
import { packSeed } from './seed.ts';

const scratch: string[] = [];
async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'wf-pglite-'));
  scratch.push(directory);
  return directory;
}

const open = (directory: string, options: Partial<Parameters<typeof openPgliteRecords>[0]> = {}) =>
  openPgliteRecords({ directory, logger: silentLogger, durable: false, ...options });

describe('records on the embedded engine', () => {
  let directory: string;
  let engine: PgliteEngine;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wf-pglite-'));
    engine = await openPgliteEngine({
      directory,
      seed: await cachedSeed(),
      logger: silentLogger,
      durable: false,
    });
  });
  afterAll(async () => {
    await engine.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const connect = (migrations?: readonly Migration[]) =>
    openPostgresRecords({
      connection: engine.connection,
      poolMax: 1,
      logger: silentLogger,
      ...(migrations === undefined ? {} : { migrations }),
    });
  const harness: RecordsHarness = {
    async fresh() {
      const records = await connect();
      const empty = 'drop schema public cascade; drop schema if exists jobs cascade; create schema public';
      await records.db.executeQuery(CompiledQuery.raw(empty));
      await records.close();
      return { open: connect, destroy: () => Promise.resolve() };
    },
  };
  recordsContract(harness);
  jobsContract(harness);
});

describe('the embedded engine', () => {
  afterEach(async () => {
    for (const directory of scratch.splice(0)) await rm(directory, { recursive: true, force: true });
  });

  it('a SIGKILL in the middle of writing loses no committed transaction', async () => {
    const directory = join(await temporary(), 'records');
    const seed = await cachedSeed();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('./kill-writer.ts', import.meta.url)), directory, seed],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let told = -1;
    const exited = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      told = Number(line);
      if (told === 150) child.kill('SIGKILL');
    });
    expect(await exited).toBe('SIGKILL');
    expect(told).toBeGreaterThanOrEqual(150);
    const records = await open(directory);
    const rows = await records.db.selectFrom('meta').select(['key', 'value']).execute();
    const keys = new Set(rows.map((row) => row.key));
    for (let n = 0; n <= told; n += 1) {
      expect(keys.has(`a${n}`) && keys.has(`b${n}`)).toBe(true);
    }
    expect(rows.filter((row) => row.key.startsWith('a'))).toHaveLength(rows.length / 2);
    await records.close();
  });

  it('a clean stop leaves nothing to recover, and the next start finds everything', async () => {
    const directory = join(await temporary(), 'records');
    const first = await open(directory, { seed: await cachedSeed() });
    await first.migrate();
    await first.db.insertInto('meta').values({ key: 'k', value: 'v' }).execute();
    const lsn = async (store: typeof first) =>
      (
        await store.db.executeQuery<{ at: string }>(
          CompiledQuery.raw('select redo_lsn::text as at from pg_control_checkpoint()'),
        )
      ).rows[0]!.at;
    const before = await lsn(first);
    await first.close();
    await first.close();
    expect(readdirSync(directory)).toEqual(['data']);
    const second = await open(directory);
    expect(await lsn(second)).not.toBe(before);
    expect(await second.migrate()).toEqual([]);
    expect(await second.db.selectFrom('meta').selectAll().execute()).toEqual([{ key: 'k', value: 'v' }]);
    await second.close();
  });

  it('commits reach the disk by default: fsync is on and goes through a method that the engine really has', async () => {
    const records = await open(join(await temporary(), 'r'), { seed: await cachedSeed(), durable: true });
    const setting = async (name: string) =>
      (
        await records.db.executeQuery<{ value: string }>(
          CompiledQuery.raw('select current_setting($1) as value', [name]),
        )
      ).rows[0]!.value;
    expect([
      await setting('fsync'),
      await setting('wal_sync_method'),
      await setting('synchronous_commit'),
    ]).toEqual(['on', 'fsync', 'on']);
    await records.db.insertInto('meta').values({ key: 'k', value: 'v' }).execute();
    await records.close();
  });

  it('a second opener is refused while the first is open, and a stale socket is not in the way', async () => {
    const directory = join(await temporary(), 'records');
    const first = await open(directory, { seed: await cachedSeed() });
    const second: unknown = await open(directory).catch((thrown: unknown) => thrown);
    expect((second as AppError).code).toBe('E_DATA_LOCKED');
    await first.close();
    writeFileSync(join(directory, '.s.PGSQL.5432'), '');
    const third = await open(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    await third.close();
  });

  it('a directory too deep for a socket path gets its socket elsewhere', async () => {
    const directory = join(await temporary(), 'd'.repeat(60), 'e'.repeat(60));
    const records = await open(directory, { seed: await cachedSeed() });
    expect((await records.db.executeQuery(CompiledQuery.raw('select 1 as one'))).rows).toEqual([{ one: 1 }]);
    expect(readdirSync(directory)).toEqual(['data']);
    await records.close();
  });

  it('a first start that was killed leaves only what the next one removes', async () => {
    const directory = join(await temporary(), 'records');
    mkdirSync(join(directory, 'data.new-abc', 'base'), { recursive: true });
    const records = await open(directory, { seed: await cachedSeed() });
    expect(existsSync(join(directory, 'data.new-abc'))).toBe(false);
    expect(await records.migrate()).toEqual([]);
    await records.close();
  });

  it('upkeep vacuums every table while others work, and room is what the directory takes', async () => {
    const { records, close } = await openTestRecords();
    const [, added] = await Promise.all([
      records.maintain(),
      records.db.insertInto('meta').values({ key: 'during upkeep', value: '1' }).executeTakeFirst(),
    ]);
    expect(added.numInsertedOrUpdatedRows).toBe(1n);
    const { rows } = await records.db.executeQuery(
      CompiledQuery.raw(
        "select last_vacuum is not null as vacuumed from pg_stat_all_tables where relname = 'alerts'",
      ),
    );
    expect(rows).toEqual([{ vacuumed: true }]);
    expect(await records.sizeBytes()).toBeGreaterThan(10 << 20);
    await close();
  });

  it('a seed that was made for another schema is not used, and the directory made anew', async () => {
    const root = await temporary();
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other', 'PG_VERSION'), 'not an engine directory');
    const seed = join(root, 'other.tar.gz');
    await packSeed(join(root, 'other'), seed, 'another key');
    const records = await open(join(root, 'records'), { seed });
    expect(await records.migrate()).not.toEqual([]);
    await records.close();
  });

  it('an engine that dies is reported once, and its store says that it is away instead of waiting for ever', async () => {
    const failures: Error[] = [];
    const records = await open(join(await temporary(), 'records'), {
      seed: await cachedSeed(),
      workerUrl: new URL('./dying-worker.ts', import.meta.url),
      onFailure: (error) => failures.push(error),
    });
    const run = (sql: string) =>
      records.db.executeQuery(CompiledQuery.raw(sql)).catch((thrown: unknown) => thrown);
    expect(((await run("select 'the engine dies of this'")) as AppError).code).toBe('E_STORE_UNAVAILABLE');
    expect(((await run('select 1')) as AppError).code).toBe('E_STORE_UNAVAILABLE');
    await records.close();
    expect(failures.map((failure) => failure.message)).toEqual(['out of bounds']);
  });
});
