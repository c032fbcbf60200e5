import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { refusalOf } from '../../../test/support/refusal.ts';
import { type FakeClock, fakeClock } from '../../base/clock.ts';
import type { Actor } from '../../model/actor.ts';
import type { AlertSummary } from '../../model/alert.ts';
import type { Detection } from '../../model/detection.ts';
import type { TenantId } from '../../model/ids.ts';
import type { Records } from '../../store/records.ts';
import { type AlertsService, createAlerts, foldDetections } from './index.ts';
import { analyst, colleague, detectionOf, foldDeps, ruleA, ruleB, startAt } from './testing.ts';

const store = testRecords();
let records: Records;
let alerts: AlertsService;
let clock: FakeClock;
let tenant: TenantId;
let ana: Actor;

beforeEach(() => {
  ({ records } = store);
  tenant = store.tenant;
  ana = { ...analyst, tenant };
  clock = fakeClock(startAt);
  alerts = createAlerts({
    records,
    clock,
    identities: (_tenant, id) =>
      Promise.resolve(id === colleague.id ? { id: colleague.id, name: colleague.name } : null),
  });
});

const fold = (...detections: Detection[]) =>
  records.transaction((tx) => foldDetections(tx, detections, foldDeps(clock.now())));

/** An alert of `host`, freshly made; each host has its own user, so that they make no incident. */
async function opened(host = 'ws-17', change: Partial<Detection> = {}): Promise<AlertSummary> {
  await fold(
    detectionOf(Number(tenant.slice(1)) * 1_000 + clock.now() - startAt, {
      tenant,
      host,
      user: `mreyes-${host}`,
      ...change,
    }),
  );
  clock.advance(1);
  const { items } = await alerts.list(ana, { limit: 500 });
  const found = items.find((alert) => alert.host === host && alert.status !== 'closed');
  if (found === undefined) throw new Error('the alert was not made');
  return found;
}

describe('triage', () => {
  it('a new alert that gets an owner is in triage, and keeps that when it loses them', async () => {
    const alert = await opened();
    const mine = await alerts.assign(ana, alert.id, alert.version, 'me');
    expect(mine).toMatchObject({ status: 'in_triage', owner: ana.id, ownerName: ana.name, version: 2 });
    const theirs = await alerts.assign(ana, alert.key.toLowerCase(), mine.version, colleague.id);
    expect(theirs).toMatchObject({ owner: colleague.id, ownerName: colleague.name, version: 3 });
    const nobodys = await alerts.assign(ana, alert.id, theirs.version, null);
    expect(nobodys).toMatchObject({ status: 'in_triage', owner: null, ownerName: null, version: 4 });
    const { history } = await alerts.get(ana, alert.id);
    expect(history.map((entry) => entry.kind)).toEqual(['created', 'assigned', 'assigned', 'unassigned']);
    expect(history[1]).toMatchObject({ actor: { id: ana.id, name: ana.name }, data: { owner: ana.id } });
  });

  it('an owner that nobody is gets refused before anything changes', async () => {
    const alert = await opened();
    const error = await refusalOf(alerts.assign(ana, alert.id, alert.version, 'nobody'));
    expect(error.code).toBe('E_BAD_REQUEST');
    expect((await alerts.get(ana, alert.id)).version).toBe(1);
  });

  it('assigning to who owns it already changes nothing', async () => {
    const alert = await opened();
    const mine = await alerts.assign(ana, alert.id, alert.version, 'me');
    expect(await alerts.assign(ana, alert.id, mine.version, 'me')).toEqual(mine);
    expect((await alerts.get(ana, alert.id)).history).toHaveLength(2);
  });

  it('closing sets verdict and time, and makes an unowned alert the closer’s', async () => {
    const alert = await opened();
    clock.advance(60_000);
    const closed = await alerts.close(ana, alert.id, alert.version, 'true_positive', 'seen on the host');
    expect(closed).toMatchObject({
      status: 'closed',
      verdict: 'true_positive',
      closedAt: clock.now(),
      owner: ana.id,
      version: 2,
    });
    expect((await alerts.get(ana, alert.id)).history.at(-1)).toMatchObject({
      kind: 'closed',
      data: { verdict: 'true_positive', reason: 'seen on the host', owner: ana.id },
    });
  });

  it('closing leaves the owner, who is not always the closer', async () => {
    const alert = await opened();
    const theirs = await alerts.assign(ana, alert.id, alert.version, colleague.id);
    const closed = await alerts.close(ana, alert.id, theirs.version, 'false_positive');
    expect(closed.owner).toBe(colleague.id);
  });

  it('a closed alert takes comments, but is neither assigned nor closed again', async () => {
    const alert = await opened();
    const closed = await alerts.close(ana, alert.id, alert.version, 'inconclusive');
    const assigned = await refusalOf(alerts.assign(ana, alert.id, closed.version, 'me'));
    expect(assigned.code).toBe('E_ALERT_CLOSED');
    expect((await refusalOf(alerts.close(ana, alert.id, closed.version, 'true_positive'))).code).toBe(
      'E_ALERT_CLOSED',
    );
    const commented = await alerts.comment(ana, alert.id, 'found later\u0000');
    expect(commented).toMatchObject({ status: 'closed', version: 3 });
    expect((await alerts.get(ana, alert.id)).history.at(-1)?.data['text']).toBe('found later\u2400');
  });

  it('reopening withdraws the verdict; an alert that is open can’t be reopened', async () => {
    const alert = await opened();
    expect((await refusalOf(alerts.reopen(ana, alert.id, alert.version))).code).toBe('E_ALERT_OPEN');
    const closed = await alerts.close(ana, alert.id, alert.version, 'benign_positive');
    const reopened = await alerts.reopen(ana, alert.id, closed.version, 'it was not');
    expect(reopened).toMatchObject({ status: 'in_triage', verdict: null, closedAt: null, owner: ana.id });
    expect((await alerts.get(ana, alert.id)).history.at(-1)).toMatchObject({
      kind: 'reopened',
      data: { withdrawn: 'benign_positive', reason: 'it was not' },
    });
  });

  it('reopening leaves another open alert of the group alone: each has its own span of time', async () => {
    const first = await opened();
    const closed = await alerts.close(ana, first.id, first.version, 'benign_positive');
    const second = await opened();
    expect(second.predecessor).toEqual({ id: first.id, key: first.key });
    const reopened = await alerts.reopen(ana, first.id, closed.version);
    expect(reopened.status).toBe('in_triage');
    expect((await alerts.get(ana, second.id)).status).toBe('new');
  });

  it('a change made on an old version is a conflict that shows the alert as it is', async () => {
    const alert = await opened();
    const mine = await alerts.assign(ana, alert.id, alert.version, 'me');
    for (const stale of [
      () => alerts.assign(ana, alert.id, alert.version, colleague.id),
      () => alerts.close(ana, alert.id, alert.version, 'true_positive'),
      () => alerts.reopen(ana, alert.id, alert.version),
    ]) {
      const error = await refusalOf(stale());
      expect(error.code).toBe('E_CONFLICT');
      expect(error.details['alert']).toEqual(mine);
    }
  });

  it('each change leaves one audit row without its free text, and one domain event', async () => {
    const alert = await opened();
    const mine = await alerts.assign(ana, alert.id, alert.version, 'me');
    await alerts.close(ana, alert.id, mine.version, 'true_positive', 'a private reason');
    const audit = await records.db
      .selectFrom('audit')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('actor_id', '=', ana.id)
      .orderBy('action')
      .execute();
    expect(audit.map((row) => row.action)).toEqual(['alert.assigned', 'alert.closed']);
    expect(audit[1]).toMatchObject({
      resource: 'alert',
      resource_id: alert.id,
      outcome: 'ok',
      details: { verdict: 'true_positive', version: 3 },
    });
    expect(JSON.stringify(audit)).not.toContain('private');
    const events = await records.db
      .selectFrom('outbox')
      .select(['type', 'payload'])
      .where('tenant', '=', tenant)
      .orderBy('id')
      .execute();
    expect(events.map((event) => [event.type, event.payload['version']])).toEqual([
      ['alert.created', 1],
      ['alert.changed', 2],
      ['alert.changed', 3],
    ]);
  });

  it('an alert of another tenant does not exist', async () => {
    const alert = await opened();
    const stranger = { ...ana, tenant: 'elsewhere' as TenantId };
    for (const id of [alert.id, alert.key]) {
      expect((await refusalOf(alerts.get(stranger, id))).code).toBe('E_NOT_FOUND');
      expect((await refusalOf(alerts.comment(stranger, id, 'hello'))).code).toBe('E_NOT_FOUND');
    }
    expect((await alerts.list(stranger, { limit: 10 })).total).toBe(0);
  });
});

describe('the queue', () => {
  it('lists by severity, then newest first, and pages without repeating or losing any', async () => {
    for (const host of ['a', 'b', 'c']) {
      await opened(`${host}-low`, { ruleId: ruleB });
      await opened(`${host}-high`, { ruleId: ruleA });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await alerts.list(ana, { limit: 2, cursor });
      expect(page.total).toBe(6);
      seen.push(...page.items.map((alert) => alert.host));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['c-high', 'b-high', 'a-high', 'c-low', 'b-low', 'a-low']);
  });

  it('counts each facet under the rest of the filter', async () => {
    const one = await opened('a', { ruleId: ruleA });
    await opened('b', { ruleId: ruleA });
    await opened('c', { ruleId: ruleB });
    await alerts.close(ana, one.id, one.version, 'true_positive');
    const page = await alerts.list(ana, { limit: 10, status: ['new'], severity: ['high'] });
    expect(page.total).toBe(1);
    expect(page.counts.status).toEqual({ new: 1, in_triage: 0, waiting: 0, closed: 1 });
    expect(page.counts.severity).toEqual({ informational: 0, low: 1, medium: 0, high: 1, critical: 0 });
  });

  describe('filters', () => {
    const cases = [
      { query: { owner: ['me'] }, hosts: ['mine'], why: '`me` is who asks' },
      { query: { owner: ['none'] }, hosts: ['free', '100%_sure'], why: '`none` is what nobody owns' },
      { query: { owner: ['me', 'none'] }, hosts: ['mine', 'free', '100%_sure'], why: 'owners add up' },
      { query: { owner: ['someone'] }, hosts: [], why: 'an id that owns nothing finds nothing' },
      { query: { owner: [] }, hosts: [], why: 'no owner at all finds nothing' },
      { query: { ruleId: ruleB }, hosts: ['free'], why: 'by rule' },
      { query: { ruleId: ruleB.toUpperCase() }, hosts: ['free'], why: 'by rule, in any case' },
      { query: { text: 'MIN' }, hosts: ['mine'], why: 'text is found in the host, in any case' },
      { query: { text: 'rule b' }, hosts: ['free'], why: 'text is found in the title' },
      { query: { text: 'reyes' }, hosts: ['mine', 'free', '100%_sure'], why: 'text is found in the user' },
      { query: { text: '0%_s' }, hosts: ['100%_sure'], why: '% and _ are only themselves' },
      { query: { text: '%' }, hosts: ['100%_sure'], why: 'a lone % is no wildcard' },
      { query: { text: '\\' }, hosts: [], why: 'a backslash is only itself' },
      { query: { text: 'a\u0000b' }, hosts: [], why: 'what the database can’t hold is no error' },
      { query: { status: [] }, hosts: [], why: 'no status at all finds nothing' },
    ];
    it.each(cases)('$why', async ({ query, hosts }) => {
      const mine = await opened('mine');
      await opened('free', { ruleId: ruleB });
      await opened('100%_sure');
      await alerts.assign(ana, mine.id, mine.version, 'me');
      const page = await alerts.list(ana, { limit: 10, ...query });
      expect(page.items.map((alert) => alert.host).sort()).toEqual([...hosts].sort());
      expect(page.total).toBe(hosts.length);
    });
  });

  const cursors = [
    { cursor: '', why: 'empty' },
    { cursor: 'not base64 json', why: 'not ours' },
    { cursor: Buffer.from('[9,1,"a"]').toString('base64url'), why: 'a severity that is none' },
    { cursor: Buffer.from('[3,1e300,"a"]').toString('base64url'), why: 'a time that is none' },
    { cursor: Buffer.from('{"a":1}').toString('base64url'), why: 'another shape' },
  ];
  it.each(cursors)('refuses a cursor that is $why', async ({ cursor }) => {
    expect((await refusalOf(alerts.list(ana, { limit: 10, cursor }))).code).toBe('E_BAD_REQUEST');
  });
});
