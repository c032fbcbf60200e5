/** A source that falls silent: one alert, of the rule that is part of the program. */
import { describe, expect, test } from 'vitest';
import { testRecords } from '../../test/support/records.ts';
import { fakeClock } from '../base/clock.ts';
import { createAlerts } from '../features/alerts/index.ts';
import { createHealth } from '../features/health/index.ts';
import type { Actor } from '../model/actor.ts';
import { mainTenant } from '../model/ids.ts';
import { noNeverGroup } from '../model/never-group.ts';
import type { SourceFacts } from '../store/events.ts';
import { createNoteResumed, createRaiseVisibility } from './visibility.ts';

const hour = 3_600_000;
const start = Date.parse('2026-11-25T12:00:00Z');
const actor: Actor = { kind: 'person', id: 'p1', name: 'ann', tenant: mainTenant, roles: ['admin'] };

describe('a source that falls silent', () => {
  const store = testRecords();

  /** A steady source: a delivery each minute for two days, the last one at `start`. */
  const facts: SourceFacts = {
    source: 'dc-01',
    lastReceived: start,
    lastEvent: start - 1_000,
    records: 2_880,
    lastHour: 60,
    lastQuarter: 15,
    unparsed: 3,
    lagMedianMs: 1_000,
    lagHighMs: 2_000,
    lagLeastMs: -4_000,
    hours: Array.from({ length: 48 }, (_, i) => ({ at: start - (48 - i) * hour, records: 60 })),
    pauseMs: 60_000,
    longestPauseMs: 61_000,
    deliveries: 2_880,
  };

  test('one alert is raised for one silence, and another for the next', async () => {
    const { records } = store;
    const clock = fakeClock(start);
    let sent = facts;
    const health = createHealth({
      events: { sourceFacts: async () => [sent], search: async function* () {} },
      records,
      clock,
      listeningSince: start - 48 * hour,
      raise: createRaiseVisibility(clock, () => noNeverGroup),
      resumed: createNoteResumed(clock),
    });
    const alerts = createAlerts({ records, clock, identities: async () => null });
    const raised = () => alerts.list(actor, { limit: 10 });
    const state = async () => (await health.list({ tenant: mainTenant }))[0];

    await health.watch(mainTenant);
    expect((await raised()).total).toBe(0);
    expect(await state()).toMatchObject({
      state: 'sending',
      pauseMs: 600_000,
      clockAheadMs: 4_000,
      perMinuteUsual: 1,
    });

    clock.advance(11 * 60_000);
    await health.watch(mainTenant);
    await health.watch(mainTenant);
    const { items } = await raised();
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      kind: 'visibility',
      title: 'The source dc-01 has fallen silent',
      source: 'dc-01',
      severity: 'medium',
    });
    const detail = await alerts.get({ tenant: mainTenant }, items[0]?.key ?? '');
    expect(detail.description).toContain(`since ${new Date(start).toISOString()}`);
    expect(await state()).toMatchObject({ state: 'silent', silentSince: start });

    sent = { ...facts, lastReceived: clock.now() };
    await health.watch(mainTenant);
    expect(await state()).toMatchObject({ state: 'sending', silentSince: null });
    const after = await alerts.get({ tenant: mainTenant }, items[0]?.key ?? '');
    expect(after).toMatchObject({ status: 'new', acknowledgedAt: null });
    expect(after.history.at(-1)).toMatchObject({
      kind: 'commented',
      actor: { kind: 'system' },
      data: {
        text: 'dc-01 sends again, at 2026-11-25T12:11:00.000Z; it was silent for 11 min, since 2026-11-25T12:00:00.000Z.',
      },
    });
    clock.advance(11 * 60_000);
    await health.watch(mainTenant);
    expect((await raised()).items).toHaveLength(1);

    // The alert that is still open is told of each end.
    sent = { ...facts, lastReceived: clock.now() };
    await health.watch(mainTenant);
    const { history } = await alerts.get({ tenant: mainTenant }, items[0]?.key ?? '');
    expect(history.map(({ kind }) => kind)).toEqual(['created', 'commented', 'commented']);
  });

  test('what is expected can be set, is audited, and a stale change is a conflict', async () => {
    const { records } = store;
    const clock = fakeClock(start + 5 * hour);
    const health = createHealth({
      events: { sourceFacts: async () => [{ ...facts, source: 'lab' }], search: async function* () {} },
      records,
      clock,
      listeningSince: start,
      raise: createRaiseVisibility(clock, () => noNeverGroup),
      resumed: createNoteResumed(clock),
    });
    const changed = await health.expect(actor, 'lab', 0, { kind: 'off' });
    expect(changed).toMatchObject({ state: 'idle', pauseMs: null, version: 1 });
    await expect(health.expect(actor, 'lab', 0, { kind: 'auto' })).rejects.toMatchObject({
      code: 'E_CONFLICT',
    });
    await expect(health.expect(actor, 'lab', 1, { kind: 'set', pauseMs: 5 })).rejects.toMatchObject({
      code: 'E_BAD_REQUEST',
    });
    const audited = await store.records.db
      .selectFrom('audit')
      .select(['action', 'resource_id'])
      .where('action', '=', 'source.expectation_changed')
      .execute();
    expect(audited).toEqual([{ action: 'source.expectation_changed', resource_id: 'lab' }]);
  });
});
