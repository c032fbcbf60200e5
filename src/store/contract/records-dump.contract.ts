/** Contract: a dump holds everything of one moment, and a restore gives it back. */
import { CompiledQuery } from 'kysely';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../base/errors.ts';
import type { Records, TableDump } from '../records.ts';
import { recordsTables } from '../schema.ts';
import type { RecordsHarness } from './records-harness.ts';
import { alertRow, at, auditRow, evidenceRow, outboxRow } from './rows.ts';

type Rows = Readonly<Record<string, unknown>>[];

async function dumpAll(records: Records, onSnapshot?: () => void): Promise<Map<string, Rows>> {
  const tables = new Map<string, Rows>();
  await records.dump(async ({ table, rows }) => {
    const all: Rows = [];
    for await (const row of rows) all.push(JSON.parse(JSON.stringify(row)) as Rows[number]);
    tables.set(table, all);
  }, onSnapshot);
  return tables;
}

async function* feed(tables: ReadonlyMap<string, Rows>): AsyncGenerator<TableDump> {
  for (const [table, rows] of tables) {
    yield {
      table,
      rows: (async function* () {
        yield* rows;
      })(),
    };
  }
}

/** More rows than one fetch, and what is easily lost: microseconds, bytes, nulls, other years, NUL escapes. */
async function fill(records: Records): Promise<void> {
  await records.transaction(async (tx) => {
    await tx
      .insertInto('alerts')
      .values(Array.from({ length: 45 }, (_, n) => alertRow(`a${n}`)))
      .execute();
    const raw = Buffer.from(Array.from({ length: 300 }, (_, n) => n % 256));
    for (let n = 0; n < 45; n += 1) {
      await tx
        .insertInto('alert_evidence')
        .values(evidenceRow(`a${n}`, { raw, native: '{"a":"\\u0000"}' }))
        .execute();
    }
    await tx
      .insertInto('audit')
      .values(Array.from({ length: 1200 }, (_, n) => auditRow(`u${n}`)))
      .execute();
    await tx
      .insertInto('outbox')
      .values([outboxRow('x'), outboxRow('y')])
      .execute();
    await tx
      .insertInto('legal_holds')
      .values({
        tenant: 'main',
        id: 'h',
        reason: 'a case',
        from_day: '2026-01-31',
        to_day: '2026-02-01',
        created_by: 'p',
        created_at: at,
        released_at: null,
      })
      .execute();
    await tx.executeQuery(
      CompiledQuery.raw(
        `insert into cursors values ('micro', 1, '2026-01-02 03:04:05.123456+02'), ('far', 2, '12345-01-01 00:00:00Z'), ('bc', 3, '0044-03-15 12:00:00+00 BC')`,
      ),
    );
  });
}

export function recordsDumpContract(harness: RecordsHarness): void {
  describe('dump and restore', () => {
    it('a restored database dumps the same, and goes on numbering after what it was given', async () => {
      const from = await harness.fresh();
      const source = await from.open();
      await source.migrate();
      await fill(source);
      let snapshots = 0;
      const dump = await dumpAll(source, () => {
        snapshots += 1;
      });
      await source.close();
      await from.destroy();
      expect(snapshots).toBe(1);
      expect([...dump.keys()]).toEqual([...recordsTables]);
      expect(dump.get('cursors')).toContainEqual({
        name: 'micro',
        seq: 1,
        updated_at: '2026-01-02T01:04:05.123456Z',
      });
      expect(dump.get('alert_evidence')?.[0]?.['raw']).toEqual({
        $bytes: expect.stringMatching(/^AAECAwQF[A-Za-z0-9+/=]*$/),
      });

      const to = await harness.fresh();
      const target = await to.open();
      await target.migrate();
      const counts = await target.restore(feed(dump));
      expect(counts).toMatchObject({
        alerts: 45,
        alert_evidence: 45,
        audit: 1200,
        outbox: 2,
        legal_holds: 1,
        rules: 0,
      });
      expect(await dumpAll(target)).toEqual(dump);
      const next = await target.db
        .insertInto('outbox')
        .values(outboxRow('z'))
        .returning('id')
        .executeTakeFirstOrThrow();
      expect(next.id).toBe(Math.max(...(dump.get('outbox') ?? []).map((row) => Number(row['id']))) + 1);
      await refusesToRestoreOver(target, dump);
      await target.close();
      await to.destroy();
    });

    it('a dump of another schema is refused whole', async () => {
      const place = await harness.fresh();
      const records = await place.open();
      await records.migrate();
      const good = ['meta', [{ key: 'kept?', value: 'no' }]] as const;
      const bad: [string, Rows][] = [
        ['no_such_table', [{ a: 1 }]],
        ['cursors', [{ name: 'n', seq: 1, updated_at: '2026-01-01T00:00:00Z', extra: 1 }]],
        ['cursors', [{ name: 'n', seq: 1 }]],
      ];
      for (const [table, rows] of bad) {
        const restoring = records.restore(
          feed(
            new Map<string, Rows>([
              [good[0], [...good[1]]],
              [table, rows],
            ]),
          ),
        );
        const error: unknown = await restoring.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(AppError);
        expect((error as AppError).code).toBe('E_DATA_INVALID');
        expect(await records.db.selectFrom('meta').selectAll().execute()).toEqual([]);
      }
      await records.close();
      await place.destroy();
    });
  });
}

async function refusesToRestoreOver(records: Records, dump: ReadonlyMap<string, Rows>): Promise<void> {
  const error: unknown = await records.restore(feed(dump)).catch((thrown: unknown) => thrown);
  expect((error as AppError).code).toBe('E_DATA_INVALID');
  expect((error as AppError).message).toMatch(/not empty/);
}
