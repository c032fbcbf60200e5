/** The table of the policy: what detections become, one line a rule of it. */
import { describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { fakeClock } from '../../base/clock.ts';
import type { Actor } from '../../model/actor.ts';
import type { Detection } from '../../model/detection.ts';
import type { Finding } from '../../model/finding.ts';
import type { RuleId, TenantId } from '../../model/ids.ts';
import { compileNeverGroup } from '../../model/never-group.ts';
import { createAlerts, createIncidents, foldDetections } from './index.ts';
import type { FoldPolicy } from './policy.ts';
import { analyst, detectionOf, foldDeps, ruleA, ruleB, startAt } from './testing.ts';

const store = testRecords();
let tenants = 0;

const minute = 60_000;
const policy: FoldPolicy = {
  foldGapMs: 60 * minute,
  foldMaxMs: 180 * minute,
  floodCap: 3,
  incidentGapMs: 30 * minute,
  incidentMaxMs: 120 * minute,
  incidentMaxAlerts: 4,
};
const neverGroup = compileNeverGroup([
  { kind: 'user', pattern: 'NT AUTHORITY\\*', reason: 'system' },
  { kind: 'user', pattern: '*$', reason: 'machine' },
  { kind: 'ip', pattern: '127.0.0.0/8', reason: 'loopback' },
  { kind: 'host', pattern: 'localhost', reason: 'loopback' },
]);

/** Minutes after the start, and what is said otherwise. */
interface Step {
  readonly at: number;
  readonly rule?: RuleId;
  readonly host?: string;
  readonly user?: string;
  readonly ip?: string;
  readonly extra?: Partial<Detection>;
}

const finding = (change: Partial<Finding> = {}): Finding => ({
  uid: 'f-1',
  product: 'Defender',
  title: 'Malware found',
  description: '',
  severity: 'high',
  status: 'open',
  link: null,
  tags: [],
  ...change,
});

let serial = 0;
function detectionsOf(tenant: TenantId, steps: readonly Step[]): Detection[] {
  return steps.map(({ at, rule = ruleA, host = 'ws-1', user = '', ip, extra = {} }) => {
    serial += 1;
    return detectionOf(serial, {
      tenant,
      ruleId: rule,
      host,
      user,
      eventTime: startAt + at * minute,
      ...(ip === undefined ? {} : { ips: [ip] }),
      ...extra,
    });
  });
}

const fold = (detections: readonly Detection[]) =>
  store.records.transaction((tx) => foldDetections(tx, detections, { ...foldDeps(), policy, neverGroup }));

/** `A@ws-1 ×2` for an alert, in brackets those of one incident. */
async function told(tenant: TenantId): Promise<readonly string[]> {
  const rows = await store.records.db
    .selectFrom('alerts')
    .select(['title', 'entity_id', 'detections', 'incident_id', 'status'])
    .where('tenant', '=', tenant)
    .orderBy('number')
    .execute();
  const name = (row: (typeof rows)[number]) =>
    `${row.title.replace('Rule ', '')}@${row.entity_id} ×${row.detections}${row.status === 'closed' ? ' closed' : ''}`;
  const lone = rows.filter((row) => row.incident_id === null).map(name);
  const incidents = [...new Set(rows.flatMap((row) => row.incident_id ?? []))];
  return [
    ...incidents.map(
      (id) =>
        `[${rows
          .filter((row) => row.incident_id === id)
          .map(name)
          .join(', ')}]`,
    ),
    ...lone,
  ];
}

const newTenant = () => `p${++tenants}` as TenantId;

describe('the policy', () => {
  const cases: { why: string; steps: readonly Step[]; becomes: readonly string[] }[] = [
    {
      why: 'detections of a rule on a host within the gap are one alert',
      steps: [{ at: 0 }, { at: 50 }, { at: 110 }],
      becomes: ['A@ws-1 ×3'],
    },
    {
      why: 'beyond the gap it is another alert',
      steps: [{ at: 0 }, { at: 61 }],
      becomes: ['A@ws-1 ×1', 'A@ws-1 ×1'],
    },
    {
      why: 'an alert does not grow beyond its longest span, however close each step',
      steps: [{ at: 0 }, { at: 60 }, { at: 120 }, { at: 180 }, { at: 181 }],
      becomes: ['A@ws-1 ×4', 'A@ws-1 ×1'],
    },
    {
      why: 'a late record joins the alert that its time belongs to',
      steps: [{ at: 0 }, { at: 100 }, { at: -20 }],
      becomes: ['A@ws-1 ×2', 'A@ws-1 ×1'],
    },
    {
      why: 'of two alerts in reach it joins the nearer',
      steps: [{ at: 0 }, { at: 100 }, { at: 55 }],
      becomes: ['A@ws-1 ×1', 'A@ws-1 ×2'],
    },
    {
      why: 'a host is one under its short and its long name, whichever comes first',
      steps: [
        { at: 0, host: 'WS-1' },
        { at: 1, host: 'ws-1.corp.example' },
        { at: 2, host: 'ws-1' },
      ],
      becomes: ['A@ws-1 ×3'],
    },
    {
      why: 'the long name first',
      steps: [
        { at: 0, host: 'ws-1.corp.example' },
        { at: 1, host: 'WS-1' },
      ],
      becomes: ['A@ws-1.corp.example ×2'],
    },
    {
      why: 'two machines of one short name in two domains are two',
      steps: [
        { at: 0, host: 'ws-1.corp.example' },
        { at: 1, host: 'ws-1.other.example' },
      ],
      becomes: ['A@ws-1.corp.example ×1', 'A@ws-1.other.example ×1'],
    },
    {
      why: 'a user is one under down-level name and UPN',
      steps: [
        { at: 0, host: '', user: 'CORP\\Ana' },
        { at: 1, host: '', user: 'ana@corp.example' },
      ],
      becomes: ['A@corp\\ana ×2'],
    },
    {
      why: 'without a host that may group, the alert is about the user; without either, the address, then the source',
      steps: [
        { at: 0, host: 'localhost', user: 'CORP\\ana' },
        { at: 0, host: '', user: 'NT AUTHORITY\\SYSTEM', ip: '192.0.2.7' },
        { at: 0, host: 'localhost', user: 'WS-1$', ip: '127.0.0.1' },
      ],
      becomes: ['A@corp\\ana ×1', 'A@192.0.2.7 ×1', 'A@import ×1'],
    },
    {
      why: 'two rules on one host close in time are one incident',
      steps: [{ at: 0 }, { at: 12, rule: ruleB }],
      becomes: ['[A@ws-1 ×1, B@ws-1 ×1]'],
    },
    {
      why: 'far apart in time they are not',
      steps: [{ at: 0 }, { at: 31, rule: ruleB }],
      becomes: ['A@ws-1 ×1', 'B@ws-1 ×1'],
    },
    {
      why: 'a user carries it from host to host',
      steps: [
        { at: 0, host: 'ws-1', user: 'CORP\\ana' },
        { at: 10, host: 'ws-2', user: 'ana@corp.example' },
      ],
      becomes: ['[A@ws-1 ×1, A@ws-2 ×1]'],
    },
    {
      why: 'two machines that share SYSTEM, a machine account or loopback are not one incident',
      steps: [
        { at: 0, host: 'ws-1', user: 'NT AUTHORITY\\SYSTEM' },
        { at: 1, host: 'ws-2', user: 'NT AUTHORITY\\SYSTEM' },
        { at: 2, host: 'ws-3', user: 'CORP\\DC$', ip: '127.0.0.1' },
        { at: 3, host: 'ws-4', user: 'CORP\\DC$', ip: '127.0.0.1' },
      ].map((step, n) => ({ ...step, rule: n % 2 === 0 ? ruleA : ruleB })),
      becomes: ['A@ws-1 ×1', 'B@ws-2 ×1', 'A@ws-3 ×1', 'B@ws-4 ×1'],
    },
    {
      why: 'an address that may group does',
      steps: [
        { at: 0, host: 'ws-1', ip: '203.0.113.5' },
        { at: 1, host: 'ws-2', ip: '203.0.113.5' },
      ],
      becomes: ['[A@ws-1 ×1, A@ws-2 ×1]'],
    },
    {
      why: 'a lone alert joins when a later detection of it comes close to another',
      steps: [{ at: 0 }, { at: 55, rule: ruleB }, { at: 40 }],
      becomes: ['[A@ws-1 ×2, B@ws-1 ×1]'],
    },
    {
      why: 'an incident holds no more than its cap; what comes then is by itself',
      steps: ['a', 'b', 'c', 'd', 'e'].flatMap((name, n) => ({
        at: n,
        host: `ws-${name}`,
        user: 'CORP\\ana',
        rule: n < 3 ? ruleA : ruleB,
      })),
      becomes: ['[A@ws-a ×1, A@ws-b ×1, A@ws-c ×1, B@ws-d ×1]', 'B@ws-e ×1'],
    },
    {
      why: 'an incident does not grow beyond its longest span',
      steps: [0, 25, 50, 75, 100, 125].map((at, n) => ({
        at,
        host: `ws-${n}`,
        user: 'CORP\\ana',
        rule: n < 3 ? ruleA : ruleB,
      })),
      becomes: ['[A@ws-0 ×1, A@ws-1 ×1, A@ws-2 ×1, B@ws-3 ×1]', '[B@ws-4 ×1, B@ws-5 ×1]'],
    },
    {
      why: 'a rule that observes and an exception of a rule open nothing',
      steps: [{ at: 0, extra: { observed: true } }, { at: 1, extra: { exception: 'x1' } }, { at: 2 }],
      becomes: ['A@ws-1 ×1'],
    },
    {
      why: 'a rule opens no more alerts an hour than its cap, and those that are open go on',
      steps: ['a', 'b', 'c', 'd', 'a'].map((name, n) => ({ at: n, host: `ws-${name}` })),
      becomes: ['A@ws-a ×2', 'A@ws-b ×1', 'A@ws-c ×1'],
    },
    {
      why: 'updates of one finding fold in whatever the time between; another finding is another alert',
      steps: [
        { at: 0, extra: { finding: finding(), ruleId: '' as RuleId, ruleHash: '' } },
        { at: 900, extra: { finding: finding({ status: 'resolved' }), ruleId: '' as RuleId, ruleHash: '' } },
        { at: 901, extra: { finding: finding({ uid: 'f-2' }), ruleId: '' as RuleId, ruleHash: '' } },
      ],
      becomes: ['Malware found@ws-1 ×2', 'Malware found@ws-1 ×1'],
    },
  ];
  it.each(cases)('$why', async ({ steps, becomes }) => {
    const tenant = newTenant();
    await fold(detectionsOf(tenant, steps));
    expect(await told(tenant)).toEqual(becomes);
  });

  it('what was counted only is stored with what became of it, and counted by rule and day', async () => {
    const tenant = newTenant();
    const hosts = ['a', 'b', 'c', 'd'].map((name) => ({ at: 5, host: `ws-${name}` }));
    await fold(
      detectionsOf(tenant, [
        { at: 0, extra: { observed: true } },
        { at: 1, extra: { exception: 'x1' } },
        ...hosts,
      ]),
    );
    const stored = await store.records.db
      .selectFrom('detections')
      .select(['outcome', 'exception_id', 'alert_id'])
      .where('tenant', '=', tenant)
      .orderBy('seq')
      .orderBy('idx')
      .execute();
    expect(stored.map((row) => [row.outcome, row.exception_id, row.alert_id !== null])).toEqual([
      ['observed', null, false],
      ['excepted', 'x1', false],
      ...Array.from({ length: 3 }, () => ['alert', null, true]),
      ['flooded', null, false],
    ]);
    const days = await store.records.db
      .selectFrom('rule_days')
      .selectAll()
      .where('tenant', '=', tenant)
      .execute();
    expect(days).toMatchObject([{ rule_id: ruleA, detections: 6, observed: 1, excepted: 1, flooded: 1 }]);
  });

  it('the resolved state that a product tells is on the alert, in its priority and its history', async () => {
    const tenant = newTenant();
    const of = (change: Partial<Finding>, at: number) =>
      detectionsOf(tenant, [{ at, extra: { finding: finding(change), ruleId: '' as RuleId, ruleHash: '' } }]);
    await fold(of({ link: 'https://console.example/f-1' }, 0));
    await fold(of({ status: 'resolved', severity: 'critical' }, 5));
    const alerts = createAlerts({
      records: store.records,
      clock: fakeClock(startAt),
      identities: () => Promise.resolve(null),
    });
    const actor: Actor = { ...analyst, tenant };
    const { items } = await alerts.list(actor, { limit: 5 });
    const alert = await alerts.get(actor, items[0]!.id);
    expect(alert).toMatchObject({
      kind: 'finding',
      severity: 'critical',
      // 80 and first time here, less what the product resolved.
      priority: 71,
      vendor: { product: 'Defender', uid: 'f-1', status: 'resolved', link: 'https://console.example/f-1' },
      status: 'new',
    });
    expect(alert.history.map(({ kind, data }) => [kind, data['to']])).toEqual([
      ['created', undefined],
      ['detections_added', undefined],
      ['vendor_status', 'resolved'],
    ]);
  });

  it('a finding that is closed here stays closed until its product opens it again', async () => {
    const tenant = newTenant();
    const of = (status: Finding['status'], at: number) =>
      detectionsOf(tenant, [
        { at, extra: { finding: finding({ status }), ruleId: '' as RuleId, ruleHash: '' } },
      ]);
    const alerts = createAlerts({
      records: store.records,
      clock: fakeClock(startAt),
      identities: () => Promise.resolve(null),
    });
    const actor: Actor = { ...analyst, tenant };
    await fold(of('open', 0));
    const [first] = (await alerts.list(actor, { limit: 5 })).items;
    await alerts.close(actor, first!.id, first!.version, 'true_positive');
    await fold(of('open', 1));
    await fold(of('resolved', 2));
    expect(await told(tenant)).toEqual(['Malware found@ws-1 ×1 closed']);
    expect((await alerts.get(actor, first!.id)).history.at(-1)).toMatchObject({ kind: 'vendor_status' });
    await fold(of('open', 3));
    expect(await told(tenant)).toEqual(['Malware found@ws-1 ×1 closed', 'Malware found@ws-1 ×1']);
  });

  it('what a person took out of an incident stays out, and what a person closed takes nothing more', async () => {
    const tenant = newTenant();
    const deps = {
      records: store.records,
      clock: fakeClock(startAt),
      identities: () => Promise.resolve(null),
    };
    const incidents = createIncidents(deps);
    const actor: Actor = { ...analyst, tenant };
    await fold(detectionsOf(tenant, [{ at: 0 }, { at: 1, rule: ruleB }]));
    const [row] = await store.records.db
      .selectFrom('alerts')
      .selectAll()
      .where('tenant', '=', tenant)
      .orderBy('number')
      .execute();
    const incident = await incidents.get(actor, row!.incident_id!);
    expect(incident).toMatchObject({ reason: '2 rules on ws-1 within 1 min', priority: 74, title: 'Rule A' });
    await incidents.split(actor, incident.id, incident.version, [`ALR-${row!.number}`]);
    await fold(detectionsOf(tenant, [{ at: 2 }, { at: 3, rule: ruleB }]));
    expect(await told(tenant)).toEqual(['[B@ws-1 ×2]', 'A@ws-1 ×2']);
    const now = await incidents.get(actor, incident.id);
    await incidents.close(actor, now.id, now.version, 'benign_positive');
    await fold(detectionsOf(tenant, [{ at: 4, rule: ruleB }]));
    expect(await told(tenant)).toEqual(['[B@ws-1 ×2 closed]', 'A@ws-1 ×2', 'B@ws-1 ×1']);
  });
});
