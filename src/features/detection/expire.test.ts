/** Expiry of detections without an alert, on a real records store. */
import { describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { fakeClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { expireDetections } from './expire.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 25, 12);
const store = testRecords();

async function add(id: string, daysAgo: number, outcome: 'alert' | 'observed' | 'excepted' | 'flooded') {
  await store.records.db
    .insertInto('detections')
    .values({
      tenant: 'main',
      id,
      rule_id: 'r',
      rule_hash: 'h',
      event_id: id,
      seq: 1,
      idx: 0,
      // An old record that was imported today is a detection of today.
      event_time: new Date(now - 1_000 * day),
      alert_id: null,
      created_at: new Date(now - daysAgo * day),
      outcome,
      exception_id: null,
    })
    .execute();
}

const left = async () =>
  (await store.records.db.selectFrom('detections').select('id').orderBy('id').execute()).map(({ id }) => id);

describe('detections without an alert', () => {
  it('go after their retention, unless a hold keeps their day; what they were counted as stays', async () => {
    await add('a new', 89, 'observed');
    await add('b old', 91, 'observed');
    await add('c old', 200, 'excepted');
    await add('d held', 150, 'flooded');
    const held = new Date(now - 150 * day).toISOString().slice(0, 10);
    await store.records.db
      .insertInto('legal_holds')
      .values({
        tenant: 'main',
        id: 'hold',
        reason: 'x',
        from_day: held,
        to_day: held,
        created_by: 'x',
        created_at: new Date(now),
        released_at: null,
      })
      .execute();
    await store.records.db
      .insertInto('rule_days')
      .values({
        tenant: 'main',
        rule_id: 'r',
        day: held,
        detections: 4,
        observed: 2,
        excepted: 1,
        flooded: 1,
      })
      .execute();
    const deps = {
      records: store.records,
      clock: fakeClock(now),
      logger: silentLogger,
      retentionMs: 90 * day,
    };
    expect(await expireDetections(deps)).toBe(2);
    expect(await left()).toEqual(['a new', 'd held']);
    await store.records.db
      .updateTable('legal_holds')
      .set({ released_at: new Date(now) })
      .execute();
    expect(await expireDetections(deps)).toBe(1);
    expect(await expireDetections(deps)).toBe(0);
    expect(await left()).toEqual(['a new']);
    const counts = await store.records.db
      .selectFrom('rule_days')
      .select('detections')
      .executeTakeFirstOrThrow();
    expect(counts.detections).toBe(4);
  });
});
