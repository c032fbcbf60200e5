import fc from 'fast-check';
import { CompiledQuery, sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { refusalOf } from '../../../test/support/refusal.ts';
import { type FakeClock, fakeClock } from '../../base/clock.ts';
import type { Actor } from '../../model/actor.ts';
import type { Detection } from '../../model/detection.ts';
import type { TenantId } from '../../model/ids.ts';
import type { GroupField, QueueRow } from '../../model/queue.ts';
import { fillQueueSql } from '../../store/postgres/migrations/003-queue.ts';
import type { Records } from '../../store/records.ts';
import {
  type AlertsService,
  createAlerts,
  createIncidents,
  createQueue,
  foldDetections,
  type IncidentsService,
  type QueueService,
  wakeDue,
} from './index.ts';
import type { QueueFilter } from './queue-types.ts';
import { analyst, colleague, detectionOf, foldDeps, ruleA, ruleB, startAt } from './testing.ts';

const store = testRecords();
let records: Records;
let queue: QueueService;
let alerts: AlertsService;
let incidents: IncidentsService;
let clock: FakeClock;
let ana: Actor;
let cole: Actor;
let serial = 0;

beforeEach(() => {
  ({ records } = store);
  const tenant = store.tenant;
  ana = { ...analyst, tenant };
  cole = { ...colleague, tenant };
  clock = fakeClock(startAt);
  const deps = {
    records,
    clock,
    identities: (_tenant: TenantId, id: string) =>
      Promise.resolve(id === cole.id ? { id: cole.id, name: cole.name } : null),
  };
  queue = createQueue(deps);
  alerts = createAlerts(deps);
  incidents = createIncidents(deps);
});

const fold = (...detections: Partial<Detection>[]) =>
  records.transaction((tx) =>
    foldDetections(
      tx,
      detections.map((change) => {
        serial += 1;
        return detectionOf(serial, { tenant: ana.tenant, user: '', eventTime: clock.now(), ...change });
      }),
      foldDeps(clock.now()),
    ),
  );

const everything: QueueFilter = { timeBasis: 'alert' };
const list = async (filter: Partial<QueueFilter> = {}, asker = ana) =>
  (await queue.list(asker, { ...everything, sort: 'priority', limit: 100, ...filter })).items;
const titles = (rows: readonly QueueRow[]) =>
  rows.map((row) => `${row.title} ${row.hosts.map((host) => host.name).join()}`);
const refOf = ({ kind, id, version }: QueueRow) => ({ kind, id, version });
const rowOf = async (key: string) => await queue.row(ana, key);

/** The counters as they are, and as the rows would have them. */
async function counters() {
  const read = async () =>
    (
      await sql<object>`
        select facet, value, status, owner_id, severity_rank, rows from queue_counts
        where tenant = ${ana.tenant} order by 1, 2, 3, 4, 5`.execute(records.db)
    ).rows;
  const kept = await read();
  await records.db.executeQuery(CompiledQuery.raw(fillQueueSql));
  return { kept, counted: await read() };
}

describe('the queue', () => {
  it('has a row for an incident and for a lone alert, the most urgent first', async () => {
    await fold({ host: 'lone', ruleId: ruleB });
    await fold({ host: 'ws-1', ruleId: ruleA }, { host: 'ws-1', ruleId: ruleB });
    const rows = await list();
    expect(rows.map((row) => [row.kind, row.title, row.alerts, row.priority, row.reason])).toEqual([
      ['incident', 'Rule A', 2, 74, '2 rules on ws-1 within 1 min'],
      ['alert', 'Rule B', 1, 31, ''],
    ]);
    expect(rows[0]).toMatchObject({
      rules: [
        { id: ruleA, name: 'Rule A' },
        { id: ruleB, name: 'Rule B' },
      ],
      hosts: [{ id: 'ws-1', name: 'ws-1' }],
      sources: ['import'],
      tags: ['attack.t1070.001'],
      detections: 2,
    });
  });

  it('pages by key: nothing is repeated or lost while more comes in', async () => {
    for (const n of [1, 2, 3, 4, 5]) await fold({ host: `h${n}`, ruleId: ruleB });
    const first = await queue.list(ana, { ...everything, sort: 'priority', limit: 2 });
    expect(first).toMatchObject({ total: 5, totalExact: true });
    await fold({ host: 'urgent', ruleId: ruleA });
    const seen = [...first.items];
    for (let cursor = first.nextCursor; cursor !== null; ) {
      const page = await queue.list(ana, { ...everything, sort: 'priority', limit: 2, cursor });
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map((row) => row.id)).size).toBe(5);
  });

  it('refuses a cursor of another order, so that no page is skipped in silence', async () => {
    for (const n of [1, 2]) await fold({ host: `h${n}` });
    const { nextCursor } = await queue.list(ana, { ...everything, sort: 'priority', limit: 1 });
    const other = queue.list(ana, { ...everything, sort: 'event', limit: 1, cursor: nextCursor ?? '' });
    expect((await refusalOf(other)).code).toBe('E_BAD_REQUEST');
    for (const cursor of ['', 'x', Buffer.from('["priority",1e300,0,"a"]').toString('base64url')])
      expect(
        (await refusalOf(queue.list(ana, { ...everything, sort: 'priority', limit: 1, cursor }))).code,
      ).toBe('E_BAD_REQUEST');
  });

  describe('filters', () => {
    const cases: { filter: Partial<QueueFilter>; hosts: string; why: string }[] = [
      { filter: { host: ['WS-1'] }, hosts: 'ws-1.corp.example', why: 'a host by any of its names' },
      { filter: { host: ['ws-1.corp.example'] }, hosts: 'ws-1.corp.example', why: 'or by its long one' },
      { filter: { rule: [ruleB] }, hosts: 'ws-2', why: 'by rule' },
      { filter: { user: ['CORP\\ana'] }, hosts: 'ws-2', why: 'a user by another of their names' },
      { filter: { tag: ['attack.t1070.001'], severity: ['low'] }, hosts: 'ws-2', why: 'all have to hold' },
      {
        filter: { rule: [ruleA, ruleB] },
        hosts: 'ws-1.corp.example ws-2 ws-3%',
        why: 'any of several values',
      },
      { filter: { exclude: [`rule=${ruleB}`] }, hosts: 'ws-1.corp.example ws-3%', why: 'without a value' },
      {
        filter: { exclude: ['severity=low', 'host=ws-3%'] },
        hosts: 'ws-1.corp.example',
        why: 'without several',
      },
      { filter: { owner: ['me'] }, hosts: 'ws-3%', why: 'mine' },
      { filter: { owner: ['none'] }, hosts: 'ws-1.corp.example ws-2', why: 'unowned' },
      { filter: { owner: ['others'] }, hosts: '', why: 'somebody else’s' },
      { filter: { text: 'WS-1.C' }, hosts: 'ws-1.corp.example', why: 'text in a host, in any case' },
      { filter: { text: '3%' }, hosts: 'ws-3%', why: 'a % is only itself' },
      { filter: { text: 'rule a' }, hosts: 'ws-1.corp.example ws-3%', why: 'text in a title' },
      { filter: { kind: ['incident'] }, hosts: '', why: 'by kind' },
      { filter: { status: [] }, hosts: '', why: 'no status at all finds nothing' },
      { filter: { from: startAt + 1 }, hosts: 'ws-3%', why: 'by the time of the alert' },
      { filter: { to: startAt, timeBasis: 'event' }, hosts: 'ws-2', why: 'by the time of the event' },
    ];
    it.each(cases)('$why', async ({ filter, hosts }) => {
      await fold({ host: 'ws-1.corp.example', ruleId: ruleA });
      await fold({ host: 'ws-2', user: 'ana@corp.example', ruleId: ruleB, eventTime: startAt - 86_400_000 });
      await fold({
        host: '',
        user: 'CORP\\ana',
        ruleId: ruleB,
        eventTime: startAt + 7 * 86_400_000,
        source: 'other' as never,
      });
      const [stranger] = await list({ source: ['other'] });
      await alerts.close(ana, stranger!.id, stranger!.version, 'false_positive');
      clock.advance(1_000);
      await fold({ host: 'ws-3%', ruleId: ruleA });
      const mine = (await list({ text: 'ws-3' }))[0]!;
      await alerts.assign(ana, mine.id, mine.version, 'me');
      const open = { status: ['new', 'in_triage', 'waiting'] as const, ...filter };
      const rows = await list(open);
      expect(
        rows
          .flatMap((row) => row.hosts.map((host) => host.name))
          .sort()
          .join(' '),
      ).toBe(hosts);
      const { total } = await queue.list(ana, { ...everything, sort: 'newest', limit: 1, ...open });
      expect(total).toBe(rows.length);
    });
  });

  it('facets from the counters and facets from the rows say the same', async () => {
    for (const n of [1, 2, 3])
      await fold({ host: `h${n}`, user: `u${n % 2}`, ruleId: n === 3 ? ruleB : ruleA });
    const row = (await list())[0]!;
    await queue.bulk(ana, [refOf(row)], { action: 'assign', owner: 'me' });
    const filter = { status: ['new', 'in_triage'] as const, ...everything };
    const counted = await queue.facets(ana, filter, 10);
    // A time that lets everything through: only the rows themselves can answer it.
    const seen = await queue.facets(ana, { ...filter, from: 0 }, 10);
    expect(seen.facets).toEqual(counted.facets);
    expect(counted).toMatchObject({
      exact: true,
      counted: counted.facets.status.reduce((sum, one) => sum + one.rows, 0),
    });
    expect(counted.facets.owner.map(({ value, rows }) => [value, rows])).toContainEqual([ana.id, 1]);
    expect(counted.facets.severity.map(({ value }) => value)[0]).toBe('critical');
    const { values } = await queue.facet(ana, filter, 'host', 'H2', 10);
    expect(values).toEqual([{ value: 'h2', label: 'h2', rows: 1 }]);
    expect(await queue.facet(ana, { ...filter, from: 0 }, 'host', 'H2', 10)).toEqual({ values, exact: true });
  });

  it('the histogram by day is the same from counters and rows, over either time', async () => {
    await fold({ host: 'a', eventTime: startAt - 3 * 86_400_000 });
    await fold({ host: 'b', eventTime: startAt - 3 * 86_400_000 - 3_600_000, ruleId: ruleB });
    for (const timeBasis of ['alert', 'event'] as const) {
      const counted = await queue.histogram(ana, { timeBasis }, 'day');
      const seen = await queue.histogram(ana, { timeBasis, from: 0 }, 'day');
      expect(seen.buckets).toEqual(counted.buckets);
      expect(counted.buckets.map((bucket) => bucket.rows)).toEqual([2]);
    }
    const { range, buckets } = await queue.histogram(ana, { timeBasis: 'event' }, 'hour');
    expect(range).toEqual({ from: startAt - 3 * 86_400_000 - 3_600_000, to: startAt - 3 * 86_400_000 });
    expect(buckets.map(({ severity }) => [severity.low, severity.high])).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('groups by up to three fields, the most urgent group first, with what people call them', async () => {
    await fold({ host: 'a', user: 'u1', ruleId: ruleB });
    await fold({ host: 'b', user: 'u2', ruleId: ruleB });
    await fold({ host: 'c', user: 'u3', ruleId: ruleA });
    const { groups } = await queue.groups(ana, everything, ['rule', 'severity'], 10);
    expect(
      groups.map((group) => [group.values.map((one) => one.value), group.rows, group.hosts, group.users]),
    ).toEqual([
      [[ruleA, 'high'], 1, 1, 1],
      [[ruleB, 'low'], 2, 2, 2],
    ]);
    const byRule = await queue.groups(ana, everything, ['rule'], 10);
    expect(byRule).toMatchObject({
      exact: true,
      groups: [
        { rows: 1, hosts: 1, users: 1, whole: true, severity: { high: 1 } },
        { rows: 2, hosts: 2, users: 2, whole: true, severity: { low: 2 } },
      ],
    });
    const byOwner = await queue.groups(ana, everything, ['owner'], 10);
    expect(byOwner.groups.map((group) => group.values[0])).toEqual([
      { field: 'owner', value: 'none', label: 'Unowned' },
    ]);
  });

  it('groups an incident by what its alerts have together, not by what it has somewhere', async () => {
    await fold({ host: 'a', user: 'u1', ruleId: ruleA });
    await fold({ host: 'b', user: 'u1', ruleId: ruleB });
    expect((await list()).map(({ kind, alerts: members }) => [kind, members])).toEqual([['incident', 2]]);
    const of = async (...by: GroupField[]) =>
      (await queue.groups(ana, everything, by, 10)).groups.map((group) =>
        group.values.map((one) => one.value).join(' '),
      );
    expect((await of('host', 'rule')).toSorted()).toEqual([`a ${ruleA}`, `b ${ruleB}`]);
    expect((await of('user', 'severity', 'host')).toSorted()).toEqual(['u1 high a', 'u1 high b']);
    expect((await of('rule')).toSorted()).toEqual([ruleA, ruleB].toSorted());
  });

  it("more rows than are looked at: their numbers are the counters', their hosts the least there are", async () => {
    const filler = (count: number, rule: string, priority: number) =>
      sql`
        insert into queue_rows (tenant, id, kind, number, title, severity_rank, priority, priority_reasons, status, open,
          alerts, detections, facts, rule_count, host_count, user_count, terms, search,
          first_event_at, last_event_at, created_at, updated_at, version)
        select ${ana.tenant}, ${rule} || n, 'alert', n, 'made', 1, ${priority}::int, '[]', 'new', true, 1, 1, '{}', 1, 1, 0,
          array['rule=' || ${rule}::text, 'host=h' || n], '', now(), now(), now(), now(), 1
        from generate_series(1, ${count}::int) n`.execute(records.db);
    await filler(5_500, 'often', 40);
    await filler(3, 'rarely', 10);
    for (const [value, rows] of [
      ['often', 5_500],
      ['rarely', 3],
    ] as const)
      await records.db
        .insertInto('queue_counts')
        .values({
          tenant: ana.tenant,
          facet: 'rule',
          value,
          status: 'new',
          owner_id: '',
          severity_rank: 1,
          rows,
        })
        .execute();
    const { groups, exact } = await queue.groups(ana, everything, ['rule'], 10);
    expect(exact).toBe(false);
    expect(groups).toMatchObject([
      { values: [{ value: 'often' }], rows: 5_500, hosts: 5_001, whole: false, severity: { low: 5_500 } },
      { values: [{ value: 'rarely' }], rows: 3, hosts: 3, whole: true, priority: 10 },
    ]);
  });

  it('a row of another tenant does not exist', async () => {
    await fold({ host: 'a' });
    const [row] = await list();
    const stranger = { ...ana, tenant: 'elsewhere' as TenantId };
    expect(await list({}, stranger)).toEqual([]);
    expect((await refusalOf(queue.row(stranger, row!.key))).code).toBe('E_NOT_FOUND');
    const report = await queue.bulk(stranger, [refOf(row!)], { action: 'acknowledge' });
    expect(report).toMatchObject({ operation: null, changed: [], unchanged: [{ code: 'E_NOT_FOUND' }] });
  });
});

describe('bulk changes', () => {
  it('close many, tell what was stale with how it stands, and are taken back', async () => {
    for (const host of ['a', 'b', 'c']) await fold({ host, user: '' });
    const rows = await list();
    await alerts.comment(cole, rows[2]!.id, 'looking at it');
    const report = await queue.bulk(ana, rows.map(refOf), {
      action: 'close',
      verdict: 'benign_positive',
      reason: 'the backup',
    });
    expect(report.changed.map((one) => one.key)).toEqual([rows[0]!.key, rows[1]!.key]);
    expect(report.unchanged).toMatchObject([
      { key: rows[2]!.key, code: 'E_CONFLICT', current: { version: rows[2]!.version + 1, status: 'new' } },
    ]);
    expect((await rowOf(rows[0]!.key)).verdict).toBe('benign_positive');
    // Somebody touches one of them meanwhile: that one is left as it is.
    await alerts.comment(cole, rows[1]!.id, 'was it?');
    const back = await queue.undo(ana, report.operation!);
    expect(back.changed.map((one) => one.key)).toEqual([rows[0]!.key]);
    expect(back.unchanged).toMatchObject([{ key: rows[1]!.key, code: 'E_CONFLICT' }]);
    expect(await rowOf(rows[0]!.key)).toMatchObject({ status: 'new', verdict: null, owner: null });
    const { history } = await alerts.get(ana, rows[0]!.id);
    expect(history.map((entry) => entry.kind)).toEqual(['created', 'closed', 'undone']);
    expect((await refusalOf(queue.undo(ana, report.operation!))).code).toBe('E_CONFLICT');
    expect((await refusalOf(queue.undo(cole, back.operation!))).code).toBe('E_NOT_FOUND');
  });

  it('restore the exact state: owner, waiting and the time of first notice', async () => {
    await fold({ host: 'a' });
    const [row] = await list();
    const waiting = { for: 'the user’s answer', until: startAt + 3_600_000 };
    const waits = await alerts.wait(ana, row!.id, row!.version, waiting);
    clock.advance(60_000);
    const report = await queue.bulk(cole, [{ kind: 'alert', id: waits.id, version: waits.version }], {
      action: 'close',
      verdict: 'false_positive',
    });
    await queue.undo(cole, report.operation!);
    const after = await alerts.get(ana, waits.id);
    expect(after).toMatchObject({
      status: 'waiting',
      waiting,
      owner: waits.owner,
      verdict: null,
      closedAt: null,
      acknowledgedAt: waits.acknowledgedAt,
    });
  });

  it('what is so already, or can’t be, is told one by one', async () => {
    for (const host of ['a', 'b']) await fold({ host });
    const [first, second] = await list();
    await alerts.close(ana, first!.id, first!.version, 'true_positive');
    const closed = await rowOf(first!.key);
    const report = await queue.bulk(ana, [closed, second!].map(refOf), { action: 'reopen' });
    expect(report.changed.map((one) => one.key)).toEqual([first!.key]);
    expect(report.unchanged).toMatchObject([{ key: second!.key, code: 'E_ALERT_OPEN' }]);
    const seen = await queue.bulk(ana, [await rowOf(first!.key)].map(refOf), { action: 'acknowledge' });
    expect(seen.unchanged).toMatchObject([{ code: 'E_UNCHANGED' }]);
  });

  it('an incident takes its alerts along, forth and back', async () => {
    await fold({ host: 'ws-1', ruleId: ruleA }, { host: 'ws-1', ruleId: ruleB });
    const [incident] = await list();
    const report = await queue.bulk(ana, [refOf(incident!)], { action: 'close', verdict: 'true_positive' });
    expect(report.changed).toHaveLength(3);
    const closed = await incidents.get(ana, incident!.id);
    expect(closed.members.map((alert) => [alert.status, alert.verdict])).toEqual([
      ['closed', 'true_positive'],
      ['closed', 'true_positive'],
    ]);
    const back = await queue.undo(ana, report.operation!);
    expect(back.unchanged).toEqual([]);
    const open = await incidents.get(ana, incident!.id);
    expect(open.status).toBe('new');
    expect(open.members.map((alert) => alert.status)).toEqual(['new', 'new']);
  });

  it('“close those like this” finds the open ones of the same rule and entity, or of the rule', async () => {
    const day = 86_400_000;
    await fold({ host: 'a', ruleId: ruleA });
    await fold({ host: 'a', ruleId: ruleA, eventTime: startAt - 3 * day });
    await fold({ host: 'b', ruleId: ruleA, eventTime: startAt - 6 * day });
    await fold({ host: 'a', ruleId: ruleB, eventTime: startAt - 9 * day });
    const [row] = await list({ from: startAt - day, timeBasis: 'event' });
    expect(await queue.similar(ana, row!.key, 'rule_entity')).toMatchObject({
      count: 1,
      items: [{ host: 'a' }],
    });
    const { count, items } = await queue.similar(ana, row!.id, 'rule');
    expect([count, items.map((item) => item.host).sort()]).toEqual([2, ['a', 'b']]);
    const report = await queue.bulk(ana, items, { action: 'close', verdict: 'false_positive' });
    expect(report.changed).toHaveLength(2);
    expect(await queue.similar(ana, row!.id, 'rule')).toEqual({ count: 0, items: [] });
  });
});

describe('incidents', () => {
  const made = async () => {
    await fold({ host: 'ws-1', ruleId: ruleA }, { host: 'ws-1', ruleId: ruleB });
    const row = (await list({ kind: ['incident'] }))[0]!;
    return await incidents.get(ana, row.key.toLowerCase());
  };

  it('closing one closes its open alerts with the verdict; reopening opens those again and no others', async () => {
    const incident = await made();
    const [first, second] = incident.members;
    await alerts.close(ana, first!.id, first!.version, 'false_positive');
    const now = await incidents.get(ana, incident.id);
    await incidents.close(ana, now.id, now.version, 'true_positive', 'confirmed');
    const closed = await incidents.get(ana, incident.id);
    expect(closed.members.map((alert) => alert.verdict)).toEqual(['false_positive', 'true_positive']);
    await incidents.reopen(ana, closed.id, closed.version);
    const open = await incidents.get(ana, incident.id);
    expect(open.members.map((alert) => alert.status)).toEqual(['closed', 'in_triage']);
    expect((await alerts.get(ana, second!.id)).verdict).toBeNull();
  });

  it('ends by itself when the last of its alerts is closed, with the verdict that matters most', async () => {
    const incident = await made();
    for (const [at, verdict] of (['true_positive', 'false_positive'] as const).entries()) {
      const { id, version } = (await incidents.get(ana, incident.id)).members[at]!;
      await alerts.close(ana, id, version, verdict);
    }
    const ended = await incidents.get(ana, incident.id);
    expect(ended).toMatchObject({ status: 'closed', verdict: 'true_positive' });
    expect(ended.history.at(-1)).toMatchObject({ kind: 'closed', actor: { kind: 'system' } });
    const [member] = ended.members;
    await alerts.reopen(ana, member!.id, member!.version);
    expect(await incidents.get(ana, incident.id)).toMatchObject({ status: 'new', verdict: null });
  });

  it('a person gives owner and title, and both stay', async () => {
    const incident = await made();
    const assigned = await incidents.assign(ana, incident.id, incident.version, 'me');
    const renamed = await incidents.rename(ana, incident.id, assigned.version, 'Ransomware on ws-1');
    await fold({ host: 'ws-1', ruleId: '33333333-3333-4333-8333-333333333333' as never });
    const after = await incidents.get(ana, incident.id);
    expect(after).toMatchObject({
      title: 'Ransomware on ws-1',
      owner: ana.id,
      status: 'in_triage',
      alerts: 3,
    });
    expect(after.members.filter((alert) => alert.owner === ana.id)).toHaveLength(2);
    const stale = await refusalOf(incidents.assign(cole, incident.id, renamed.version, 'me'));
    expect(stale.code).toBe('E_CONFLICT');
    expect(stale.details['incident']).toMatchObject({ key: incident.key, version: after.version });
  });

  it('takes in alerts and other incidents; one left without alerts is no row any more', async () => {
    const one = await made();
    clock.advance(86_400_000);
    await fold({ host: 'ws-2', ruleId: ruleA }, { host: 'ws-2', ruleId: ruleB });
    await fold({ host: 'lone', ruleId: ruleB });
    const rows = await list();
    expect(rows).toHaveLength(3);
    const other = rows.find((row) => row.kind === 'incident' && row.id !== one.id)!;
    const lone = rows.find((row) => row.kind === 'alert')!;
    const merged = await incidents.merge(ana, one.id, one.version, {
      alerts: [lone.key],
      incidents: [other.key],
    });
    expect(merged).toMatchObject({ alerts: 5, title: 'Rule A' });
    expect((await list()).map((row) => row.key)).toEqual([one.key]);
    expect(await incidents.get(ana, other.id)).toMatchObject({ status: 'closed', alerts: 0 });
    expect((await queue.row(ana, lone.key)).key).toBe(one.key);
    const again = await refusalOf(
      incidents.merge(ana, one.id, merged.version, { alerts: [], incidents: [one.key] }),
    );
    expect(again.code).toBe('E_BAD_REQUEST');
    expect(
      (
        await refusalOf(
          incidents.merge(ana, one.id, merged.version, { alerts: ['ALR-99999'], incidents: [] }),
        )
      ).code,
    ).toBe('E_NOT_FOUND');
  });

  it('by hand: of nothing yet, or of alerts', async () => {
    const empty = await incidents.create(ana, {
      title: 'The helpdesk called',
      description: 'A laptop was stolen.',
      severity: 'high',
      alerts: [],
    });
    expect(empty).toMatchObject({ origin: 'manual', priority: 65, status: 'new', alerts: 0 });
    await fold({ host: 'ws-9', ruleId: ruleB });
    const [row] = await list({ kind: ['alert'] });
    const filled = await incidents.create(ana, {
      title: 'Ours',
      description: '',
      severity: 'critical',
      alerts: [row!.key],
    });
    expect(filled).toMatchObject({ title: 'Ours', alerts: 1, severity: 'critical', priority: 86 });
    expect(titles(await list())).toEqual(['Ours ws-9', 'The helpdesk called ']);
  });
});

describe('waiting', () => {
  it('says for what and until when, and wakes by itself', async () => {
    await fold({ host: 'a' });
    await fold({ host: 'ws-1', ruleId: ruleA }, { host: 'ws-1', ruleId: ruleB });
    const rows = await list();
    const until = startAt + 3_600_000;
    const change = { action: 'wait', for: 'the image of the disk', until } as const;
    await queue.bulk(ana, rows.map(refOf), change);
    expect((await list({ status: ['waiting'] })).map((row) => row.waiting)).toEqual([
      { for: 'the image of the disk', until },
      { for: 'the image of the disk', until },
    ]);
    clock.advance(3_599_000);
    expect(await wakeDue(records, clock)).toBe(0);
    clock.advance(1_000);
    expect(await wakeDue(records, clock)).toBeGreaterThan(0);
    const woken = await list();
    expect(woken.map((row) => [row.status, row.waiting])).toEqual([
      ['new', null],
      ['new', null],
    ]);
    const { history } = await incidents.get(ana, woken[0]!.id);
    expect(history.map((entry) => entry.kind)).toEqual(['created', 'waiting', 'woke']);
    expect(history.at(-1)).toMatchObject({
      actor: { kind: 'system' },
      data: { waitedFor: 'the image of the disk' },
    });
    expect((await refusalOf(queue.bulk(ana, woken.map(refOf), { ...change, until: startAt }))).code).toBe(
      'E_BAD_REQUEST',
    );
  });

  it('another alert is news: an incident that waits wakes with it', async () => {
    await fold({ host: 'ws-1', ruleId: ruleA }, { host: 'ws-1', ruleId: ruleB });
    const [row] = await list();
    await incidents.wait(ana, row!.id, row!.version, { for: 'an answer', until: startAt + 3_600_000 });
    await fold({ host: 'ws-1', ruleId: '33333333-3333-4333-8333-333333333333' as never });
    expect(await rowOf(row!.key)).toMatchObject({ status: 'new', waiting: null, alerts: 3 });
  });
});

describe('alerts by hand', () => {
  it('are rows like any other, about the host that the caller named', async () => {
    const alert = await alerts.create(ana, {
      title: 'Strange window',
      description: 'It asked for a password.',
      severity: 'medium',
      host: 'WS-7.corp.example',
      user: 'CORP\\bo',
      tags: ['phishing'],
    });
    expect(alert).toMatchObject({
      kind: 'manual',
      key: expect.stringMatching(/^ALR-/),
      priority: 45,
      ruleId: '',
    });
    expect(alert.priorityReasons[0]?.text).toBe('Ana Lyst says medium');
    const [row] = await list({ host: ['ws-7'] });
    expect(row).toMatchObject({ id: alert.id, tags: ['phishing'], rules: [] });
    expect((await alerts.get(ana, alert.id)).evidence).toEqual([]);
  });
});

describe('the counters', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('fold' as const),
      host: fc.constantFrom('a', 'b', 'c'),
      rule: fc.constantFrom(ruleA, ruleB),
      later: fc.constantFrom(0, 1, 30),
    }),
    fc.record({
      kind: fc.constant('change' as const),
      pick: fc.nat(20),
      action: fc.constantFrom('assign', 'acknowledge', 'close', 'reopen', 'undo', 'split', 'wait'),
    }),
  );

  it('are what the rows would be counted to, whatever was done', async () => {
    let rounds = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        ana = { ...ana, tenant: `${store.tenant}-${++rounds}` as TenantId };
        let last: string | null = null;
        for (const one of steps) {
          clock.advance(1_000);
          if (one.kind === 'fold') {
            await fold({ host: one.host, ruleId: one.rule, eventTime: startAt + one.later * 3_600_000 });
            continue;
          }
          const rows = await list();
          const row = rows[one.pick % Math.max(1, rows.length)];
          if (row === undefined) continue;
          if (one.action === 'undo') {
            if (last !== null) await queue.undo(ana, last).catch(() => null);
          } else if (one.action === 'split') {
            if (row.kind === 'incident' && row.alerts > 0) {
              const { members } = await incidents.get(ana, row.id);
              await incidents.split(ana, row.id, row.version, [members[0]!.id]);
            }
          } else {
            const change =
              one.action === 'close'
                ? { action: 'close' as const, verdict: 'false_positive' as const }
                : one.action === 'assign'
                  ? { action: 'assign' as const, owner: 'me' }
                  : one.action === 'wait'
                    ? { action: 'wait' as const, for: 'it', until: clock.now() + 1_000_000 }
                    : { action: one.action };
            last = (await queue.bulk(ana, [refOf(row)], change)).operation ?? last;
          }
        }
        const { kept, counted } = await counters();
        expect(kept).toEqual(counted);
        const lone = await records.db
          .selectFrom('alerts')
          .select('id')
          .where('tenant', '=', ana.tenant)
          .where('incident_id', 'is', null)
          .execute();
        const rows = await list();
        expect(
          rows
            .filter((row) => row.kind === 'alert')
            .map((row) => row.id)
            .sort(),
        ).toEqual(lone.map((alert) => alert.id).sort());
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
