import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { fakeClock } from '../../base/clock.ts';
import { sha256Hex } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import { type Detection, evidencePerAlert } from '../../model/detection.ts';
import type { TenantId } from '../../model/ids.ts';
import { compileNeverGroup } from '../../model/never-group.ts';
import type { Row } from '../../store/schema.ts';
import { createAlerts, foldDetections } from './index.ts';
import { analyst, detectionOf, foldDeps, ruleA, ruleB, startAt } from './testing.ts';

const store = testRecords();
let tenants = 0;

/** Each test has a tenant of its own, so that they share one database. */
const newTenant = () => `t${++tenants}` as TenantId;
const neverGroup = compileNeverGroup([
  { kind: 'user', pattern: 'SYSTEM', reason: 'system' },
  { kind: 'host', pattern: 'localhost', reason: 'every machine' },
]);
const fold = (detections: readonly Detection[], now = startAt) =>
  store.records.transaction((tx) => foldDetections(tx, detections, { ...foldDeps(now), neverGroup }));
const actorOf = (tenant: TenantId): Actor => ({ ...analyst, tenant });
const service = () =>
  createAlerts({
    records: store.records,
    clock: fakeClock(startAt),
    identities: () => Promise.resolve(null),
  });

async function theAlert(tenant: TenantId) {
  const { items } = await service().list(actorOf(tenant), { limit: 10 });
  expect(items).toHaveLength(1);
  return await service().get({ tenant }, items[0]!.id);
}

async function countRows(table: 'outbox' | 'audit' | 'detections', tenant: TenantId): Promise<number> {
  const rows = await store.records.db.selectFrom(table).select('id').where('tenant', '=', tenant).execute();
  return rows.length;
}

/** What its incident holds and says, without ids of this run. */
function companions(alerts: readonly Row<'alerts'>[], { incident_id: incident }: Row<'alerts'>) {
  if (incident === null) return [];
  return alerts
    .filter((other) => other.incident_id === incident)
    .map((other) => [other.rule_id, other.entity_id, other.first_event_at.getTime()]);
}

/** The rows of the queue, which say what incidents say. */
async function queueOf(tenant: TenantId) {
  const rows = await store.records.db
    .selectFrom('queue_rows')
    .select(['kind', 'title', 'reason', 'priority', 'priority_reasons', 'alerts', 'detections', 'terms'])
    .select(['first_event_at', 'last_event_at'])
    .where('tenant', '=', tenant)
    .execute();
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** Everything that must not depend on how the list was cut. */
async function outcome(tenant: TenantId) {
  const alerts = await store.records.db
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', tenant)
    .orderBy('rule_id')
    .orderBy('host')
    .orderBy('user_name')
    .orderBy('source')
    .orderBy('first_event_at')
    .execute();
  const rows = await queueOf(tenant);
  const told = await Promise.all(
    alerts.map(async (row) => {
      const { rule, evidence, ...summary } = await service().get({ tenant }, row.id);
      const folded = await store.records.db
        .selectFrom('detections')
        .select('event_id')
        .where('tenant', '=', tenant)
        .where('alert_id', '=', row.id)
        .orderBy('event_id')
        .execute();
      const { title, severity, status, host, user, source, detections, firstEventAt, lastEventAt } = summary;
      return {
        about: [title, severity, status, host, user, source, summary.entity, summary.priorityReasons],
        together: companions(alerts, row),
        counted: [detections, firstEventAt, lastEventAt],
        rule,
        evidence,
        folded: folded.map((one) => one.event_id),
      };
    }),
  );
  return { told, rows };
}

describe('folding detections into alerts', () => {
  it('opens one alert for a rule and a host, with what an analyst needs to see why', async () => {
    const tenant = newTenant();
    const report = await fold([1, 2, 3].map((n) => detectionOf(n, { tenant })));
    expect(report).toEqual({ inserted: 3, alertsCreated: 1, alertsTouched: 0 });
    const alert = await theAlert(tenant);
    expect(alert).toMatchObject({
      title: 'Rule A',
      severity: 'high',
      status: 'new',
      ruleAuthor: 'Someone',
      host: 'WS-17.corp.example',
      user: 'mreyes',
      source: 'import',
      tags: ['attack.t1070.001'],
      detections: 3,
      firstEventAt: detectionOf(1).eventTime,
      lastEventAt: detectionOf(3).eventTime,
      createdAt: startAt,
      version: 1,
      rule: { condition: 'chosen', description: 'Says what it means.', falsepositives: ['Tests'] },
    });
    expect(alert.evidence.map((one) => one.raw)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(alert.evidence[0]).toMatchObject({
      native: { n: 1 },
      matched: [{ selection: 'chosen', field: 'EventID', pattern: '1', value: '1' }],
      sha256: sha256Hex('{"n":1}'),
      parser: 'windows-json@1',
    });
    expect(alert.history.map((entry) => [entry.kind, entry.actor.kind])).toEqual([['created', 'system']]);
  });

  it('a replayed detection changes nothing, because a consumer may see a batch twice after a kill', async () => {
    const tenant = newTenant();
    const detections = [1, 2, 3].map((n) => detectionOf(n, { tenant }));
    await fold(detections);
    const [before, outbox] = [await outcome(tenant), await countRows('outbox', tenant)];
    expect(await fold(detections)).toEqual({ inserted: 0, alertsCreated: 0, alertsTouched: 0 });
    expect(await outcome(tenant)).toEqual(before);
    expect(await countRows('outbox', tenant)).toBe(outbox);
    expect((await theAlert(tenant)).version).toBe(1);
  });

  it('a detection named twice in one call counts once', async () => {
    const tenant = newTenant();
    const report = await fold([1, 2, 1].map((n) => detectionOf(n, { tenant })));
    expect(report.inserted).toBe(2);
    expect((await theAlert(tenant)).detections).toBe(2);
  });

  it('keeps the first 25 events and counts them all', async () => {
    const tenant = newTenant();
    const many = Array.from({ length: 40 }, (_, n) => detectionOf(n, { tenant }));
    await fold(many.slice(0, 20));
    await fold(many.slice(20));
    const alert = await theAlert(tenant);
    expect(alert.detections).toBe(40);
    expect(alert.evidence.map((one) => one.native['n'])).toEqual(
      Array.from({ length: evidencePerAlert }, (_, n) => n),
    );
  });

  it('an event that two versions of a rule match is two detections but one piece of evidence', async () => {
    const tenant = newTenant();
    await fold([detectionOf(1, { tenant })]);
    await fold([detectionOf(1, { tenant, ruleHash: 'b'.repeat(64) })]);
    const alert = await theAlert(tenant);
    expect(alert.detections).toBe(2);
    expect(alert.evidence).toHaveLength(1);
    expect(alert.rule.hash).toBe('a'.repeat(64));
  });

  it('a closed alert stays closed: what comes after opens a new one', async () => {
    const tenant = newTenant();
    await fold([detectionOf(1, { tenant })]);
    const first = await theAlert(tenant);
    await service().close(actorOf(tenant), first.id, first.version, 'benign_positive');
    const report = await fold([detectionOf(1, { tenant }), detectionOf(2, { tenant })]);
    expect(report).toEqual({ inserted: 1, alertsCreated: 1, alertsTouched: 0 });
    const { items } = await service().list(actorOf(tenant), { limit: 10 });
    expect(items.map((alert) => `${alert.status} ${alert.detections}`).sort()).toEqual(['closed 1', 'new 1']);
  });

  it('one history entry stands for a run of additions, until somebody does something', async () => {
    const tenant = newTenant();
    for (const n of [1, 2, 3]) await fold([detectionOf(n, { tenant })], startAt + n);
    const alert = await theAlert(tenant);
    await service().comment(actorOf(tenant), alert.id, 'looking');
    await fold([detectionOf(4, { tenant }), detectionOf(5, { tenant })], startAt + 4);
    const { history } = await service().get({ tenant }, alert.id);
    expect(history.map(({ kind, data }) => [kind, data['count'], data['version']])).toEqual([
      ['created', undefined, 1],
      ['detections_added', 2, 3],
      ['commented', undefined, 4],
      ['detections_added', 2, 5],
    ]);
  });

  it('tells others of each alert it made or touched once, with its version, and the audit once per call', async () => {
    const tenant = newTenant();
    await fold([1, 2, 3].map((n) => detectionOf(n, { tenant, host: `h${n}`, user: '' })));
    await fold([4, 5].map((n) => detectionOf(n, { tenant, host: 'h1', user: '' })));
    const events = await store.records.db
      .selectFrom('outbox')
      .select(['type', 'payload'])
      .where('tenant', '=', tenant)
      .orderBy('id')
      .execute();
    expect(events.map(({ type, payload }) => [type, payload['version']])).toEqual([
      ['alert.created', 1],
      ['alert.created', 1],
      ['alert.created', 1],
      ['alert.changed', 2],
    ]);
    const audit = await store.records.db
      .selectFrom('audit')
      .selectAll()
      .where('tenant', '=', tenant)
      .execute();
    expect(audit).toHaveLength(1);
    expect(audit[0]).toMatchObject({ action: 'alert.created', actor_kind: 'system', details: { alerts: 3 } });
  });

  it('takes foreign text that the database could not hold as it is', async () => {
    const tenant = newTenant();
    const strange = 'a\u0000b\ud800';
    const base = detectionOf(1);
    await fold([
      detectionOf(1, {
        tenant,
        host: `${strange}${'x'.repeat(400)}`,
        user: strange,
        evidence: { ...base.evidence!, raw: Buffer.from([0, 255, 10]), native: { field: strange } },
      }),
    ]);
    const alert = await theAlert(tenant);
    expect(alert.user).toBe('a\u2400b\ufffd');
    expect(alert.host).toHaveLength(255);
    expect(alert.evidence[0]?.native).toEqual({ field: strange });
    expect(alert.evidence[0]?.sha256).toBe(sha256Hex(Buffer.from([0, 255, 10])));
  });

  it('a failed transaction leaves nothing, so that the next try starts clean', async () => {
    const tenant = newTenant();
    const broken = store.records.transaction(async (tx) => {
      await foldDetections(tx, [detectionOf(1, { tenant })], foldDeps());
      throw new Error('the disk went away');
    });
    await expect(broken).rejects.toThrow('the disk went away');
    expect(await countRows('detections', tenant)).toBe(0);
    expect(await countRows('outbox', tenant)).toBe(0);
  });
});

describe('cutting a list of detections into calls', () => {
  const detection = fc.record({
    n: fc.nat(79),
    rule: fc.constantFrom(ruleA, ruleB),
    host: fc.constantFrom('', 'ws-1', 'WS-1', 'ws-2', 'ws-1.corp.example', 'ws-1.other.example', 'localhost'),
    user: fc.constantFrom('', 'ana', 'CORP\\ana', 'ana@corp.example', 'SYSTEM'),
    late: fc.boolean(),
    /** Hours: spans of alerts and incidents begin and end between them. */
    later: fc.constantFrom(0, 0, 1, 3, 5, 9, 26, 60),
  });
  const lists = fc.tuple(
    fc.array(detection, { minLength: 1, maxLength: 90 }),
    fc.array(fc.nat(89), { maxLength: 6 }),
  );

  it('gives the same alerts, counts, evidence and times however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async ([drawn, cuts]) => {
        const list = (tenant: TenantId) =>
          drawn.map(({ n, rule, host, user, late, later }, at) =>
            detectionOf(n, {
              tenant,
              ruleId: rule,
              host,
              user,
              seq: at + 1,
              idx: 0,
              eventTime: startAt + (late ? -n : n) * 1_000 + later * 3_600_000,
            }),
          );
        const [whole, cut] = [newTenant(), newTenant()];
        await fold(list(whole));
        const edges = [0, ...new Set(cuts)].sort((a, b) => a - b);
        for (const [at, edge] of edges.entries()) {
          await fold(list(cut).slice(edge, edges[at + 1]), startAt + at);
        }
        expect(await outcome(cut)).toEqual(await outcome(whole));
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});
