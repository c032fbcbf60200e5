/** Looks up what could not be seen around an alert or the alerts of an incident, in both stores. */
import type { EventsService } from '../api/routes/services.ts';
import type { Clock } from '../base/clock.ts';
import {
  type AlertDetail,
  type AlertsService,
  dayMs,
  hourMs,
  type IncidentsService,
  isStart,
  parentOfStart,
  processOf,
  type Unseen,
  type UnseenFacts,
  unlistedEntities,
  unseenOf,
} from '../features/alerts/index.ts';
import type { HealthService } from '../features/health/index.ts';
import type { Scope } from '../model/actor.ts';
import type { EventStore } from '../store/events.ts';
import type { Records } from '../store/records.ts';

export interface UnseenDeps {
  readonly records: Pick<Records, 'db'>;
  readonly alerts: Pick<AlertsService, 'get'>;
  readonly incidents: Pick<IncidentsService, 'get'>;
  readonly events: EventsService;
  readonly store: Pick<EventStore, 'top'>;
  readonly health: Pick<HealthService, 'list'>;
  readonly clock: Clock;
}

/** OCSF's class of process activity, as the column has it. */
const processActivity = '1007';
const unparsedCounted = 100;
/** A parent may have started long before; its id may mean another process by then. */
const parentSoughtMs = { guid: 12 * hourMs, pid: hourMs } as const;
const startsLooked = 50;
/** Alerts of an incident that are looked at, each of another host and source. */
const membersLooked = 5;

export async function alertUnseen(
  deps: UnseenDeps,
  scope: Scope,
  id: string,
  signal: AbortSignal,
): Promise<readonly Unseen[]> {
  return await ofAlert(deps, scope, await deps.alerts.get(scope, id), signal);
}

/** Of its first alerts on different hosts, each thing said once. */
export async function incidentUnseen(
  deps: UnseenDeps,
  scope: Scope,
  id: string,
  signal: AbortSignal,
): Promise<readonly Unseen[]> {
  const { members } = await deps.incidents.get(scope, id);
  const places = new Map(members.map((alert) => [JSON.stringify([alert.source, alert.host]), alert]));
  const found = new Map<string, Unseen>();
  for (const { key } of [...places.values()].slice(0, membersLooked)) {
    const alert = await deps.alerts.get(scope, key);
    for (const one of await ofAlert(deps, scope, alert, signal)) found.set(one.text, one);
  }
  return [...found.values()];
}

async function ofAlert(
  deps: UnseenDeps,
  scope: Scope,
  alert: AlertDetail,
  signal: AbortSignal,
): Promise<readonly Unseen[]> {
  const [first] = alert.evidence;
  // What a person noted, or the service of itself, was never seen in events.
  if (first === undefined) return [];
  const start = alert.evidence.find(({ native }) => isStart(native)) ?? first;
  const stored = (await deps.events.get(scope, start.eventId)) !== null;
  const source = (await deps.health.list(scope)).find((one) => one.source === alert.source);
  return unseenOf({
    source: alert.source,
    host: alert.host,
    firstEventAt: alert.firstEventAt,
    lastEventAt: alert.lastEventAt,
    now: deps.clock.now(),
    health: source ?? null,
    event: { ...start, stored },
    unparsed: await unparsedAround(deps, scope, alert, signal),
    processStarts: await processStarts(deps, scope, alert, signal),
    parentStored: await parentStored(deps, scope, alert.host, start, signal),
    unlisted: await unlistedEntities(deps.records.db, scope.tenant, alert.id),
  });
}

async function unparsedAround(
  { events }: UnseenDeps,
  scope: Scope,
  { source, firstEventAt, lastEventAt }: AlertDetail,
  signal: AbortSignal,
): Promise<UnseenFacts['unparsed']> {
  if (source === '') return { count: 0, more: false };
  const found = await events.search(
    scope,
    {
      source,
      unparsed: true,
      query: { kind: 'all' },
      basis: 'event',
      from: firstEventAt - hourMs,
      to: lastEventAt + hourMs,
      limit: unparsedCounted + 1,
    },
    signal,
  );
  return { count: Math.min(found.length, unparsedCounted), more: found.length > unparsedCounted };
}

async function processStarts(
  { store }: UnseenDeps,
  scope: Scope,
  { host, lastEventAt }: AlertDetail,
  signal: AbortSignal,
): Promise<number | null> {
  if (host === '') return null;
  const range = { from: lastEventAt - dayMs, to: lastEventAt + 1 };
  const search = { tenant: scope.tenant, host, ...range, basis: 'event', limit: 100 } as const;
  const classes = await store.top(search, 'class_uid', signal);
  return classes.find(({ value }) => value === processActivity)?.count ?? 0;
}

async function parentStored(
  { events }: UnseenDeps,
  scope: Scope,
  host: string,
  start: AlertDetail['evidence'][number],
  signal: AbortSignal,
): Promise<boolean | null> {
  const parent = parentOfStart(start.native);
  if (parent === null) return null;
  const isPid = parent.startsWith('pid:');
  const found = await events.search(
    scope,
    {
      ...(host === '' ? {} : { host }),
      text: isPid ? `0x${Number(parent.slice(4)).toString(16)}` : parent,
      query: { kind: 'all' },
      basis: 'event',
      from: start.time - parentSoughtMs[isPid ? 'pid' : 'guid'],
      to: start.time + 1,
      limit: startsLooked,
    },
    signal,
  );
  for (const { event_id: id } of found) {
    const event = id === start.eventId ? null : await events.get(scope, id);
    if (event !== null && isStart(event.native) && processOf(event.native)?.self === parent) return true;
  }
  return false;
}
