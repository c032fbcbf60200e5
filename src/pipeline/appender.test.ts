import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../../test/support/events.ts';
import {
  openTestStores,
  source,
  startAt,
  startTestPipeline,
  storedPlaces,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../test/support/pipeline.ts';
import { AppError } from '../base/errors.ts';
import type { RecordContext } from '../model/batch.ts';
import type { AppendBatch, EventStore } from '../store/events.ts';
import type { Stored } from './appender.ts';
import { type Frame, Framer } from './frame.ts';
import { deliveryChain } from './identity.ts';
import { defaultPipelineOptions } from './options.ts';

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

let frames = 0;
/** A batch of records that are nowhere else. */
function frame(records: number): Frame {
  frames += 1;
  const framer = new Framer(deliveryChain(tenant, source, `frame ${frames}`), defaultPipelineOptions);
  framer.push(Buffer.from(ndjson(processEvents(`HOST-${frames}`, records))), () => undefined);
  const made = framer.end();
  if (made === null) throw new Error('no record');
  return made;
}

const context = (from: TestPipeline): Promise<RecordContext> =>
  from.contexts.ensure({ tenant, source, decoder: 'json', transport: 'http' });
const none: ReadonlySet<number> = new Set();
const rowsNow = async (): Promise<number> => (await stores.events.stats()).rows;

describe('appending', { timeout: 120_000 }, () => {
  it('answers in the order of the sequence, and stores nothing out of it', async () => {
    const inserted: number[] = [];
    pipeline = await startTestPipeline(stores, {
      events: (real) => ({
        ...real,
        append: (batches) => (inserted.push(...batches.map((one) => one.seq)), real.append(batches)),
      }),
    });
    const ctx = await context(pipeline);
    const before = await rowsNow();
    const answered: number[] = [];
    const sizes = Array.from({ length: 40 }, (_, n) => 1 + ((n * 37) % 90));
    const appended = sizes.map((size) =>
      pipeline!.appender
        .append(frame(size), ctx, startAt, none)
        .then((one: Stored) => (answered.push(one.seq), one)),
    );
    const stored = await Promise.all(appended);
    const seqs = stored.map((one) => one.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    expect(answered).toEqual(seqs);
    expect(inserted).toEqual(seqs);
    expect(stored.map((one) => one.stored)).toEqual(sizes);
    expect(pipeline.appender.lastStored()).toBe(seqs.at(-1));
    expect((await rowsNow()) - before).toBe(sizes.reduce((sum, n) => sum + n, 0));
  });

  it('tries an insert again whose answer was lost, before any other, and stores it once', async () => {
    const calls: number[][] = [];
    let lost = 0;
    pipeline = await startTestPipeline(stores, {
      events: (real): EventStore => ({
        ...real,
        async append(batches) {
          calls.push(batches.map((one) => one.seq));
          await real.append(batches);
          if (calls.length === 1 || calls.length === 3) {
            lost += 1;
            throw new AppError('E_STORE_UNAVAILABLE', 'the connection broke after the insert');
          }
        },
      }),
    });
    const ctx = await context(pipeline);
    const before = await rowsNow();
    const first = pipeline.appender.append(frame(10), ctx, startAt, none);
    const later = [1, 2, 3].map(() => pipeline!.appender.append(frame(10), ctx, startAt, none));
    const stored = await Promise.all([first, ...later]);
    expect(lost).toBe(2);
    expect(calls[1]).toEqual(calls[0]);
    expect(calls[3]).toEqual(calls[2]);
    expect((await rowsNow()) - before).toBe(40);
    const places = (await storedPlaces(stores.events)).filter((place) =>
      stored.some((one) => place.startsWith(`${one.seq}:`)),
    );
    expect(new Set(places).size).toBe(places.length);
  });

  it('refuses only the batch that the store refuses for good, and goes on', async () => {
    let refuse = true;
    pipeline = await startTestPipeline(stores, {
      events: (real): EventStore => ({
        ...real,
        async append(batches: readonly AppendBatch[]) {
          if (refuse) throw new AppError('E_DISK_FULL', 'full');
          await real.append(batches);
        },
      }),
    });
    const ctx = await context(pipeline);
    const last = pipeline.appender.lastStored();
    await expect(pipeline.appender.append(frame(5), ctx, startAt, none)).rejects.toMatchObject({
      code: 'E_DISK_FULL',
    });
    expect(pipeline.appender.lastStored()).toBe(last);
    refuse = false;
    const stored = await pipeline.appender.append(frame(5), ctx, startAt, none);
    expect(stored.stored).toBe(5);
    // A number without rows must not hold the consumer up.
    await pipeline.caughtUp();
    expect(pipeline.detect.position()).toBe(stored.seq);
  });

  it('makes senders wait while the store does not answer, and loses none of them', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let taken = 0;
    pipeline = await startTestPipeline(stores, {
      events: (real): EventStore => ({
        ...real,
        async append(batches) {
          taken += batches.length;
          await gate;
          await real.append(batches);
        },
      }),
    });
    const ctx = await context(pipeline);
    const before = await rowsNow();
    let started = 0;
    const { worker } = pipeline;
    const process = worker.process.bind(worker);
    worker.process = (batch, want) => {
      started += 1;
      return process(batch, want);
    };
    const all = Array.from({ length: 60 }, () => pipeline!.appender.append(frame(3), ctx, startAt, none));
    // The worker answers in order, so when it has answered this, nothing more can have been given to it without room.
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(started).toBeLessThan(30);
    expect(taken).toBeLessThan(30);
    open();
    const stored = await Promise.all(all);
    expect(stored).toHaveLength(60);
    expect((await rowsNow()) - before).toBe(180);
  });

  it('stands still while a backup is taken, and goes on after it', async () => {
    pipeline = await startTestPipeline(stores);
    const ctx = await context(pipeline);
    await pipeline.appender.append(frame(2), ctx, startAt, none);
    const [rows, waiting] = await pipeline.appender.paused(async (lastSeq) => {
      expect(lastSeq).toBe(pipeline!.appender.lastStored());
      const during = pipeline!.appender.append(frame(4), ctx, startAt, none);
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
      const counted = await rowsNow();
      expect(await stores.events.lastSeq()).toBe(lastSeq);
      return [counted, during] as const;
    });
    await waiting;
    expect(await rowsNow()).toBe(rows + 4);
  });

  it('lets what is in hand end when it stops, and refuses what comes after', async () => {
    pipeline = await startTestPipeline(stores);
    const ctx = await context(pipeline);
    const inHand = [1, 2, 3].map(() => pipeline!.appender.append(frame(5), ctx, startAt, none));
    const stopped = pipeline.appender.stop();
    const late = pipeline.appender.append(frame(5), ctx, startAt, none);
    await expect(late).rejects.toMatchObject({ code: 'E_BUSY' });
    await stopped;
    const settled = await Promise.allSettled(inHand);
    for (const one of settled) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'E_BUSY' });
      else expect(one.value.stored).toBe(5);
    }
  });
});
