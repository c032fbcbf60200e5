import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../../test/support/events.ts';
import {
  alertFacts,
  detectionIds,
  openTestStores,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
} from '../../test/support/pipeline.ts';
import { detectCursor } from './detect-consumer.ts';

let stores: TestStores;
let pipeline: TestPipeline | null = null;
beforeAll(async () => {
  stores = await openTestStores();
}, 120_000);
afterEach(async () => {
  await pipeline?.stop();
  pipeline = null;
}, 120_000);
afterAll(() => stores?.close());

/** More than the consumer reads at once. */
const readAtOnce = 5_000;

async function forget(): Promise<void> {
  const { db } = stores.records;
  for (const table of ['alert_evidence', 'alert_history', 'detections', 'alerts', 'outbox'] as const)
    await db.deleteFrom(table).execute();
}
beforeEach(forget);

async function cursor(): Promise<number> {
  const row = await stores.records.db
    .selectFrom('cursors')
    .select('seq')
    .where('name', '=', detectCursor)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** Makes the consumer begin before everything that is stored, as after a restore of older records. */
async function rewind(): Promise<void> {
  await stores.records.db.deleteFrom('cursors').where('name', '=', detectCursor).execute();
}

const bodies = (run: string) =>
  Array.from({ length: 12 }, (_, n) => ndjson(processEvents(`${run}-${n % 3}`, 60, 7)));

describe('the detect consumer', { timeout: 120_000 }, () => {
  it('comes to the same alerts from the store as over the fast lane', async () => {
    pipeline = await startTestPipeline(stores);
    for (const [n, body] of bodies('SAME').entries()) await pipeline.deliver(body, `same ${n}`);
    await pipeline.caughtUp();
    const [fast, ids] = [await alertFacts(stores.records), await detectionIds(stores.records)];
    expect(ids).toHaveLength(12 * 8);
    expect(fast.map((alert) => [alert.host, alert.detections])).toEqual([
      ['SAME-0', 32],
      ['SAME-1', 32],
      ['SAME-2', 32],
    ]);
    await pipeline.stop();

    await forget();
    await rewind();
    pipeline = await startTestPipeline(stores);
    await pipeline.caughtUp();
    expect(await detectionIds(stores.records)).toEqual(ids);
    expect(await alertFacts(stores.records)).toEqual(fast);
  });

  it('changes nothing when it reads again what it has dealt with', async () => {
    pipeline = await startTestPipeline(stores);
    for (const [n, body] of bodies('TWICE').entries()) await pipeline.deliver(body, `twice ${n}`);
    await pipeline.caughtUp();
    const facts = (await alertFacts(stores.records)).filter((alert) => alert.host.startsWith('TWICE'));
    await pipeline.stop();
    await rewind();
    pipeline = await startTestPipeline(stores);
    await pipeline.caughtUp();
    expect((await alertFacts(stores.records)).filter((alert) => alert.host.startsWith('TWICE'))).toEqual(
      facts,
    );
    expect(await cursor()).toBe(pipeline.appender.lastStored());
  });

  it('tries again when folding fails, and counts nothing twice', async () => {
    let failures = 0;
    pipeline = await startTestPipeline(stores, {
      fold: (real) => async (tx, detections) => {
        const result = await real(tx, detections);
        failures += 1;
        // After the writes: they have to go with the transaction.
        if (failures <= 3) throw new Error('broken after the writes');
        return result;
      },
    });
    const report = await pipeline.importText(ndjson(processEvents('FAILS', 100, 10)));
    expect(failures).toBeGreaterThan(3);
    expect(report).toMatchObject({ stored: 100, detections: 10, alerts: 1 });
    const facts = (await alertFacts(stores.records)).find((alert) => alert.host === 'FAILS');
    expect(facts).toMatchObject({ detections: 10 });
    expect(facts?.evidence).toHaveLength(10);
  });

  it('does not move its cursor past a batch whose folding fails, so that a restart finds it', async () => {
    pipeline = await startTestPipeline(stores);
    await pipeline.caughtUp();
    const before = await cursor();
    await pipeline.stop();
    pipeline = await startTestPipeline(stores, {
      fold: () => async () => {
        throw new Error('always broken');
      },
    });
    await pipeline.deliver(ndjson(processEvents('STUCK', 20, 2)), 'stuck');
    const stored = pipeline.appender.lastStored();
    await pipeline.stop();
    expect(await cursor()).toBe(before);
    expect(stored).toBeGreaterThan(before);

    pipeline = await startTestPipeline(stores);
    await pipeline.caughtUp();
    expect(await cursor()).toBe(stored);
    expect((await alertFacts(stores.records)).find((alert) => alert.host === 'STUCK')).toMatchObject({
      detections: 10,
    });
  });

  it('reads from the store what the fast lane lost, in the middle of more that comes', async () => {
    let lose = false;
    pipeline = await startTestPipeline(stores);
    const offer = pipeline.detect.offer.bind(pipeline.detect);
    // The lane forgets every second group, as it does when the process dies between insert and hand-over.
    pipeline.detect.offer = (batches) => {
      lose = !lose;
      return lose ? Promise.resolve() : offer(batches);
    };
    for (let n = 0; n < 10; n++) await pipeline.deliver(ndjson(processEvents('LOST', 20, 4)), `lost ${n}`);
    pipeline.detect.offer = offer;
    await pipeline.deliver(ndjson(processEvents('LOST', 1)), 'last');
    await pipeline.caughtUp();
    expect((await alertFacts(stores.records)).find((alert) => alert.host === 'LOST')).toMatchObject({
      detections: 50,
    });
  });

  it('catches up over more records than it reads at once', async () => {
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 700 } });
    await pipeline.importText(ndjson(processEvents('MANY', readAtOnce + 2_000, 500)));
    const facts = (await alertFacts(stores.records)).filter((alert) => alert.host === 'MANY');
    expect(facts).toMatchObject([{ detections: 14 }]);
    await pipeline.stop();
    await forget();
    await rewind();
    pipeline = await startTestPipeline(stores);
    await pipeline.caughtUp();
    expect((await alertFacts(stores.records)).filter((alert) => alert.host === 'MANY')).toEqual(facts);
  });

  it('gives up waiting when the one who waits has gone', async () => {
    pipeline = await startTestPipeline(stores);
    const gone = new AbortController();
    const waiting = pipeline.detect.committed(Number.MAX_SAFE_INTEGER, gone.signal);
    gone.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
