/**
 * After any change of alerts or incidents, in the same transaction: what alerts make of their
 * incidents, the rows of the queue, and the counters.
 */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import type { Verdict } from '../../model/alert.ts';
import { severities } from '../../model/severity.ts';
import type { RecordsTx } from '../../store/records.ts';
import type { NewRow, Row } from '../../store/schema.ts';
import { writeQueueRows } from './counters.ts';
import { incidentFacts } from './incident-facts.ts';
import { incidentHistoryRow, insertRows, outboxRow, systemActor } from './journal.ts';
import { type Member, memberColumns, type QueueRowValues, rowOfAlert, rowOfIncident } from './rows-of.ts';

export interface RefreshAsk {
  /** Alerts that were made or changed, moved ones too. */
  readonly alerts: readonly string[];
  /** Incidents that were made or changed, or lost alerts; those of `alerts` come by themselves. */
  readonly incidents: readonly string[];
  /** Those of them that this transaction made. */
  readonly created?: ReadonlySet<string>;
}

export async function refresh(tx: RecordsTx, tenant: string, now: Instant, ask: RefreshAsk): Promise<void> {
  const changed = await readMembers(tx, tenant, 'id', ask.alerts);
  const incidentIds = new Set(ask.incidents);
  for (const { incident_id: id } of changed) if (id !== null) incidentIds.add(id);
  const members = new Map<string, Member[]>();
  for (const member of await readMembers(tx, tenant, 'incident_id', [...incidentIds])) {
    const list = members.get(member.incident_id ?? '') ?? [];
    members.set(member.incident_id ?? '', list);
    list.push(member);
  }
  const rows: QueueRowValues[] = changed
    .filter((alert) => alert.incident_id === null)
    .map((alert) => rowOfAlert(tenant, alert));
  for (const before of await readIncidents(tx, tenant, [...incidentIds])) {
    const own = members.get(before.id) ?? [];
    const after = await updateIncident(tx, before, own, now, ask.created?.has(before.id) === true);
    // An automatic one whose alerts all went elsewhere is a row about nothing.
    if (own.length > 0 || after.origin === 'manual') rows.push(rowOfIncident(after, own));
  }
  await numberMembers(tx, tenant, [...incidentIds]);
  await writeQueueRows(tx, tenant, [...new Set([...ask.alerts, ...incidentIds])], rows);
}

/** An alert shows the key of its incident without a look at it. */
async function numberMembers(tx: RecordsTx, tenant: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update alerts a set incident_number = i.number from incidents i
    where a.tenant = ${tenant} and a.incident_id = any(${ids}::text[]) and i.tenant = a.tenant
      and i.id = a.incident_id and a.incident_number is distinct from i.number`.execute(tx);
}

async function readMembers(
  tx: RecordsTx,
  tenant: string,
  column: 'id' | 'incident_id',
  ids: readonly string[],
): Promise<readonly Member[]> {
  if (ids.length === 0) return [];
  const alerts = await tx
    .selectFrom('alerts')
    .select(memberColumns)
    .where('tenant', '=', tenant)
    .where(column, '=', sql<string>`any(${ids}::text[])`)
    .orderBy('number')
    .execute();
  const entities = await tx
    .selectFrom('alert_entities')
    .select(['alert_id', 'kind', 'id', 'name', 'grouping'])
    .where('tenant', '=', tenant)
    .where('alert_id', '=', sql<string>`any(${alerts.map((alert) => alert.id)}::text[])`)
    .orderBy('kind')
    .orderBy('id')
    .execute();
  const byAlert = new Map<string, Member['entities'][number][]>();
  for (const { alert_id: alert, ...entity } of entities) {
    const list = byAlert.get(alert) ?? [];
    byAlert.set(alert, list);
    list.push(entity);
  }
  return alerts.map((alert) => ({ ...alert, entities: byAlert.get(alert.id) ?? [] }));
}

async function readIncidents(tx: RecordsTx, tenant: string, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return await tx
    .selectFrom('incidents')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

async function updateIncident(
  tx: RecordsTx,
  before: Row<'incidents'>,
  members: readonly Member[],
  now: Instant,
  created: boolean,
): Promise<Row<'incidents'>> {
  const patch = patchOf(before, members, now);
  if (patch === null) return before;
  const row = await tx
    .updateTable('incidents')
    .set({ ...patch, updated_at: new Date(now), version: created ? before.version : before.version + 1 })
    .where('tenant', '=', before.tenant)
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  const history: NewRow<'incident_history'>[] = [];
  const note = (
    kind: 'alerts_added' | 'alerts_removed' | 'closed' | 'reopened',
    data: Readonly<Record<string, unknown>>,
  ) => history.push(incidentHistoryRow(row, now, systemActor, kind, data));
  if (!created && row.alerts > before.alerts) note('alerts_added', { count: row.alerts - before.alerts });
  if (row.alerts < before.alerts) note('alerts_removed', { count: before.alerts - row.alerts });
  if (row.status === 'closed' && before.status !== 'closed')
    note('closed', {
      verdict: row.verdict,
      reason: members.length === 0 ? 'its alerts went elsewhere' : 'the last of its alerts was closed',
    });
  if (row.status !== 'closed' && before.status === 'closed')
    note('reopened', { withdrawn: before.verdict, reason: 'one of its alerts was opened again' });
  await insertRows(tx, 'incident_history', history);
  await insertRows(tx, 'outbox', [outboxRow(row, now, created ? 'incident.created' : 'incident.changed')]);
  return row;
}

/** Null when nothing is new. */
function patchOf(before: Row<'incidents'>, members: readonly Member[], now: Instant) {
  const [first, ...rest] = members;
  const open = members.some((member) => member.status !== 'closed');
  const ends = before.origin === 'automatic' && before.status !== 'closed' && !open;
  const reopens = before.status === 'closed' && open;
  const moved = ends
    ? {
        status: 'closed',
        verdict: worst(members),
        closed_at: new Date(now),
        waiting_for: null,
        waiting_until: null,
      }
    : reopens
      ? { status: before.owner_id === null ? 'new' : 'in_triage', verdict: null, closed_at: null }
      : {};
  if (first === undefined) return members.length === before.alerts && !ends ? null : { ...moved, alerts: 0 };
  const facts = incidentFacts([first, ...rest], before.own_severity_rank);
  const patch = {
    title: before.titled ? before.title : facts.title,
    reason: facts.reason,
    entities: JSON.stringify(facts.entities),
    severity: severities[facts.severityRank] ?? before.severity,
    severity_rank: facts.severityRank,
    priority: facts.priority,
    priority_reasons: JSON.stringify(facts.reasons),
    alerts: members.length,
    first_event_at: facts.first,
    last_event_at: facts.last,
    ...moved,
  };
  const same =
    !ends &&
    !reopens &&
    patch.title === before.title &&
    patch.reason === before.reason &&
    sameJson(facts.entities, before.entities) &&
    patch.severity_rank === before.severity_rank &&
    sameJson(facts.reasons, before.priority_reasons) &&
    patch.alerts === before.alerts &&
    patch.first_event_at.getTime() === before.first_event_at.getTime() &&
    patch.last_event_at.getTime() === before.last_event_at.getTime();
  return same ? null : patch;
}

/** The store may give an object's keys back in another order. */
function sameJson(a: readonly object[], b: readonly object[]): boolean {
  const written = (items: readonly object[]) =>
    JSON.stringify(items.map((item) => Object.entries(item).sort(([x], [y]) => (x < y ? -1 : 1))));
  return written(a) === written(b);
}

/** Of the alerts' verdicts the one that matters most. */
function worst(members: readonly Member[]): Verdict {
  const order: readonly Verdict[] = ['true_positive', 'inconclusive', 'benign_positive', 'false_positive'];
  return order.find((verdict) => members.some((member) => member.verdict === verdict)) ?? 'inconclusive';
}
