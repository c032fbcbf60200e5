/** Contract: migrating from empty, from the previous version, and what is refused. */
import { CompiledQuery } from 'kysely';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../base/errors.ts';
import type { Migration } from '../postgres/migrate.ts';
import { migrations } from '../postgres/migrations/index.ts';
import type { Records } from '../records.ts';
import { recordsTables } from '../schema.ts';
import type { RecordsHarness, RecordsPlace } from './records-harness.ts';
import { alertRow, at, auditRow, evidenceRow, outboxRow } from './rows.ts';

const newestName = migrations.at(-1)?.name ?? 'there is no migration';

async function opened<T>(
  place: RecordsPlace,
  known: readonly Migration[],
  work: (records: Records) => Promise<T>,
): Promise<T> {
  const records = await place.open(known);
  try {
    return await work(records);
  } finally {
    await records.close();
  }
}

async function refusal(place: RecordsPlace, known: readonly Migration[]): Promise<AppError> {
  const error: unknown = await opened(place, known, (records) => records.migrate()).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

/** Rows of every kind that version 1 knew. */
async function fillVersion1({ db }: Records): Promise<void> {
  await db.insertInto('meta').values({ key: 'made by', value: 'version 1' }).execute();
  await db.insertInto('cursors').values({ name: 'detect', seq: 42, updated_at: at }).execute();
  await db.insertInto('alerts').values(alertRow('a1')).execute();
  await db.insertInto('alert_evidence').values(evidenceRow('a1')).execute();
  await db.insertInto('audit').values(auditRow('u1')).execute();
  await db.insertInto('outbox').values(outboxRow('alert.created')).execute();
}

const kept = ['meta', 'cursors', 'alerts', 'alert_evidence', 'audit', 'outbox'] as const;

async function contents({ db }: Records): Promise<readonly (readonly object[])[]> {
  return Promise.all(kept.map((table) => db.selectFrom(table).selectAll().execute()));
}

export function recordsMigrationContract(harness: RecordsHarness): void {
  describe('migrations', () => {
    it('from empty: all are applied once, and the tables are those that the code knows', async () => {
      const place = await harness.fresh();
      await opened(place, migrations, async (records) => {
        expect(await records.migrate()).toEqual(migrations.map((migration) => migration.name));
        expect(await records.migrate()).toEqual([]);
        expect(records.schemaVersion).toBe(newestName);
        const { rows } = await records.db.executeQuery<{ tablename: string }>(
          CompiledQuery.raw(
            `select tablename from pg_tables where schemaname = 'public' and tablename <> 'migrations'`,
          ),
        );
        expect(rows.map((row) => row.tablename).toSorted()).toEqual([...recordsTables].toSorted());
      });
      await place.destroy();
    });

    it('from the previous version: every row is still there', async () => {
      const place = await harness.fresh();
      const before = await opened(place, migrations.slice(0, -1), async (records) => {
        await records.migrate();
        await fillVersion1(records);
        return contents(records);
      });
      await opened(place, migrations, async (records) => {
        expect(await records.migrate()).toEqual([newestName]);
        // A newer version may know more of a row, never less.
        expect(await contents(records)).toMatchObject(before);
        expect(await records.db.selectFrom('legal_holds').selectAll().execute()).toEqual([]);
      });
      await place.destroy();
    });

    it('the queue of a database from before the queue: its alerts are rows, counted, and about something', async () => {
      const place = await harness.fresh();
      const queueAt = migrations.findIndex(({ name }) => name === '003-queue');
      await opened(place, migrations.slice(0, queueAt), async (records) => {
        await records.migrate();
        const verdict = { status: 'closed', verdict: 'false_positive', closed_at: at } as const;
        await records.db
          .insertInto('alerts')
          .values([
            alertRow('a1', { host: 'WS-17.corp.example' }),
            alertRow('a2', { host: '', owner_id: 'p1', owner_name: 'Ana', status: 'in_triage' }),
            alertRow('a3', { host: '', user_name: '', severity: 'low', severity_rank: 1, ...verdict }),
          ])
          .execute();
      });
      await opened(place, migrations, async (records) => {
        await records.migrate();
        const rows = await records.db.selectFrom('queue_rows').selectAll().orderBy('id').execute();
        expect(rows.map((row) => [row.id, row.open, row.priority, row.owner_id, row.terms])).toEqual([
          [
            'a1',
            true,
            65,
            '',
            ['rule=rule-1', 'host=ws-17.corp.example', 'user=user', 'source=import', 'tag=attack.t1059'],
          ],
          ['a2', true, 65, 'p1', ['rule=rule-1', 'user=user', 'source=import', 'tag=attack.t1059']],
          ['a3', false, 25, '', ['rule=rule-1', 'source=import', 'tag=attack.t1059']],
        ]);
        const counts = await records.db
          .selectFrom('queue_counts')
          .select(['status', 'owner_id', 'severity_rank', 'rows'])
          .where('facet', '=', 'rule')
          .orderBy('status')
          .execute();
        expect(counts).toEqual([
          { status: 'closed', owner_id: '', severity_rank: 1, rows: 1 },
          { status: 'in_triage', owner_id: 'p1', severity_rank: 3, rows: 1 },
          { status: 'new', owner_id: '', severity_rank: 3, rows: 1 },
        ]);
        const alerts = await records.db.selectFrom('alerts').selectAll().orderBy('id').execute();
        expect(alerts.map((row) => [row.entity_kind, row.entity_id, row.priority_reasons])).toEqual([
          ['host', 'ws-17.corp.example', [{ factor: 'severity', points: 65, text: 'rule says high' }]],
          ['user', 'user', [{ factor: 'severity', points: 65, text: 'rule says high' }]],
          ['source', 'import', [{ factor: 'severity', points: 25, text: 'rule says low' }]],
        ]);
      });
      await place.destroy();
    });

    it('a newer or a changed schema is refused with the way out, and a migration that fails leaves no trace', async () => {
      const place = await harness.fresh();
      const broken = { name: '999-broken', sql: 'create table half (a int); select 1/0' };
      await opened(place, [...migrations, broken], async (records) => {
        await expect(records.migrate()).rejects.toThrow(/division/);
        const { rows } = await records.db.executeQuery(
          CompiledQuery.raw(
            `select to_regclass('half') as half, (select count(*) from migrations) as applied`,
          ),
        );
        expect(rows).toEqual([{ half: null, applied: migrations.length }]);
      });
      const newer = await refusal(place, migrations.slice(0, -1));
      expect(newer.code).toBe('E_DATA_NEWER');
      expect(newer.message).toContain(newestName);
      const changed = migrations.map((migration) => ({ ...migration, sql: `${migration.sql} ` }));
      expect((await refusal(place, changed)).code).toBe('E_DATA_INVALID');
      await place.destroy();
    });
  });
}
