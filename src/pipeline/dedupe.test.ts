import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../../test/support/events.ts';
import {
  openTestStores,
  source,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../test/support/pipeline.ts';
import { fakeClock } from '../base/clock.ts';
import type { SourceId, TenantId } from '../model/ids.ts';
import type { EventStore } from '../store/events.ts';
import { createDedupe, createHeadLookup } from './dedupe.ts';
import { type Frame, Framer } from './frame.ts';
import { fileChain } from './identity.ts';
import { defaultPipelineOptions } from './options.ts';

const clock = fakeClock(Date.UTC(2026, 10, 24, 8));
let stores: TestStores;
let pipeline: TestPipeline;
beforeAll(async () => {
  stores = await openTestStores();
  pipeline = await startTestPipeline(stores, { clock });
}, 120_000);
afterAll(async () => {
  await pipeline?.stop();
  await stores?.close();
});

function frameOf(text: string): Frame {
  const framer = new Framer(fileChain(tenant, source), defaultPipelineOptions);
  framer.push(Buffer.from(text), () => undefined);
  const frame = framer.end();
  if (frame === null) throw new Error('no record');
  return frame;
}

/** Counts what is asked of the real store. */
function counting(real: EventStore) {
  const asked: number[] = [];
  const events: EventStore = {
    ...real,
    existing(of, by, since, ids) {
      asked.push(ids.length);
      return real.existing(of, by, since, ids);
    },
  };
  return { events, asked };
}

const dedupeOf = (events: EventStore, as: { tenant?: TenantId; source?: SourceId; since?: number } = {}) =>
  createDedupe(createHeadLookup(events), events, as.tenant ?? tenant, as.source ?? source, as.since ?? 0);

describe('which records of a stream are stored', { timeout: 120_000 }, () => {
  it('asks for one id only when the stream is new, however many batches it has', async () => {
    const { events, asked } = counting(stores.events);
    const dedupe = dedupeOf(events);
    const frame = frameOf(ndjson(processEvents('NEW', 100)));
    for (let batch = 0; batch < 3; batch++) expect((await dedupe.stored(frame.ids)).size).toBe(0);
    expect(asked).toEqual([1]);
  });

  it('finds exactly the part of a file that is stored', async () => {
    const events = processEvents('PART', 30);
    await pipeline.importText(ndjson(events.slice(0, 20)));
    const stored = await dedupeOf(stores.events).stored(frameOf(ndjson(events)).ids);
    expect([...stored].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it.each([
    { why: 'another tenant', as: { tenant: 'other' as TenantId } },
    { why: 'another source', as: { source: 'other' as SourceId } },
    { why: 'before the window of a resend', as: { since: clock.now() + 1 } },
  ])('does not count what is stored of $why', async ({ as }) => {
    const text = ndjson(processEvents('ELSEWHERE', 5));
    await pipeline.importText(text);
    expect((await dedupeOf(stores.events).stored(frameOf(text).ids)).size).toBe(5);
    expect((await dedupeOf(stores.events, as).stored(frameOf(text).ids)).size).toBe(0);
  });

  it('answers many heads that come together with few queries, each as if it were alone', async () => {
    const known = frameOf(ndjson(processEvents('HEAD-0', 1)));
    await pipeline.importText(ndjson(processEvents('HEAD-0', 1)));
    const { events, asked } = counting(stores.events);
    const heads = createHeadLookup(events);
    const ids = Array.from(
      { length: 50 },
      (_, n) => (n % 10 === 0 ? known : frameOf(ndjson(processEvents(`HEAD-${n}`, 1)))).ids[0]!,
    );
    const found = await Promise.all(ids.map((id) => heads.isStored(tenant, source, 0, id)));
    expect(found).toEqual(Array.from({ length: 50 }, (_, n) => n % 10 === 0));
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it('a look-up that asks further back does not make a resend of another, older than its window, a duplicate', async () => {
    await pipeline.importText(ndjson(processEvents('WINDOW', 3)));
    const { ids } = frameOf(ndjson(processEvents('WINDOW', 3)));
    const heads = createHeadLookup(stores.events);
    const after = (since: number) => createDedupe(heads, stores.events, tenant, source, since).stored(ids);
    const [first, narrow, wide] = await Promise.all([after(0), after(clock.now() + 1), after(0)]);
    expect([first.size, narrow.size, wide.size]).toEqual([3, 0, 3]);
  });

  it('a failing store fails the look-ups of that query, and the next ones work again', async () => {
    let failing = true;
    const events: EventStore = {
      ...stores.events,
      async existing(...asked) {
        if (failing) throw new Error('away');
        return stores.events.existing(...asked);
      },
    };
    const heads = createHeadLookup(events);
    const head = frameOf(ndjson(processEvents('FAIL', 1))).ids[0]!;
    await expect(heads.isStored(tenant, source, 0, head)).rejects.toThrow('away');
    failing = false;
    expect(await heads.isStored(tenant, source, 0, head)).toBe(false);
  });
});
