/** What every event store must do: each sentence of the port as a test. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventId, SourceId, TenantId } from '../../model/ids.ts';
import { allRows } from '../clickhouse/engine.ts';
import type { EventStore } from '../events.ts';
import {
  batchOf,
  collect,
  type EventStoreHarness,
  eventId,
  eventRow,
  type OpenHarness,
  plain,
  receivedAt,
  source,
  tenant,
} from './events-harness.ts';

const dayMs = 86_400_000;
const iso = (at: number) => new Date(at).toISOString();

export function eventStoreContract(name: string, open: OpenHarness): void {
  describe(`${name}: writing`, () => {
    let harness: EventStoreHarness;
    let store: EventStore;
    beforeEach(async () => {
      harness = await open();
      store = harness.store;
      await store.migrate();
    });
    afterEach(() => harness.destroy());

    const count = async (): Promise<number> => (await store.stats()).rows;

    test('migrating again changes nothing, because every start does it', async () => {
      await store.append([batchOf(1, plain(3))]);
      await store.migrate();
      expect(await count()).toBe(3);
    });

    test('a store of a newer version is refused, because this program does not know what it holds', async () => {
      const row = Buffer.from('{"version":999,"name":"from the future"}\n');
      await harness.probe.insert(`${harness.database}.migrations`, row, {});
      const again = await harness.reopen();
      await expect(again.migrate()).rejects.toMatchObject({ code: 'E_DATA_NEWER' });
    });

    test('what was appended is there after a restart, to the byte', async () => {
      await store.append([batchOf(1, plain(2)), batchOf(2, plain(1))]);
      const before = await store.readAfter(0, 100);
      const again = await harness.reopen();
      await again.migrate();
      expect(await again.readAfter(0, 100)).toEqual(before);
      expect(await again.lastSeq()).toBe(2);
    });

    test('repeating a call whose outcome is unknown stores nothing twice', async () => {
      const call = [batchOf(1, plain(5)), batchOf(2, plain(7))];
      await store.append(call);
      await store.append(call);
      expect(await count()).toBe(12);
      await store.append([batchOf(3, plain(1))]);
      await store.append(call);
      expect(await count()).toBe(13);
    });

    test('two batches alike but for their seq are both stored, because two identical lines are two events', async () => {
      await store.append([batchOf(1, [{ event_id: 'a'.repeat(32) }])]);
      await store.append([batchOf(2, [{ event_id: 'a'.repeat(32) }])]);
      expect(await count()).toBe(2);
    });

    test('batches around midnight are stored, each on its day, and once', async () => {
      const call = [
        batchOf(1, [{ received: '2026-11-23T23:59:59.999Z' }]),
        batchOf(2, [{ received: '2026-11-24T00:00:00.000Z' }]),
      ];
      await store.append(call);
      await store.append(call);
      expect(await store.stats()).toMatchObject({ rows: 2, days: 2 });
    });

    test('an insert is one part, so that all or nothing of it is stored, at 50,000 rows as well', async () => {
      await harness.probe.run('SYSTEM STOP MERGES');
      await store.append([batchOf(1, plain(20_000)), batchOf(2, plain(30_000))]);
      const parts = await allRows<{ rows: number }>(
        harness.probe,
        `SELECT rows FROM system.parts WHERE active AND database = '${harness.database}' AND table = 'events'`,
      );
      await harness.probe.run('SYSTEM START MERGES');
      expect(parts).toEqual([{ rows: 50_000 }]);
    });

    test('one batch with an event on each of 400 days is stored whole, because a sender chooses event time', async () => {
      const rows = Array.from({ length: 400 }, (_, day) => ({ time: iso(receivedAt - day * dayMs) }));
      await store.append([batchOf(1, rows)]);
      expect(await store.stats()).toMatchObject({ rows: 400, days: 1 });
      const found = await collect(store.search({ tenant, limit: 1_000 }));
      expect(found.map((event) => event.time)).toEqual(rows.map((row) => Date.parse(row.time)));
    });

    test('calls made at once are stored in their order, because a consumer never goes back', async () => {
      const seqs = [1, 2, 3, 4, 5, 6];
      await Promise.all(seqs.map((seq) => store.append([batchOf(seq, plain(2))])));
      expect((await store.readAfter(0, 100)).map((record) => record.seq)).toEqual(
        seqs.flatMap((seq) => [seq, seq]),
      );
    });

    test('a row that the engine refuses is a bug that names its batch, and stores nothing of it', async () => {
      const bad = Buffer.concat([batchOf(7, plain(2)).rows, Buffer.from('{"no_such_column":1}\n')]);
      const failure = store.append([{ seq: 7, rows: bad, count: 3 }]);
      await expect(failure).rejects.toThrow(/batch 7/);
      await expect(failure).rejects.not.toHaveProperty('status');
      expect(await count()).toBe(0);
      await store.append([batchOf(8, plain(1))]);
      expect(await count()).toBe(1);
    });

    test('an empty call and an empty batch store nothing and fail nothing', async () => {
      await store.append([]);
      await store.append([{ seq: 1, rows: Buffer.alloc(0), count: 0 }, batchOf(2, plain(1))]);
      expect(await count()).toBe(1);
    });

    const texts = [
      { why: 'the quote and the escape of SQL and JSON', text: `it's "quoted" \\ \\\\ \\' \\" \\n` },
      {
        why: 'every control character, U+0000 among them',
        text: Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join(''),
      },
      { why: 'characters outside the basic plane', text: 'Ω 漢字 😀 👩‍👩‍👧' },
      {
        why: 'line separators that JavaScript once took for line ends',
        text: 'a\u2028b\u2029c\u0085d\ufeff',
      },
      {
        why: 'what looks like a parameter, a statement or an escape of TSV',
        text: "{x:String} '; DROP TABLE events; -- \\N \\t",
      },
      { why: 'nothing', text: '' },
    ];
    test.each(texts)('a text comes back as it was: $why', async ({ text }) => {
      await store.append([batchOf(1, [{ raw: text, host: text, user: text, command_line: text }])]);
      const event = await store.get(tenant, eventId(1, 0));
      expect(event).toMatchObject({ raw: text, host: text, user: text, command_line: text });
      const found = await collect(store.search({ tenant, host: text, user: text, limit: 10 }));
      expect(found).toHaveLength(1);
    });

    test('a record that is no UTF-8 comes back byte by byte', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await store.append([batchOf(1, [{ raw: bytes.toString('latin1'), raw_encoding: 'latin1' }])]);
      const [record] = await store.readAfter(0, 10);
      expect(record?.raw).toEqual(bytes);
    });

    test('a lone surrogate in a field does not hold up the batch', async () => {
      await store.append([batchOf(1, [{ host: 'a\ud800b' }, {}])]);
      expect(await count()).toBe(2);
    });

    test('a row of 1 MB is stored whole', async () => {
      const raw = 'x"\\'.repeat(350_000);
      await store.append([batchOf(1, [{ raw }, {}])]);
      expect((await store.get(tenant, eventId(1, 0)))?.raw === raw).toBe(true);
    });

    test('after close every call is refused as unavailable', async () => {
      await store.close();
      const refused = { code: 'E_STORE_UNAVAILABLE' };
      await expect(store.append([batchOf(1, plain(1))])).rejects.toMatchObject(refused);
      await expect(store.lastSeq()).rejects.toMatchObject(refused);
      await expect(store.get(tenant, eventId(1, 0))).rejects.toMatchObject(refused);
      await expect(store.stats()).rejects.toMatchObject(refused);
    });
  });

  describe(`${name}: reading by sequence and identity`, () => {
    let harness: EventStoreHarness;
    let store: EventStore;
    beforeEach(async () => {
      harness = await open();
      store = harness.store;
      await store.migrate();
    });
    afterEach(() => harness.destroy());

    test('an empty store has no records, no highest seq and no rows', async () => {
      expect(await store.lastSeq()).toBe(0);
      expect(await store.readAfter(0, 10)).toEqual([]);
      expect(await store.stats()).toEqual({ rows: 0, bytesOnDisk: 0, days: 0 });
      expect(await store.expire('2030-01-01', [])).toEqual([]);
      expect(await collect(store.exportDays(10))).toEqual([]);
    });

    test('records come ordered by seq and idx, whole batches, about as many as asked', async () => {
      await store.append([batchOf(1, plain(3)), batchOf(2, plain(3))]);
      await store.append([batchOf(3, plain(10)), batchOf(5, plain(1))]);
      const places = async (after: number, max: number) =>
        (await store.readAfter(after, max)).map((record) => `${record.seq}.${record.idx}`);
      expect(await places(0, 6)).toEqual(['1.0', '1.1', '1.2', '2.0', '2.1', '2.2']);
      expect(await places(0, 7)).toHaveLength(6);
      expect(await places(0, 1)).toEqual(['1.0', '1.1', '1.2']);
      expect(await places(2, 4)).toHaveLength(10);
      expect(await places(3, 100)).toEqual(['5.0']);
      expect(await places(5, 100)).toEqual([]);
    });

    test('a gap in the sequence, as a restart leaves it, is passed over', async () => {
      await store.append([batchOf(3, plain(1))]);
      await store.append([batchOf(1_000_000_007, plain(2))]);
      expect((await store.readAfter(3, 10)).map((record) => record.seq)).toEqual([
        1_000_000_007, 1_000_000_007,
      ]);
      expect(await store.lastSeq()).toBe(1_000_000_007);
    });

    test('many small batches come in one answer, because a consumer far behind must catch up', async () => {
      await store.append(Array.from({ length: 600 }, (_, at) => batchOf(at + 1, plain(1))));
      expect(await store.readAfter(0, 500)).toHaveLength(500);
      expect(await store.readAfter(100, 10_000)).toHaveLength(500);
    });

    test('a record says all that parsing it again needs', async () => {
      await store.append([batchOf(4, [{ unparsed: 'malformed_json', raw: '{"a' }])]);
      expect(await store.readAfter(0, 10)).toEqual([
        {
          tenant,
          source,
          receivedAt,
          seq: 4,
          idx: 0,
          eventId: eventId(4, 0),
          context: 'c'.repeat(32),
          unparsed: 'malformed_json',
          raw: Buffer.from('{"a'),
        },
      ]);
    });

    test('an event is found by its id with every column, for its tenant only', async () => {
      await store.append([batchOf(1, plain(3))]);
      const row = eventRow(1, 1);
      expect(await store.get(tenant, eventId(1, 1))).toEqual({
        ...row,
        received: Date.parse(row.received),
        time: Date.parse(row.time),
      });
      expect(await store.get('other' as TenantId, eventId(1, 1))).toBeNull();
      expect(await store.get(tenant, 'f'.repeat(32) as EventId)).toBeNull();
    });

    test('of many ids those are known that this tenant and source stored since then', async () => {
      await store.append([batchOf(1, plain(2_500))]);
      const mine = Array.from({ length: 2_500 }, (_, idx) => eventId(1, idx));
      const asked = mine.flatMap((id, idx) => [id, eventId(2, idx)]);
      expect(await store.existing(tenant, source, receivedAt, asked)).toEqual(new Set(mine));
      expect((await store.existing(tenant, source, receivedAt + 1, asked)).size).toBe(0);
      expect((await store.existing(tenant, 'other' as SourceId, 0, asked)).size).toBe(0);
      expect((await store.existing('other' as TenantId, source, 0, asked)).size).toBe(0);
      expect((await store.existing(tenant, source, 0, [])).size).toBe(0);
      expect((await store.existing(tenant, source, 0, ["it's \\ a 'trap" as EventId])).size).toBe(0);
    });

    test('an expired day is gone, a held one stays, and event time has no say', async () => {
      const onDay = (seq: number, day: string, time = `${day}T12:00:00.000Z`) =>
        batchOf(seq, [{ received: `${day}T12:00:00.000Z`, time }]);
      await store.append([
        onDay(1, '2026-01-01'),
        onDay(2, '2026-01-02'),
        onDay(3, '2026-01-03'),
        onDay(4, '2026-01-04', '1999-01-01T00:00:00.000Z'),
      ]);
      const held = [{ from: '2026-01-02', to: '2026-01-02' }];
      expect(await store.expire('2026-01-04', held)).toEqual(['2026-01-01', '2026-01-03']);
      expect((await store.readAfter(0, 10)).map((record) => record.seq)).toEqual([2, 4]);
      expect(await store.expire('2026-01-04', held)).toEqual([]);
      expect(await store.expire('2026-01-04', [])).toEqual(['2026-01-02']);
      expect(await store.expire('2026-01-05', [])).toEqual(['2026-01-04']);
      expect(await store.lastSeq()).toBe(0);
    });

    test('a store made from an export is equal to the first, up to the seq asked for', async () => {
      const traps = [`'"\\\u0000`, '😀', '\n\r\t'].map((text) => ({ raw: text, host: text }));
      const old = { received: '2025-12-31T23:59:59.999Z', time: '1970-01-01T00:00:00.000Z' };
      await store.append([
        batchOf(1, [old]),
        batchOf(2, traps),
        batchOf(3, plain(2_000)),
        batchOf(4, plain(1)),
      ]);
      const before = await collect(store.search({ tenant, limit: 10_000 }));
      const days: { day: string; rows: number; data: Uint8Array[] }[] = [];
      for await (const { day, rows, data } of store.exportDays(3)) {
        days.push({ day, rows, data: await collect(data) });
      }
      expect(days.map(({ day, rows }) => [day, rows])).toEqual([
        ['2025-12-31', 1],
        ['2026-11-24', 2_003],
      ]);
      await harness.destroy();

      harness = await open();
      store = harness.store;
      await store.migrate();
      for (const { data, rows } of days) expect(await store.importDay(chunks(data))).toBe(rows);
      const after = await collect(store.search({ tenant, limit: 10_000 }));
      expect(after).toEqual(before.filter((event) => event.seq <= 3));
      expect(await store.stats()).toMatchObject({ rows: 2_004, days: 2 });
    });

    test('a cut export is refused, because a backup that is not whole must not look restored', async () => {
      await store.append([batchOf(1, plain(500))]);
      const [day] = await collect(store.exportDays(1));
      if (day === undefined) throw new Error('no day was exported');
      const bytes = Buffer.concat(await collect(day.data));
      await expect(store.importDay(chunks([bytes.subarray(0, bytes.length / 2)]))).rejects.toThrow();
    });
  });
}

async function* chunks(data: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  yield* data;
}
