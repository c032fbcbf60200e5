/** What every records adapter must do. Each adapter's test runs all of it. */
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isUniqueViolation, type Records, sqlState } from '../records.ts';
import { pgText } from '../schema.ts';
import { recordsDumpContract } from './records-dump.contract.ts';
import type { RecordsHarness } from './records-harness.ts';
import { recordsMigrationContract } from './records-migration.contract.ts';
import { alertRow, at, auditRow, evidenceRow, outboxRow } from './rows.ts';

export function recordsContract(harness: RecordsHarness): void {
  describe('records', () => {
    let records: Records;
    let destroy: () => Promise<void>;

    beforeAll(async () => {
      const place = await harness.fresh();
      records = await place.open();
      await records.migrate();
      destroy = async () => {
        await records.close();
        await place.destroy();
      };
    });
    afterAll(() => destroy());

    transactions(() => records);
    values(() => records);
    constraints(() => records);
  });
  recordsMigrationContract(harness);
  recordsDumpContract(harness);
}

function transactions(of: () => Records): void {
  const value = async (key: string) =>
    (await of().db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst())?.value;

  describe('transactions', () => {
    it('a transaction that throws leaves nothing behind and passes its error on', async () => {
      const failure = new Error('no');
      const run = of().transaction(async (tx) => {
        await tx.insertInto('meta').values({ key: 'thrown', value: '1' }).execute();
        throw failure;
      });
      await expect(run).rejects.toBe(failure);
      expect(await value('thrown')).toBeUndefined();
    });

    it('a failed statement that is swallowed can not pass for a commit', async () => {
      const run = of().transaction(async (tx) => {
        await tx.insertInto('meta').values({ key: 'swallowed', value: '1' }).execute();
        await tx.executeQuery(CompiledQuery.raw('select 1/0')).catch(() => 'swallowed');
      });
      await expect(run).rejects.toThrow(/rolled back at commit/);
      expect(await value('swallowed')).toBeUndefined();
    });

    it('statements of others never join an open transaction: its rollback takes only its own', async () => {
      const order: string[] = [];
      let inside: () => void = () => {};
      const opened = new Promise<void>((resolve) => {
        inside = resolve;
      });
      const doomed = of().transaction(async (tx) => {
        await tx.insertInto('meta').values({ key: 'doomed', value: '1' }).execute();
        inside();
        for (let step = 0; step < 20; step += 1) {
          await tx
            .updateTable('meta')
            .set({ value: String(step) })
            .where('key', '=', 'doomed')
            .execute();
        }
        order.push('doomed ends');
        throw new Error('rolled back on purpose');
      });
      await opened;
      const others = Array.from({ length: 10 }, (_, n) =>
        of()
          .db.insertInto('meta')
          .values({ key: `other-${n}`, value: 'kept' })
          .execute(),
      );
      await expect(doomed).rejects.toThrow('on purpose');
      await Promise.all(others);
      expect(await value('doomed')).toBeUndefined();
      for (let n = 0; n < 10; n += 1) expect(await value(`other-${n}`)).toBe('kept');
      expect(order).toEqual(['doomed ends']);
    });

    it('parameters and results stay with their statement when a hundred run at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const columns = n % 2 === 0 ? '$1::int as n' : '$1::int as n, $2::text as t';
          const parameters = n % 2 === 0 ? [n] : [n, `t${n}`];
          const { rows } = await of().db.executeQuery(CompiledQuery.raw(`select ${columns}`, parameters));
          return rows[0];
        }),
      );
      expect(answers).toEqual(
        Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? { n } : { n, t: `t${n}` })),
      );
    });

    it('twenty concurrent read-modify-writes of a locked row all count', async () => {
      await of().db.insertInto('sequences').values({ name: 'counter', reserved_to: 0 }).execute();
      await Promise.all(
        Array.from({ length: 20 }, () =>
          of().transaction(async (tx) => {
            const row = await tx
              .selectFrom('sequences')
              .select('reserved_to')
              .where('name', '=', 'counter')
              .forUpdate()
              .executeTakeFirstOrThrow();
            await tx
              .updateTable('sequences')
              .set({ reserved_to: row.reserved_to + 1 })
              .where('name', '=', 'counter')
              .execute();
          }),
        ),
      );
      const row = await of()
        .db.selectFrom('sequences')
        .selectAll()
        .where('name', '=', 'counter')
        .executeTakeFirstOrThrow();
      expect(row.reserved_to).toBe(20);
    });

    it.each([
      { state: '40001', why: 'a serialisation failure did nothing and may run again' },
      { state: '40P01', why: 'so may the victim of a deadlock' },
    ])('$state is tried again: $why', async ({ state }) => {
      let tries = 0;
      const answer = await of().transaction(async (tx) => {
        tries += 1;
        if (tries < 3) await raise(tx, state);
        return 'done';
      });
      expect({ answer, tries }).toEqual({ answer: 'done', tries: 3 });
    });

    it('a transaction that always collides gives up after three more tries', async () => {
      let tries = 0;
      const run = of().transaction(async (tx) => {
        tries += 1;
        await raise(tx, '40001');
      });
      const error: unknown = await run.catch((thrown: unknown) => thrown);
      expect(sqlState(error)).toBe('40001');
      expect(tries).toBe(4);
    });

    it('other errors are not tried again, because they would fail again', async () => {
      let tries = 0;
      const run = of().transaction(async (tx) => {
        tries += 1;
        await raise(tx, '22012');
      });
      await expect(run).rejects.toThrow('raised');
      expect(tries).toBe(1);
    });

    it('the store itself is refused inside a transaction, where it would act outside of it', async () => {
      const viaDb = of().transaction(() => of().db.selectFrom('meta').selectAll().execute());
      await expect(viaDb).rejects.toThrow(/use its `tx`/);
      const nested = of().transaction(() => of().transaction(() => Promise.resolve(1)));
      await expect(nested).rejects.toThrow(/use its `tx`/);
      expect(await of().transaction(() => Promise.resolve('still works'))).toBe('still works');
    });

    it('a script that fails inside its own BEGIN leaves no transaction to the next statement', async () => {
      const script = "begin; insert into meta values ('script', '1'); select 1/0; commit;";
      await expect(of().db.executeQuery(CompiledQuery.raw(script))).rejects.toThrow(/division/);
      expect(await value('script')).toBeUndefined();
    });
  });
}

async function raise(tx: Pick<Records['db'], 'executeQuery'>, state: string): Promise<void> {
  await tx.executeQuery(
    CompiledQuery.raw(`do $$ begin raise exception 'raised' using errcode = '${state}'; end $$`),
  );
}

function values(of: () => Records): void {
  describe('values', () => {
    it('a megabyte of evidence with every byte value comes back as it went in', async () => {
      const raw = Buffer.alloc(1 << 20, Buffer.from(Array.from({ length: 256 }, (_, n) => n)));
      const native = JSON.stringify({ text: 'é\u0000漢'.repeat(100_000) });
      await of().transaction(async (tx) => {
        await tx.insertInto('alerts').values(alertRow('big')).execute();
        await tx.insertInto('alert_evidence').values(evidenceRow('big', { raw, native })).execute();
      });
      const row = await of()
        .db.selectFrom('alert_evidence')
        .selectAll()
        .where('alert_id', '=', 'big')
        .executeTakeFirstOrThrow();
      expect(row.raw.equals(raw)).toBe(true);
      expect(row.native === native).toBe(true);
      expect(row.event_time).toEqual(at);
    });

    it('text with U+0000 is refused as it is, and kept after pgText', async () => {
      const text = 'a\u0000b\ud800c';
      const insert = (value: string) => of().db.insertInto('meta').values({ key: 'nul', value }).execute();
      await expect(insert('a\u0000b')).rejects.toThrow(/0x00|null/i);
      await insert(pgText(text));
      const row = await of()
        .db.selectFrom('meta')
        .select('value')
        .where('key', '=', 'nul')
        .executeTakeFirstOrThrow();
      expect(row.value).toBe('a\u2400b\ufffdc');
    });

    it('numbers are numbers up to the last safe one, and an error beyond', async () => {
      const seq = Number.MAX_SAFE_INTEGER;
      await of().db.insertInto('cursors').values({ name: 'top', seq, updated_at: at }).execute();
      const row = await of()
        .db.selectFrom('cursors')
        .selectAll()
        .where('name', '=', 'top')
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ name: 'top', seq, updated_at: at });
      const beyond = of().db.executeQuery(CompiledQuery.raw('select 9007199254740993::bigint as n'));
      await expect(beyond).rejects.toThrow(/safe integers/);
    });

    it('the outbox numbers its rows upwards', async () => {
      const insert = (type: string) =>
        of().db.insertInto('outbox').values(outboxRow(type)).returning('id').executeTakeFirstOrThrow();
      const [first, second] = [await insert('one'), await insert('two')];
      expect(second.id).toBeGreaterThan(first.id);
    });

    it('reports how much room it takes', async () => {
      expect(await of().sizeBytes()).toBeGreaterThan(1 << 20);
    });

    it('upkeep runs beside other work and loses nothing', async () => {
      const [, count] = await Promise.all([
        of().maintain(),
        of().db.insertInto('meta').values({ key: 'during upkeep', value: '1' }).executeTakeFirst(),
      ]);
      expect(count.numInsertedOrUpdatedRows).toBe(1n);
    });
  });
}

function constraints(of: () => Records): void {
  describe('constraints', () => {
    const insert = (...rows: ReturnType<typeof alertRow>[]) =>
      of().db.insertInto('alerts').values(rows).execute();

    it('a group may have several open alerts, each for its own span of time, but an id is one alert', async () => {
      await insert(alertRow('open-1', { group_key: 'g' }), alertRow('open-2', { group_key: 'g' }));
      const again = await insert(alertRow('open-1', { group_key: 'h' })).catch((error: unknown) => error);
      expect(isUniqueViolation(again)).toBe(true);
      expect(isUniqueViolation(again, 'alerts_pkey')).toBe(true);
      expect(isUniqueViolation(again, 'alerts_by_group')).toBe(false);
      await insert(alertRow('open-1', { group_key: 'g', tenant: 'other' }));
    });

    it('an error that is no unique violation is not taken for one', async () => {
      const error: unknown = await of()
        .db.executeQuery(CompiledQuery.raw('select 1/0'))
        .catch((thrown: unknown) => thrown);
      expect(isUniqueViolation(error)).toBe(false);
      expect(isUniqueViolation(new Error('23505'))).toBe(false);
    });

    it.each([
      { over: { status: 'open' }, why: 'a status that does not exist' },
      { over: { severity: 'urgent' }, why: 'a severity that does not exist' },
      { over: { verdict: 'maybe' }, why: 'a verdict that does not exist' },
      { over: { status: 'closed' }, why: 'closed without saying what it was' },
      { over: { status: 'waiting' }, why: 'waiting without saying for what' },
      { over: { priority: 101 }, why: 'a priority beyond its scale' },
    ])('refuses an alert with $why', async ({ over }) => {
      const error: unknown = await insert(alertRow('bad', over)).catch((thrown: unknown) => thrown);
      expect(sqlState(error)).toBe('23514');
    });

    it('evidence of an alert that is not there is refused at commit, in whatever order rows are written', async () => {
      const orphan = of().transaction((tx) =>
        tx.insertInto('alert_evidence').values(evidenceRow('nobody')).execute(),
      );
      expect(sqlState(await orphan.catch((error: unknown) => error))).toBe('23503');
      await of().transaction(async (tx) => {
        await tx.insertInto('alert_evidence').values(evidenceRow('late')).execute();
        await tx.insertInto('alerts').values(alertRow('late')).execute();
      });
    });

    it.each([
      { sql: "update audit set outcome = 'failed'", why: 'an entry is never changed' },
      { sql: 'delete from audit', why: 'nor removed' },
      { sql: 'truncate audit', why: 'nor all of them at once' },
    ])('the audit trail refuses "$sql": $why', async ({ sql }) => {
      await of().db.insertInto('audit').values(auditRow(sql)).execute();
      const error: unknown = await of()
        .db.executeQuery(CompiledQuery.raw(sql))
        .catch((thrown: unknown) => thrown);
      expect(String(error)).toMatch(/append-only/);
      const row = await of()
        .db.selectFrom('audit')
        .select('outcome')
        .where('id', '=', sql)
        .executeTakeFirst();
      expect(row).toEqual({ outcome: 'ok' });
    });
  });
}
