import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../../test/support/events.ts';
import {
  alertFacts,
  openTestStores,
  source,
  startAt,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../test/support/pipeline.ts';
import { fakeClock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { EventStore } from '../store/events.ts';

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

async function rowsOf(host: string): Promise<number> {
  let rows = 0;
  for await (const _event of stores.events.search({ tenant, host, limit: 10_000 })) rows += 1;
  return rows;
}

const sum = (reports: readonly { stored: number }[]): number =>
  reports.reduce((total, one) => total + one.stored, 0);

describe('a delivery', { timeout: 120_000 }, () => {
  it('that comes many times at once under one key is stored once', async () => {
    pipeline = await startTestPipeline(stores);
    const body = ndjson(processEvents('CROWD', 300));
    const reports = await Promise.all(Array.from({ length: 12 }, () => pipeline!.deliver(body, 'crowd')));
    expect(sum(reports)).toBe(300);
    for (const report of reports) expect(report.stored + report.duplicate).toBe(300);
    expect(await rowsOf('CROWD')).toBe(300);
  });

  it('that was stored in part is completed by a resend', async () => {
    let appended = 0;
    pipeline = await startTestPipeline(stores, {
      options: { batchRecords: 50 },
      events: (real): EventStore => ({
        ...real,
        async append(batches) {
          appended += batches.length;
          if (appended > 2) throw new AppError('E_DISK_FULL', 'full');
          await real.append(batches);
        },
      }),
    });
    const body = ndjson(processEvents('PART', 400));
    await expect(pipeline.deliver(body, 'part')).rejects.toMatchObject({ code: 'E_DISK_FULL' });
    const part = await rowsOf('PART');
    expect(part).toBeLessThan(400);
    await pipeline.stop();
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 50 } });
    expect(await pipeline.deliver(body, 'part')).toMatchObject({
      read: 400,
      stored: 400 - part,
      duplicate: part,
    });
    expect(await rowsOf('PART')).toBe(400);
  });

  it('as a bulk request is stored document by document, and once however often it is sent', async () => {
    pipeline = await startTestPipeline(stores);
    const lines = ndjson(processEvents('BULK', 20)).trim().split('\n');
    const body = Buffer.from(lines.map((line) => `{"create":{"_index":"winlogbeat"}}\n${line}\n`).join(''));
    const send = () =>
      pipeline!.intake.deliverBulk({
        tenant,
        source,
        body: Readable.from([body]),
        encoding: 'identity',
        idempotencyKey: null,
        signal: new AbortController().signal,
      });
    const [first, second] = [await send(), await send()];
    expect(first.report).toMatchObject({ read: 20, stored: 20, unparsed: 0 });
    expect(second.report).toMatchObject({ read: 20, stored: 0, duplicate: 20 });
    expect(second.actions).toEqual(Array.from({ length: 20 }, () => 'create'));
    expect(await rowsOf('BULK')).toBe(20);
  });

  it('whose batches are cut otherwise the second time is still the same', async () => {
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 7 } });
    const body = ndjson(processEvents('CUTS', 100));
    expect(await pipeline.deliver(body)).toMatchObject({ stored: 100 });
    await pipeline.stop();
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 33 } });
    expect(await pipeline.deliver(body)).toMatchObject({ stored: 0, duplicate: 100 });
  });

  it('is remembered for the resend window, and is another one after it', async () => {
    const clock = fakeClock(startAt);
    pipeline = await startTestPipeline(stores, { clock, options: { resendWindowMs: 3_600_000 } });
    const body = ndjson(processEvents('WINDOW', 10));
    expect(await pipeline.deliver(body)).toMatchObject({ stored: 10 });
    clock.advance(3_600_000);
    expect(await pipeline.deliver(body)).toMatchObject({ stored: 0, duplicate: 10 });
    // The window begins on a whole minute.
    clock.advance(60_000);
    expect(await pipeline.deliver(body)).toMatchObject({ stored: 10, duplicate: 0 });
  });

  it('names bad records by their index in the delivery, whatever batch they are in', async () => {
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 10 } });
    const lines = ndjson(processEvents('INDEX', 40)).trimEnd().split('\n');
    for (const at of [3, 17, 39]) lines[at] = 'not json';
    const report = await pipeline.deliver(`\n${lines.join('\n\n')}\n`);
    expect(report).toMatchObject({ read: 40, stored: 40, unparsed: 3 });
    expect(report.rejected.map((one) => one.index)).toEqual([3, 17, 39]);
  });

  it('whose sender has gone before its end is refused, and nothing of it is stored', async () => {
    pipeline = await startTestPipeline(stores);
    const gone = new AbortController();
    async function* body() {
      yield Buffer.from(ndjson(processEvents('GONE', 10)));
      gone.abort();
      throw new Error('the connection broke');
    }
    const delivery = {
      tenant,
      source,
      body: body(),
      encoding: 'identity' as const,
      idempotencyKey: null,
      signal: gone.signal,
    };
    await expect(pipeline.intake.deliver(delivery)).rejects.toMatchObject({ code: 'E_BAD_REQUEST' });
    expect(await rowsOf('GONE')).toBe(0);
  });

  it('many small ones at once are all stored, each with its own answer', async () => {
    pipeline = await startTestPipeline(stores);
    const reports = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        pipeline!.deliver(ndjson(processEvents('SMALL', 1 + (n % 4))), `small ${n}`),
      ),
    );
    expect(reports.map((one) => one.stored)).toEqual(Array.from({ length: 200 }, (_, n) => 1 + (n % 4)));
    expect(await rowsOf('SMALL')).toBe(500);
  });
});

describe('an import', { timeout: 120_000 }, () => {
  it('of one file twice at once stores it once, and makes its alerts once', async () => {
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 100 } });
    const text = ndjson(processEvents('RACE', 2_000, 500));
    const reports = await Promise.all([
      pipeline.importText(text),
      pipeline.importText(text),
      pipeline.importText(text),
    ]);
    expect(sum(reports)).toBe(2_000);
    expect(reports.map((one) => one.detections).toSorted((a, b) => a - b)).toEqual([0, 0, 4]);
    expect(await rowsOf('RACE')).toBe(2_000);
    expect((await alertFacts(stores.records)).find((alert) => alert.host === 'RACE')).toMatchObject({
      detections: 4,
    });
  });

  it('that is interrupted goes on where it stopped when it is done again', async () => {
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 50 } });
    const text = ndjson(processEvents('STOP', 1_000, 100));
    const stop = new AbortController();
    const { intake } = pipeline;
    async function* body() {
      yield Buffer.from(text.slice(0, text.length / 2));
      stop.abort();
      yield Buffer.from(text.slice(text.length / 2));
    }
    const cut = await intake.importStream({
      tenant,
      source,
      fileName: 'stop.ndjson',
      body: body(),
      signal: stop.signal,
    });
    expect(cut.truncated).toContain('interrupted');
    expect(cut.stored).toBeLessThan(1_000);
    expect(await rowsOf('STOP')).toBe(cut.stored);
    const rest = await pipeline.importText(text);
    expect(rest).toMatchObject({ read: 1_000, stored: 1_000 - cut.stored, duplicate: cut.stored });
    expect(await rowsOf('STOP')).toBe(1_000);
    expect((await alertFacts(stores.records)).find((alert) => alert.host === 'STOP')).toMatchObject({
      detections: 10,
    });
  });

  it('reports its detections and alerts, although others deliver at the same time', async () => {
    pipeline = await startTestPipeline(stores, { options: { batchRecords: 100 } });
    const others = Array.from({ length: 20 }, (_, n) =>
      pipeline!.deliver(ndjson(processEvents('NOISE', 50, 5)), `noise ${n}`),
    );
    const report = await pipeline.importText(ndjson(processEvents('MINE', 1_000, 50)));
    await Promise.all(others);
    expect(report).toMatchObject({ stored: 1_000, detections: 20, alerts: 1 });
  });

  it('whose batch can not be stored fails, and says nothing of success', async () => {
    pipeline = await startTestPipeline(stores, {
      options: { batchRecords: 20 },
      events: (real): EventStore => ({
        ...real,
        append: async () => {
          throw new AppError('E_DISK_FULL', 'full');
        },
      }),
    });
    await expect(pipeline.importText(ndjson(processEvents('FULL', 200)))).rejects.toMatchObject({
      code: 'E_DISK_FULL',
    });
    expect(await rowsOf('FULL')).toBe(0);
  });
});
