/** What every event store must do for queries: exactly the events that the evaluator says, in lists and in counts. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseQuery, printQuery, type QueryNode, queryTest } from '../../lang/query/index.ts';
import { queryNodes } from '../../lang/query/testing.ts';
import type { EventFilter, EventQuery, EventRow, EventStore, EventViews, StoredEvent } from '../events.ts';
import {
  batchOf,
  collect,
  type EventStoreHarness,
  type OpenHarness,
  receivedAt,
  tenant,
} from './events-harness.ts';

/** Native fields are the members of raw; OCSF is a member of its own, so that its values need not stand elsewhere. */
function views({ raw }: Pick<StoredEvent, 'raw'>): EventViews {
  if (!raw.startsWith('{')) return { native: {}, ocsf: {} };
  const native = JSON.parse(raw) as Record<string, unknown>;
  const n = typeof native['n'] === 'number' ? native['n'] : 0;
  const status = n > 2 ? 'Failure' : 'Success';
  return { native: { ...native, c: `computed ${n}` }, ocsf: { status, time: 7 } };
}

const words = [
  'ab',
  'AB',
  'a',
  'é',
  'C:\\Windows\\cmd.exe',
  'say "hi"',
  'a/b',
  '10.1.2.3',
  '::ffff:10.1.2.3',
  '42',
  '4.2e1',
  '0x2a',
  '100%_x',
  '',
  'K',
  '2001:db8::7',
  '010.1.2.3',
  'line\nend',
];
const word = fc.constantFrom(...words);

/** JSON as different writers escape it. */
const written = fc.constantFrom(
  (text: string) => text,
  (text: string) =>
    text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (text: string) => text.replaceAll('/', '\\/'),
  (text: string) => text.replace(/[bC]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
);

const row: fc.Arbitrary<Partial<EventRow>> = fc
  .record({
    native: fc.record(
      {
        f: fc.oneof(word, fc.integer({ min: -3, max: 50 }), fc.boolean(), fc.array(word, { maxLength: 2 })),
        G: fc.record({ h: word }),
        n: fc.integer({ min: 0, max: 5 }),
      },
      { requiredKeys: [] },
    ),
    write: written,
    json: fc.boolean(),
    host: word,
    src_ip: fc.constantFrom(
      '',
      '10.1.2.3',
      '10.200.0.1',
      '192.0.2.7',
      '192.0.2.200',
      '2001:db8::7',
      '::ffff:10.9.9.9',
      'none',
    ),
    event_code: fc.constantFrom('', '42', '4688', '0x2a', '1.5', 'x1'),
    dst_port: fc.constantFrom(0, 22, 42, 443),
    class_uid: fc.constantFrom(0, 3002),
    activity_id: fc.constantFrom(0, 1),
    parser: fc.constantFrom('windows-json', 'other'),
  })
  .map(({ native, write, json, ...columns }) => ({
    ...columns,
    raw: json ? write(JSON.stringify(native)) : `plain ${JSON.stringify(native).replaceAll('{', '')}`,
  }));

const fields = fc.constantFrom(
  'host',
  'src_ip',
  'event_code',
  'dst_port',
  'activity_id',
  'f',
  'F',
  'g.h',
  'G',
  'n',
  'status',
  'native.f',
  'ocsf.status',
  'time',
  'nope',
  'C',
  'parser',
);
const text = fc.oneof(
  word.filter((one) => !/\n/.test(one)),
  fc.constantFrom('Success', 'fail', 'b', '\\', '3', '%', '_', 'windows', 'true', 'computed 3'),
);

export function eventQueryContract(name: string, open: OpenHarness): void {
  describe(`${name}: queries`, () => {
    let harness: EventStoreHarness;
    let store: EventStore;
    let events: readonly StoredEvent[];
    beforeAll(async () => {
      harness = await open();
      store = harness.store;
      await store.migrate();
      // The same rows for every run, so that a failure can be repeated.
      const rows = fc.sample(row, { numRuns: 300, seed: 20_261_125 });
      const hour = 3_600_000;
      const spread = rows.map((one, at) => ({
        ...one,
        time: new Date(receivedAt - hour + at * 10_000).toISOString(),
        source: at % 3 === 0 ? 'dc-01' : 'web-1',
      }));
      await store.append([batchOf(1, spread)]);
      events = await collect(store.search({ tenant, limit: 1_000 }));
    });
    afterAll(() => harness.destroy());

    const queryOf = (node: QueryNode): EventQuery => ({
      node,
      views,
      verbatim: [{ name: 'windows-json', computed: { c: 'any' }, escapes: [] }],
    });
    const asked = (query: string, given: Partial<EventFilter> = {}) => {
      const node = parseQuery(query);
      if (!node.ok) throw new Error(node.error.message);
      return { tenant, query: queryOf(node.value), ...given };
    };
    const meant = (node: QueryNode) => {
      const matches = queryTest(node);
      return events.filter((event) =>
        matches({
          columns: event,
          raw: event.raw,
          ...views(event),
        }),
      );
    };
    const ids = (found: readonly StoredEvent[]) => found.map((event) => event.event_id);

    test('a search finds what the evaluator finds, whatever is asked', async () => {
      await fc.assert(
        fc.asyncProperty(
          queryNodes(fields, text, fc.constantFrom(-1, 0, 1.5, 3, 42, 4_688, 1e300)),
          async (node) => {
            const found = await collect(store.search({ tenant, query: queryOf(node), limit: 1_000 }));
            expect({ query: printQuery(node), ids: ids(found) }).toEqual({
              query: printQuery(node),
              ids: ids(meant(node)),
            });
          },
        ),
        { numRuns: 300 },
      );
    });

    test('counts are those of the search, by the engine alone or one by one', async () => {
      await fc.assert(
        fc.asyncProperty(queryNodes(fields, text), async (node) => {
          const found = meant(node);
          const histogram = await store.histogram({ tenant, query: queryOf(node), buckets: 50 });
          expect(histogram.total).toBe(found.length);
          expect(histogram.counts.reduce((sum, one) => sum + one.count, 0)).toBe(found.length);
          const top = await store.top({ tenant, query: queryOf(node), limit: 100 }, 'source');
          expect(top.reduce((sum, one) => sum + one.count, 0)).toBe(found.length);
        }),
        { numRuns: 60 },
      );
    });

    const alone: { query: string; alone: boolean }[] = [
      { query: 'host: web-1 and not user: *', alone: true },
      { query: 'command_line: *\\\\powershell*enc*', alone: true },
      { query: '"C:\\Windows" or pow*shell', alone: true },
      { query: 'dst_port >= 1024 and device.hostname: x', alone: true },
      { query: 'EventID: 4688 and channel: security', alone: true },
      { query: 'LogonType: 3', alone: false },
      { query: 'src_ip: 10.0.0.0/8', alone: false },
      { query: 'status: Failure', alone: false },
      { query: 'event_code >= 4720', alone: false },
      { query: 'ocsf.nothing_such: 1', alone: true },
    ];
    test.each(alone)('$query is answered by the engine alone: $alone', ({ query, alone: expected }) => {
      const node = parseQuery(query);
      expect(node.ok && store.answersAlone(node.value)).toBe(expected);
    });

    test('a time by receipt is another time than that of the event', async () => {
      const all = { from: receivedAt, to: receivedAt + 1 };
      expect(await collect(store.search({ tenant, limit: 1_000, basis: 'received', ...all }))).toHaveLength(
        300,
      );
      expect(await collect(store.search({ tenant, limit: 1_000, ...all }))).toHaveLength(0);
      expect(await collect(store.search({ tenant, limit: 1_000, receivedFrom: receivedAt }))).toHaveLength(
        300,
      );
      expect(
        await collect(store.search({ tenant, limit: 1_000, receivedFrom: receivedAt + 1 })),
      ).toHaveLength(0);
    });

    test('without a range a histogram shows where the events are, in buckets that people read', async () => {
      const { range, bucketMs, counts } = await store.histogram({ ...asked('source: dc-01'), buckets: 60 });
      const times = events.filter((event) => event.source === 'dc-01').map((event) => event.time);
      expect(range).toEqual({ from: Math.min(...times), to: Math.max(...times) + 1 });
      expect(bucketMs).toBe(60_000);
      expect(counts.every((one) => one.at % bucketMs === 0 && one.source === 'dc-01')).toBe(true);
      expect(await store.histogram({ ...asked('host: nowhere'), buckets: 60 })).toMatchObject({
        range: null,
        total: 0,
      });
    });

    test('what looks at candidates one by one ends at its limit and says where', async () => {
      let stopped = '';
      const onStopped = (at: number, cap: string) => {
        stopped = `${cap} ${at}`;
      };
      const found = await collect(
        store.search({ ...asked('not status: nothing'), limit: 1_000, maxExamined: 50, onStopped }),
      );
      expect(found).toHaveLength(50);
      expect(stopped).toBe(`examined ${found.at(-1)?.time}`);
    });

    test('the columns that have values are told with about how many', async () => {
      const facts = await store.columnFacts({ tenant });
      expect(facts.find((one) => one.column === 'source')).toEqual({
        column: 'source',
        present: 300,
        distinct: 2,
      });
      const ports = events.filter((event) => event.dst_port !== 0);
      expect(facts.find((one) => one.column === 'dst_port')?.present).toBe(ports.length);
    });

    test('sources are told with their pace, lag and what could not be read', async () => {
      const facts = await store.sourceFacts(tenant, receivedAt - 1, receivedAt + 60_000);
      expect(facts.map((one) => [one.source, one.records, one.lastHour])).toEqual([
        ['dc-01', 100, 100],
        ['web-1', 200, 200],
      ]);
      expect(facts[0]).toMatchObject({ lastReceived: receivedAt, unparsed: 0, deliveries: 1, pauseMs: null });
      expect(facts[0]?.lagLeastMs).toBeLessThan(facts[0]?.lagMedianMs ?? 0);
      expect(await store.sourceFacts(tenant, receivedAt + 1, receivedAt + 60_000)).toEqual([]);
    });
  });
}
