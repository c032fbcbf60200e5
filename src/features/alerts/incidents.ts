/** What people do with incidents: what they do with alerts, and put together and take apart. */
import { sql } from 'kysely';
import type { Clock, Instant } from '../../base/clock.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import type { IncidentSummary } from '../../model/incident.ts';
import { severityRank } from '../../model/severity.ts';
import type { Records, RecordsTx } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { changeIncident, lockIncident, oneIncident, writeAlerts } from './change.ts';
import { getIncident } from './incident-detail.ts';
import { ownPriority } from './incident-facts.ts';
import { moveAlerts, takeOut } from './incident-members.ts';
import { auditRow, incidentHistoryRow, insertRows, outboxRow } from './journal.ts';
import { refresh } from './refresh.ts';
import { toIncident } from './rows.ts';
import { type AlertsDeps, findOwner } from './service.ts';
import type { IncidentsService, ManualIncident } from './types.ts';
import { acknowledge, assign, type Change, close, comment, reopen, type Verb, wait } from './verbs.ts';

export function createIncidents(deps: AlertsDeps): IncidentsService {
  const { records, clock } = deps;
  const asked = (actor: Actor, id: string, version: number | null) => ({
    actor,
    id,
    version,
    now: clock.now(),
  });
  return {
    get: (scope, id) => getIncident(records.db, scope, id),
    create: (actor, incident) => createIncident(records, actor, incident, clock.now()),
    async rename(actor, id, version, title) {
      const request = asked(actor, id, version);
      return await records.transaction(async (tx) => {
        const row = await lockIncident(tx, request);
        await tx
          .updateTable('incidents')
          .set({
            title: pgText(title),
            titled: true,
            version: row.version + 1,
            updated_at: new Date(request.now),
          })
          .where('tenant', '=', row.tenant)
          .where('id', '=', row.id)
          .execute();
        const ref = { tenant: row.tenant, id: row.id, version: row.version + 1 };
        await leaveTrail(tx, ref, actor, request.now, 'renamed', { from: row.title, to: pgText(title) });
        return await refreshed(tx, row, request.now);
      });
    },
    async assign(actor, id, version, owner) {
      const found = await findOwner(deps, actor, owner);
      const verb = assign(found, clock.now());
      return await changeIncident(
        records,
        asked(actor, id, version),
        verb,
        follow(actor, clock, verb, openOnes),
      );
    },
    acknowledge(actor, id, version) {
      const verb = acknowledge(clock.now());
      return changeIncident(records, asked(actor, id, version), verb, follow(actor, clock, verb, openOnes));
    },
    async wait(actor, id, version, waiting) {
      const verb = wait(waiting.for, waiting.until, clock.now());
      return await changeIncident(records, asked(actor, id, version), verb);
    },
    comment: (actor, id, text) => changeIncident(records, asked(actor, id, null), comment(text, clock.now())),
    close(actor, id, version, verdict, reason) {
      const now = clock.now();
      const verb = close(actor, verdict, reason, now);
      return changeIncident(records, asked(actor, id, version), verb, (tx, row) =>
        closeMembers(tx, row, actor, close(actor, verdict, reason, now, { incidentId: row.id }), now),
      );
    },
    reopen(actor, id, version, reason) {
      const verb = reopen(reason);
      return changeIncident(records, asked(actor, id, version), verb, (tx, row) =>
        reopenMembers(tx, row, actor, verb, clock.now()),
      );
    },
    merge: (actor, id, version, what) => moveAlerts(records, asked(actor, id, version), what),
    split: (actor, id, version, alerts) => takeOut(records, asked(actor, id, version), alerts),
  };
}

type Filter = (member: Row<'alerts'>, incident: Row<'incidents'>) => boolean;
const openOnes: Filter = (member) => member.status !== 'closed';

/** The same to each of its alerts that `which` lets through. */
function follow(actor: Actor, clock: Clock, verb: Verb, which: Filter) {
  return (tx: RecordsTx, incident: Row<'incidents'>) =>
    changeMembers(tx, incident, actor, verb, which, clock.now());
}

export async function closeMembers(
  tx: RecordsTx,
  incident: Row<'incidents'>,
  actor: Actor,
  verb: Verb,
  now: Instant,
): Promise<readonly string[]> {
  const closed = await changeMembers(tx, incident, actor, verb, openOnes, now);
  await tx
    .updateTable('alerts')
    .set({ closed_with: incident.id })
    .where('tenant', '=', incident.tenant)
    .where('id', '=', sql<string>`any(${closed}::text[])`)
    .execute();
  return closed;
}

/** Those that its closing closed. */
export async function reopenMembers(
  tx: RecordsTx,
  incident: Row<'incidents'>,
  actor: Actor,
  verb: Verb,
  now: Instant,
): Promise<readonly string[]> {
  return await changeMembers(
    tx,
    incident,
    actor,
    verb,
    (member) => member.status === 'closed' && member.closed_with === incident.id,
    now,
  );
}

export async function changeMembers(
  tx: RecordsTx,
  incident: Row<'incidents'>,
  actor: Actor,
  verb: Verb,
  which: Filter,
  now: Instant,
): Promise<readonly string[]> {
  const members = await tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', incident.tenant)
    .where('incident_id', '=', incident.id)
    .orderBy('id')
    .forUpdate()
    .execute();
  const decided = members
    .filter((member) => which(member, incident))
    .flatMap((row) => {
      const change: Change | null = verb(row, row.id);
      return change === null ? [] : [{ row, change }];
    });
  await writeAlerts(tx, incident.tenant, decided, actor, now);
  return decided.map(({ row }) => row.id);
}

async function createIncident(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  incident: ManualIncident,
  now: Instant,
): Promise<IncidentSummary> {
  const id = uuidv7(now);
  const { tenant } = actor;
  const at = new Date(now);
  const priority = ownPriority(incident.severity, actor.name);
  const rank = severityRank(incident.severity);
  return await records.transaction(async (tx) => {
    await tx
      .insertInto('incidents')
      .values({
        tenant,
        id,
        title: pgText(incident.title),
        titled: true,
        description: pgText(incident.description),
        origin: 'manual',
        reason: 'made by a person',
        severity: incident.severity,
        severity_rank: rank,
        own_severity_rank: rank,
        priority: priority.points,
        priority_reasons: JSON.stringify(priority.reasons),
        status: 'new',
        first_event_at: at,
        last_event_at: at,
        created_at: at,
        updated_at: at,
      })
      .execute();
    await leaveTrail(tx, { tenant, id, version: 1 }, actor, now, 'created', {});
    const row = await oneIncident(tx, tenant, id).executeTakeFirstOrThrow();
    if (incident.alerts.length === 0) return await refreshed(tx, row, now);
    return await moveAlerts(
      { transaction: (work) => work(tx) },
      { actor, id, version: null, now },
      { alerts: incident.alerts, incidents: [] },
    );
  });
}

async function leaveTrail(
  tx: RecordsTx,
  ref: { readonly tenant: string; readonly id: string; readonly version: number },
  actor: Actor,
  now: Instant,
  kind: 'created' | 'renamed',
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  await insertRows(tx, 'incident_history', [incidentHistoryRow(ref, now, actor, kind, data)]);
  await insertRows(tx, 'audit', [
    auditRow(ref.tenant, now, actor, `incident.${kind}`, ref.id, { version: ref.version }, 'incident'),
  ]);
  const type = kind === 'created' ? 'incident.created' : 'incident.changed';
  await insertRows(tx, 'outbox', [outboxRow(ref, now, type)]);
}

async function refreshed(
  tx: RecordsTx,
  row: Pick<Row<'incidents'>, 'tenant' | 'id'>,
  now: Instant,
): Promise<IncidentSummary> {
  await refresh(tx, row.tenant, now, { alerts: [], incidents: [row.id] });
  return toIncident(await oneIncident(tx, row.tenant, row.id).executeTakeFirstOrThrow());
}
