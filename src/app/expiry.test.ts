import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../../test/support/events.ts';
import {
  alertFacts,
  openTestStores,
  source,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../test/support/pipeline.ts';
import { type FakeClock, fakeClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import type { Actor } from '../model/actor.ts';
import { createExpiry } from './expiry.ts';

const day = 86_400_000;
const startAt = Date.UTC(2026, 0, 1, 12);
const counsel: Actor = {
  kind: 'person',
  id: '0190a000-0000-7000-8000-000000000001',
  name: 'Coun Sel',
  tenant,
  roles: ['admin'],
};

let stores: TestStores;
let pipeline: TestPipeline;
let clock: FakeClock;
beforeAll(async () => {
  stores = await openTestStores();
  clock = fakeClock(startAt);
  pipeline = await startTestPipeline(stores, { clock });
}, 120_000);
afterAll(async () => {
  await pipeline?.stop();
  await stores?.close();
}, 120_000);
let auditedBefore: ReadonlySet<string>;
beforeEach(async () => {
  await stores.records.db.deleteFrom('legal_holds').execute();
  auditedBefore = new Set((await auditRows()).map((row) => row.id));
});

const expiry = () =>
  createExpiry({
    records: stores.records,
    events: stores.events,
    clock,
    logger: silentLogger,
    retentionMs: 10 * day,
  });

/** One delivery on each of so many days, the clock at the last of them. */
async function receive(name: string, days: number): Promise<string[]> {
  const received: string[] = [];
  for (let n = 0; n < days; n++) {
    if (n > 0) clock.advance(day);
    received.push(new Date(clock.now()).toISOString().slice(0, 10));
    await pipeline.deliver(ndjson(processEvents(name, 3, 3)), `${name} ${n}`);
  }
  await pipeline.caughtUp();
  return received;
}

async function daysOf(host: string): Promise<string[]> {
  const days = new Set<string>();
  for await (const event of stores.events.search({ tenant, host, source, limit: 10_000 }))
    days.add(new Date(event.received).toISOString().slice(0, 10));
  return [...days].sort();
}

const auditRows = () =>
  stores.records.db.selectFrom('audit').select(['id', 'action']).limit(10_000).execute();

/** What this test's expiry and holds have put into the audit log, which nobody can empty. */
async function audited(): Promise<string[]> {
  const rows = (await auditRows()).filter(
    (row) => !auditedBefore.has(row.id) && /^(?:events|hold)\./.test(row.action),
  );
  return rows.map((row) => row.action).sort();
}

describe('expiry', { timeout: 120_000 }, () => {
  it('drops whole days past the retention, leaves the others, says so in the audit log, and does nothing twice', async () => {
    const days = await receive('PLAIN', 4);
    clock.advance(9 * day);
    expect(await expiry().run()).toEqual(days.slice(0, 2));
    expect(await daysOf('PLAIN')).toEqual(days.slice(2));
    expect(await audited()).toEqual(['events.expired']);
    expect(await expiry().run()).toEqual([]);
    expect(await audited()).toEqual(['events.expired']);
    clock.advance(30 * day);
    expect(await expiry().run()).toEqual(days.slice(2));
    expect(await daysOf('PLAIN')).toEqual([]);
  });

  it('leaves the days of a legal hold, both ends included, until it is released', async () => {
    const days = await receive('HELD', 5);
    const { id } = await expiry().hold(counsel, {
      reason: 'case 17',
      fromDay: days[1] ?? '',
      toDay: days[3] ?? '',
    });
    clock.advance(60 * day);
    expect(await expiry().run()).toEqual([days[0], days[4]]);
    expect(await daysOf('HELD')).toEqual(days.slice(1, 4));
    await expiry().release(counsel, id);
    expect(await expiry().run()).toEqual(days.slice(1, 4));
    expect(await daysOf('HELD')).toEqual([]);
    expect(await audited()).toEqual(['events.expired', 'events.expired', 'hold.created', 'hold.released']);
  });

  it('a day that two holds keep stays when one of them is released', async () => {
    const [only = ''] = await receive('TWICE', 1);
    const first = await expiry().hold(counsel, { reason: 'case 1', fromDay: only, toDay: only });
    await expiry().hold(counsel, { reason: 'case 2', fromDay: '2020-01-01', toDay: '2030-01-01' });
    clock.advance(60 * day);
    await expiry().release(counsel, first.id);
    expect(await expiry().run()).toEqual([]);
    expect(await daysOf('TWICE')).toEqual([only]);
  });

  it('a hold of another tenant keeps its days as well, because a day holds the events of all', async () => {
    const [only = ''] = await receive('OTHER', 1);
    await expiry().hold(
      { ...counsel, tenant: 'other' as never },
      { reason: 'case 3', fromDay: only, toDay: only },
    );
    clock.advance(60 * day);
    await expiry().run();
    expect(await daysOf('OTHER')).toEqual([only]);
    expect(await expiry().holds(tenant)).toEqual([]);
  });

  it('does not touch alerts: their evidence is a copy', async () => {
    await receive('ALERT', 2);
    const host = 'ALERT';
    const before = (await alertFacts(stores.records)).filter((alert) => alert.host === host);
    clock.advance(60 * day);
    await expiry().run();
    expect(await daysOf(host)).toEqual([]);
    expect(before).toMatchObject([{ detections: 2 }]);
    expect((await alertFacts(stores.records)).filter((alert) => alert.host === host)).toEqual(before);
  });

  it('refuses a hold that ends before it begins, and the release of one that is not in force', async () => {
    await expect(
      expiry().hold(counsel, { reason: 'x', fromDay: '2026-02-02', toDay: '2026-02-01' }),
    ).rejects.toMatchObject({ code: 'E_BAD_REQUEST' });
    const { id } = await expiry().hold(counsel, { reason: 'x', fromDay: '2026-02-01', toDay: '2026-02-01' });
    await expiry().release(counsel, id);
    await expect(expiry().release(counsel, id)).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
    await expect(expiry().release({ ...counsel, tenant: 'other' as never }, id)).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    });
  });
});
