import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { testRecords } from '../../../test/support/records.ts';
import { fakeClock } from '../../base/clock.ts';
import type { Actor } from '../../model/actor.ts';
import type { TenantId } from '../../model/ids.ts';
import type { GroupField } from '../../model/queue.ts';
import { createIncidents, createQueue, foldDetections } from './index.ts';
import type { QueueFilter, QueueGroup } from './queue-types.ts';
import { analyst, detectionOf, foldDeps, ruleA, ruleB, startAt } from './testing.ts';

const store = testRecords();
const day = 86_400_000;
let ana: Actor;
let serial = 0;

beforeEach(() => {
  ana = { ...analyst, tenant: store.tenant };
});

function services() {
  const { records } = store;
  const deps = { records, clock: fakeClock(startAt), identities: () => Promise.resolve(null) };
  return { queue: createQueue(deps), incidents: createIncidents(deps) };
}

interface Made {
  readonly host: string;
  readonly user: string;
  readonly ruleId: typeof ruleA;
}

/** One incident of these alerts, each apart from the others by more than an alert spans. */
async function incidentOf(title: string, made: readonly Made[]): Promise<string> {
  const detections = made.map((one) => {
    serial += 1;
    return detectionOf(serial, { ...one, tenant: ana.tenant, eventTime: startAt - serial * 2 * day });
  });
  await store.records.transaction((tx) => foldDetections(tx, detections, foldDeps(startAt)));
  const rows = await store.records.db
    .selectFrom('alerts')
    .select('id')
    .where('tenant', '=', ana.tenant)
    .where('incident_id', 'is', null)
    .where(
      'last_event_at',
      'in',
      detections.map(({ eventTime }) => new Date(eventTime)),
    )
    .execute();
  const { key } = await services().incidents.create(ana, {
    title,
    description: '',
    severity: 'low',
    alerts: rows.map(({ id }) => id),
  });
  return key;
}

const everything: QueueFilter = { timeBasis: 'alert' };

/** The filter that has a group's rows, as the contract says it. */
function filterOf(filter: QueueFilter, group: QueueGroup): QueueFilter {
  return group.values.reduce<QueueFilter>(
    (narrowed, { field, value }) =>
      field === 'severity' || field === 'status' || field === 'owner'
        ? { ...narrowed, [field]: [value] }
        : { ...narrowed, together: [...(narrowed.together ?? []), `${field}=${value}`] },
    filter,
  );
}

const keysOf = async (filter: QueueFilter) =>
  (await services().queue.list(ana, { ...filter, sort: 'priority', limit: 100 })).items.map(({ key }) => key);

describe('the rows of a group', () => {
  it('have its values on one alert: an incident with one here and the other there is not among them', async () => {
    const apart = await incidentOf('Apart', [
      { host: 'a', user: 'u', ruleId: ruleA },
      { host: 'b', user: 'u', ruleId: ruleB },
    ]);
    const joined = await incidentOf('Joined', [
      { host: 'a', user: 'u', ruleId: ruleB },
      { host: 'c', user: 'u', ruleId: ruleA },
    ]);
    const somewhere = await keysOf({ ...everything, host: ['a'], rule: [ruleB] });
    expect(somewhere.toSorted()).toEqual([apart, joined].toSorted());
    const together = ['host=a', `rule=${ruleB}`];
    expect(await keysOf({ ...everything, together })).toEqual([joined]);
    const { queue } = services();
    const { facets, counted } = await queue.facets(ana, { ...everything, together }, 10);
    expect([counted, facets.kind.find(({ value }) => value === 'incident')?.rows]).toEqual([1, 1]);
    expect((await queue.histogram(ana, { ...everything, together }, 'day')).buckets).toMatchObject([
      { rows: 1 },
    ]);
    expect(await keysOf({ ...everything, together: ['host=A', 'tag=attack.t1070.001', 'user=u'] })).toEqual(
      await keysOf({ ...everything, host: ['a'] }),
    );
  });

  it('of a value that is wanted together, groups tell what that one alert has besides', async () => {
    await incidentOf('Several', [
      { host: 'a', user: 'u1', ruleId: ruleA },
      { host: 'b', user: 'u2', ruleId: ruleB },
    ]);
    const { groups } = await services().queue.groups(
      ana,
      { ...everything, together: ['host=a'] },
      ['user'],
      10,
    );
    expect(groups.map(({ values }) => values[0]?.value)).toEqual(['u1']);
  });

  it('an entity that is another name of a second one has its own group, and that only its own rows', async () => {
    const short = await incidentOf('Short', [{ host: 'ws-1', user: '', ruleId: ruleA }]);
    const long = await incidentOf('Long', [{ host: 'dc-1', user: '', ruleId: ruleA }]);
    await store.records.db
      .updateTable('entity_aliases')
      .set({ entity_id: 'dc-1' })
      .where('tenant', '=', ana.tenant)
      .where('alias', '=', 'ws-1')
      .execute();
    expect((await keysOf({ ...everything, host: ['ws-1'] })).toSorted()).toEqual([short, long].toSorted());
    expect(await keysOf({ ...everything, together: ['host=ws-1'] })).toEqual([short]);
  });

  const member = fc.record({
    host: fc.constantFrom('a', 'b', ''),
    user: fc.constantFrom('u1', 'u2', ''),
    ruleId: fc.constantFrom(ruleA, ruleB),
  });
  const fields: readonly GroupField[] = ['rule', 'host', 'user', 'source', 'tag', 'severity', 'owner'];
  const filters: readonly Partial<QueueFilter>[] = [
    {},
    { host: ['a'] },
    { host: ['a', 'b'], rule: [ruleB] },
    { together: ['host=a', `rule=${ruleA}`] },
    { together: ['user=u1'], exclude: ['host=b'] },
  ];

  it('are as many as it counts, whatever the fields and the filter', async () => {
    let rounds = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(member, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.shuffledSubarray([...fields], { minLength: 1, maxLength: 3 }),
        async (made, by) => {
          ana = { ...ana, tenant: `${store.tenant}-${++rounds}` as TenantId };
          for (const [at, members] of made.entries()) await incidentOf(`Incident ${at}`, members);
          const { queue } = services();
          for (const change of filters) {
            const filter = { ...everything, ...change };
            for (const group of (await queue.groups(ana, filter, by, 500)).groups) {
              const { total } = await queue.list(ana, {
                ...filterOf(filter, group),
                sort: 'priority',
                limit: 1,
              });
              expect([group.values.map(({ value }) => value), total]).toEqual([
                group.values.map(({ value }) => value),
                group.rows,
              ]);
            }
          }
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);
});
