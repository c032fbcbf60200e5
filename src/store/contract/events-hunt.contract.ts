/** What every event store must do for hunts: filters, order, limits, and an end when nobody wants it any more. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TenantId } from '../../model/ids.ts';
import { allRows } from '../clickhouse/engine.ts';
import type { EventFilter, EventRow, EventStore, StoredEvent } from '../events.ts';
import {
  batchOf,
  collect,
  type EventStoreHarness,
  type OpenHarness,
  plain,
  receivedAt,
  source,
  tenant,
} from './events-harness.ts';

const json = (value: unknown) => JSON.stringify(value);

export function eventHuntContract(name: string, open: OpenHarness): void {
  describe(`${name}: hunts`, () => {
    let harness: EventStoreHarness;
    let store: EventStore;
    beforeEach(async () => {
      harness = await open({ hunt: { maxSeconds: 60 } });
      store = harness.store;
      await store.migrate();
    });
    afterEach(() => harness.destroy());

    /** The marks (in `file`) of what a filter finds, newest first. */
    const marks = async (filter: Partial<EventFilter>, limit = 100): Promise<string[]> =>
      (await collect(store.search({ tenant, limit, ...filter }))).map((event) => event.file);

    test('events are found at their places, across batches, those that are not there left out', async () => {
      await store.append([batchOf(1, plain(3)), batchOf(2, plain(3)), batchOf(3, plain(1))]);
      const places = [
        { seq: 2, idx: 2 },
        { seq: 1, idx: 0 },
        { seq: 3, idx: 2 },
        { seq: 9, idx: 0 },
      ];
      const found = await store.at(tenant, places);
      expect(found.map(({ seq, idx }) => [seq, idx])).toEqual([
        [1, 0],
        [2, 2],
      ]);
      expect(await store.at('other' as TenantId, places)).toEqual([]);
      expect(await store.at(tenant, [])).toEqual([]);
    });

    test('a scan gives every row that the filter and the condition let through, and takes no value for SQL', async () => {
      await store.append([
        batchOf(1, [
          { raw: 'a NEEDLE b', file: 'raw' },
          { raw: "x' OR 1=1 --", file: 'quote' },
          { raw: 'x', file: 'none' },
        ]),
      ]);
      const scan = async (needle: string): Promise<string[]> =>
        (await collect(store.scan({ tenant, condition: { kind: 'raw', needles: [needle] } })))
          .map(({ file }) => file)
          .toSorted((a, b) => (a < b ? -1 : 1));
      expect(await scan('needle')).toEqual(['raw']);
      expect(await scan("x' OR 1=1 --")).toEqual(['quote']);
      expect(await collect(store.scan({ tenant, condition: { kind: 'all' } }))).toHaveLength(3);
      const gone = collect(store.scan({ tenant, condition: { kind: 'all' } }, AbortSignal.abort()));
      await expect(gone).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('rows of a condition are counted by day and by whom they are about, and the newest of them told', async () => {
      const at = (time: string) => ({ time: `2026-11-2${time}.000Z`, raw: 'x', file: 'f' });
      await store.append([
        batchOf(1, [
          { host: 'WS1', user: 'ann', ...at('1T23:59:59') },
          { host: 'WS1', user: 'bob', ...at('2T00:00:00') },
          { host: 'WS1', user: '', ...at('2T10:00:00') },
          { host: '', user: 'ann', ...at('2T10:00:00') },
          { host: '', user: '', ...at('2T11:00:00') },
          { host: '', user: '', ...at('2T12:00:00'), source: 'dc-01' },
          { host: 'WS1', user: 'ann', ...at('3T10:00:00') },
          { host: 'WS1', user: 'ann', ...at('2T10:00:00'), file: 'g' },
          { host: 'WS1', user: 'ann', ...at('2T10:00:00'), tenant: 'other' },
        ]),
      ]);
      const condition = { kind: 'text', column: 'file', place: 'whole', cased: true, texts: ['f'] } as const;
      const range = { tenant, to: Date.UTC(2026, 10, 23), condition };
      const found = (await collect(store.tally(range))).map(
        ({ day, host, user, source, rows }) =>
          `${new Date(day).toISOString().slice(0, 10)} ${host} ${user} ${source} ${rows}`,
      );
      expect(found.toSorted()).toEqual(
        [
          `2026-11-21 WS1   1`,
          `2026-11-22 WS1   2`,
          `2026-11-22  ann  1`,
          `2026-11-22   ${source} 1`,
          `2026-11-22   dc-01 1`,
        ].toSorted(),
      );
      const newest = await store.newest(range, 3);
      expect(newest.map(({ time }) => new Date(time).toISOString().slice(11, 13))).toEqual([
        '12',
        '11',
        '10',
      ]);
      const ids = newest.map(({ event_id }) => event_id);
      expect(ids).toHaveLength(new Set(ids).size);
      expect(Object.keys(newest[0] ?? {}).toSorted()).toEqual(['event_id', 'host', 'time', 'user']);
      const gone = AbortSignal.abort();
      await expect(collect(store.tally(range, gone))).rejects.toMatchObject({ name: 'AbortError' });
      await expect(store.newest(range, 3, gone)).rejects.toMatchObject({ name: 'AbortError' });
      await expect(store.newest(range, 0)).rejects.toMatchObject({ code: 'E_BAD_REQUEST' });
    });

    test('each filter narrows, all given must hold, newest event first', async () => {
      const at = (time: string) => ({ time: `2026-11-2${time}:00:00.000Z` });
      await store.append([
        batchOf(1, [
          { file: 'a', host: 'ws1', user: 'ann', ...at('1T10') },
          { file: 'b', host: 'ws2', user: 'ann', ...at('3T10') },
          { file: 'c', host: 'ws1', user: 'bob', ...at('2T10'), unparsed: 'malformed_json' },
          { file: 'd', host: 'ws1', user: 'ann', ...at('2T11'), source: 'dc-01' },
          { file: 'e', host: 'ws1', user: 'ann', ...at('2T10'), tenant: 'other' },
        ]),
      ]);
      expect(await marks({})).toEqual(['b', 'd', 'c', 'a']);
      expect(await marks({ host: 'ws1' })).toEqual(['d', 'c', 'a']);
      expect(await marks({ host: 'ws1', user: 'ann' })).toEqual(['d', 'a']);
      expect(await marks({ source: 'dc-01' })).toEqual(['d']);
      expect(await marks({ unparsedOnly: true })).toEqual(['c']);
      expect(await marks({ tenant: 'other' as TenantId })).toEqual(['e']);
      const day = { from: Date.parse('2026-11-22T10:00:00Z'), to: Date.parse('2026-11-23T10:00:00Z') };
      expect(await marks(day)).toEqual(['d', 'c']);
      expect(await marks({}, 2)).toEqual(['b', 'd']);
      expect(await marks({ host: "' OR 1=1 --" })).toEqual([]);
    });

    const found: { why: string; raw: string; text: string }[] = [
      { why: 'ASCII letters in any case', raw: json({ p: 'PowerShell.EXE' }), text: 'powershell.exe' },
      {
        why: 'a backslash, which JSON doubles',
        raw: json({ p: 'C:\\Windows\\cmd.exe' }),
        text: 'C:\\Windows',
      },
      { why: 'a quote, which JSON escapes', raw: json({ p: 'echo "hi"' }), text: 'echo "hi"' },
      { why: 'raw text that is no JSON', raw: 'path=C:\\Windows "x"', text: 'C:\\Windows "x' },
      { why: 'a line end inside a value', raw: json({ p: 'a\nb' }), text: 'a\nb' },
      { why: 'letters beyond ASCII as they are', raw: json({ p: 'Müller 漢' }), text: 'Müller 漢' },
      {
        why: 'letters beyond ASCII as Python escapes them',
        raw: '{"p":"M\\u00fcller \\u6F22"}',
        text: 'Müller 漢',
      },
      {
        why: 'a slash as PHP escapes it',
        raw: '{"p":"http:\\/\\/x.example\\/\\u00e9"}',
        text: 'http://x.example/é',
      },
      {
        why: 'an escaped slash beside letters as they are',
        raw: '{"p":"http:\\/\\/x.example\\/é"}',
        text: 'http://x.example/é',
      },
      { why: 'what looks like an SQL pattern, literally', raw: json({ p: '100%_sure' }), text: '%_s' },
    ];
    test.each(found)('a text is found in raw: $why', async ({ raw, text }) => {
      await store.append([
        batchOf(1, [
          { file: 'hit', raw },
          { file: 'miss', raw: '{"p":"something else"}' },
        ]),
      ]);
      expect(await marks({ text })).toEqual(['hit']);
    });

    const fields: { why: string; value: string; raws: string[] }[] = [
      {
        why: 'a plain word',
        value: 'svchost',
        raws: ['{"f":"svchost"}', '{"f":"\\u0073vchost"}', '{"f":"s\\u0076\\u0063\\u0068ost"}'],
      },
      {
        why: 'a path',
        value: 'C:\\a/b',
        raws: [
          '{"f":"C:\\\\a/b"}',
          '{"f":"C:\\\\a\\/b"}',
          '{"f":"C:\\u005ca\\u002fb"}',
          '{"f":"\\u0043:\\\\a/b"}',
        ],
      },
      {
        why: 'signs that some writers escape',
        value: "<a&b'+>",
        raws: [`{"f":"<a&b'+>"}`, '{"f":"\\u003Ca\\u0026b\\u0027\\u002B\\u003E"}'],
      },
      {
        why: 'letters beyond ASCII',
        value: 'é漢😀',
        raws: ['{"f":"é漢😀"}', '{"f":"\\u00e9\\u6f22\\ud83d\\ude00"}'],
      },
      { why: 'only what must be escaped', value: '"\\', raws: ['{"f":"\\"\\\\"}', '{"f":"\\u0022\\u005c"}'] },
      { why: 'nothing', value: '', raws: ['{"f":""}'] },
      { why: 'a number', value: '4688', raws: ['{"f":4688}', '{"f":"4688"}'] },
    ];
    test.each(fields)(
      'a native field without a column is found however JSON writes it: $why',
      async ({ value, raws }) => {
        const rows = [...raws, '{"f":"other \\u003c"}', '{"g":"svchost 4688"}'].map((raw) => ({ raw }));
        await store.append([batchOf(1, rows)]);
        const confirm = (event: StoredEvent) => {
          const record = JSON.parse(event.raw) as { f?: string | number };
          return record.f !== undefined && String(record.f) === value;
        };
        const hits = await collect(
          store.search({ tenant, field: { name: 'f', value }, confirm, limit: 100 }),
        );
        expect(hits.map((event) => event.raw).sort()).toEqual([...raws].sort());
      },
    );

    test('what confirmation refuses does not count towards the limit', async () => {
      const rows = Array.from(
        { length: 5_000 },
        (_, at): Partial<EventRow> => ({ raw: json({ f: 'x', at }) }),
      );
      await store.append([batchOf(1, rows)]);
      const late = (event: StoredEvent) => event.idx < 3;
      const query = { tenant, field: { name: 'f', value: 'x' }, confirm: late };
      expect((await collect(store.search({ ...query, limit: 2 }))).map((event) => event.idx)).toEqual([2, 1]);
      expect((await collect(store.search({ ...query, limit: 10 }))).map((event) => event.idx)).toEqual([
        2, 1, 0,
      ]);
    });

    test.each([0, -1, 1.5, 10_001, Number.NaN])(
      'a limit of %d is refused, because the port promises 1 to 10,000',
      async (limit) => {
        await expect(collect(store.search({ tenant, limit }))).rejects.toMatchObject({
          code: 'E_BAD_REQUEST',
        });
        await expect(store.top({ tenant, limit }, 'host')).rejects.toMatchObject({ code: 'E_BAD_REQUEST' });
      },
    );

    test('values of a column are counted under the same filters', async () => {
      const hosts = ['a', 'b', 'b', 'c', 'c', 'c'].map((host) => ({
        host,
        dst_port: host === 'c' ? 53 : 443,
      }));
      await store.append([batchOf(1, [...hosts, { host: 'd', tenant: 'other' }])]);
      expect(await store.top({ tenant, limit: 2 }, 'host')).toEqual([
        { value: 'c', count: 3 },
        { value: 'b', count: 2 },
      ]);
      expect(await store.top({ tenant, limit: 1, rarest: true }, 'host')).toEqual([{ value: 'a', count: 1 }]);
      expect(await store.top({ tenant, limit: 5, host: 'c' }, 'dst_port')).toEqual([
        { value: '53', count: 3 },
      ]);
    });

    /** Queries that are running with a mark of the store's hunts. */
    const running = () =>
      allRows<{ query_id: string }>(
        harness.probe,
        "SELECT query_id FROM system.processes WHERE length(Settings['log_comment']) = 36",
      );

    /** Returns when no hunt is running; the test's time limit is the limit. A server ends a killed query a moment later. */
    async function noneRunning(): Promise<void> {
      while ((await running()).length > 0);
    }

    /** From now on every hunt takes hours of work that gives no row. */
    async function makeHuntsEndless(): Promise<void> {
      const { probe, database } = harness;
      await probe.run(`RENAME TABLE ${database}.events TO ${database}.real_events`);
      await probe.run(
        `CREATE VIEW ${database}.events AS SELECT e.* FROM (SELECT * FROM ${database}.real_events LIMIT 1) AS e CROSS JOIN numbers(1000000000000) AS n WHERE sipHash64(n.number) = 1`,
      );
    }

    test('an abort ends the query in the engine and the loop with an AbortError', async () => {
      await store.append([batchOf(1, plain(1))]);
      await makeHuntsEndless();
      const abort = new AbortController();
      const hunt = collect(store.search({ tenant, limit: 10 }, abort.signal));
      const ended = expect(hunt).rejects.toMatchObject({ name: 'AbortError' });
      while ((await running()).length === 0);
      abort.abort();
      await ended;
      await noneRunning();
    });

    test('a search with a signal that is aborted already asks the engine nothing', async () => {
      const hunt = collect(store.search({ tenant, limit: 10 }, AbortSignal.abort()));
      await expect(hunt).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('a hunt over its time is ended and told so, because the others want the machine too', async () => {
      await store.append([batchOf(1, plain(1))]);
      await makeHuntsEndless();
      const short = await harness.reopen({ hunt: { maxSeconds: 1 } });
      await expect(collect(short.search({ tenant, limit: 10 }))).rejects.toMatchObject({
        code: 'E_TOO_LARGE',
      });
    });

    test('closing ends running hunts, because a stop must not wait for them', async () => {
      await store.append([batchOf(1, plain(1))]);
      await makeHuntsEndless();
      const hunt = collect(store.search({ tenant, limit: 10 }));
      const ended = expect(hunt).rejects.toMatchObject({ name: 'AbortError' });
      while ((await running()).length === 0);
      await store.close();
      await ended;
      await noneRunning();
    });

    test('leaving the loop early frees the engine, as often as one likes', async () => {
      await store.append([batchOf(1, plain(9_000))]);
      for (let round = 0; round < 6; round++) {
        for await (const event of store.search({ tenant, limit: 9_000 })) {
          expect(event.seq).toBe(1);
          break;
        }
      }
      await noneRunning();
      expect(await marks({ host: 'ws1.example' }, 5)).toHaveLength(5);
    });

    test('closing does not wait for a hunt that nobody reads on', async () => {
      await store.append([batchOf(1, plain(9_000))]);
      const hunt = store.search({ tenant, limit: 9_000 })[Symbol.asyncIterator]();
      await hunt.next();
      await store.close();
      await expect(hunt.next()).rejects.toMatchObject({ name: 'AbortError' });
    });

    test('a hunt that nobody reads on holds up neither writing nor consumers', async () => {
      await store.append([batchOf(1, plain(9_000))]);
      const hunt = store.search({ tenant, limit: 9_000 })[Symbol.asyncIterator]();
      await hunt.next();
      await store.append([batchOf(2, plain(1))]);
      expect((await store.readAfter(1, 10)).map((record) => record.seq)).toEqual([2]);
      expect((await store.stats()).rows).toBe(9_001);
      await hunt.return?.();
      await noneRunning();
    });

    test('times are the events own: a range selects by them and not by receipt', async () => {
      await store.append([batchOf(1, [{ file: 'old', time: '2020-02-29T00:00:00.001Z' }, { file: 'new' }])]);
      expect(await marks({ to: receivedAt - 3_600_000 })).toEqual(['old']);
      expect(
        await marks({
          from: Date.parse('2020-02-29T00:00:00.001Z'),
          to: Date.parse('2020-02-29T00:00:00.002Z'),
        }),
      ).toEqual(['old']);
      expect(await marks({ to: Date.parse('2020-02-29T00:00:00.001Z') })).toEqual([]);
    });
  });
}
