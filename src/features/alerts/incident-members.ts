/** Alerts into an incident and out of it, by a person's word. */
import { sql } from 'kysely';
import { AppError } from '../../base/errors.ts';
import type { IncidentSummary } from '../../model/incident.ts';
import type { Records, RecordsTx } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { type Asked, lockIncident, oneIncident } from './change.ts';
import { auditRow, historyRow, incidentHistoryRow, insertRows, outboxRow } from './journal.ts';
import { refresh } from './refresh.ts';
import { incidentNumber, keyNumber, toIncident } from './rows.ts';

/** One statement's worth; the contract asks for less. */
const mostAlerts = 2_000;

/** Alerts by id or key, and all alerts of other incidents. Those taken from elsewhere leave it. */
export async function moveAlerts(
  records: Pick<Records, 'transaction'>,
  asked: Asked,
  what: { readonly alerts: readonly string[]; readonly incidents: readonly string[] },
): Promise<IncidentSummary> {
  return await records.transaction(async (tx) => {
    const incident = await lockIncident(tx, asked);
    if (incident.status === 'closed') {
      const current = toIncident(incident);
      throw new AppError('E_ALERT_CLOSED', `${current.key} is closed; reopen it first`, {
        incident: current,
      });
    }
    const others = await incidentsOf(tx, asked, what.incidents);
    const named = await alertsOf(tx, asked, what.alerts);
    const theirs = await membersOf(tx, incident.tenant, others);
    const moved = unique([...named, ...theirs]).filter((alert) => alert.incident_id !== incident.id);
    if (moved.length === 0) return toIncident(incident);
    if (moved.length > mostAlerts)
      throw new AppError('E_TOO_LARGE', `${moved.length} alerts at once; at most ${mostAlerts}`);
    const versions = await place(tx, asked, moved, incident.id, false);
    await insertRows(
      tx,
      'alert_history',
      versions.map((ref) =>
        historyRow(ref, asked.now, asked.actor, 'joined_incident', { incidentId: incident.id }),
      ),
    );
    return await told(tx, asked, incident, moved, 'alerts_added');
  });
}

/** They stand alone then, and nothing but a person puts them into an incident again. */
export async function takeOut(
  records: Pick<Records, 'transaction'>,
  asked: Asked,
  ids: readonly string[],
): Promise<IncidentSummary> {
  return await records.transaction(async (tx) => {
    const incident = await lockIncident(tx, asked);
    const named = await alertsOf(tx, asked, ids);
    const stranger = named.find((alert) => alert.incident_id !== incident.id);
    if (stranger !== undefined)
      throw new AppError(
        'E_BAD_REQUEST',
        `ALR-${stranger.number} does not belong to ${toIncident(incident).key}`,
      );
    const versions = await place(tx, asked, named, null, true);
    await insertRows(
      tx,
      'alert_history',
      versions.map((ref) =>
        historyRow(ref, asked.now, asked.actor, 'left_incident', { incidentId: incident.id }),
      ),
    );
    return await told(tx, asked, incident, named, 'alerts_removed');
  });
}

async function place(
  tx: RecordsTx,
  asked: Asked,
  alerts: readonly Row<'alerts'>[],
  incidentId: string | null,
  apart: boolean,
) {
  return await tx
    .updateTable('alerts')
    .set((eb) => ({
      incident_id: incidentId,
      incident_number: null,
      closed_with: null,
      apart,
      updated_at: new Date(asked.now),
      version: eb('version', '+', 1),
    }))
    .where('tenant', '=', asked.actor.tenant)
    .where('id', '=', sql<string>`any(${alerts.map((alert) => alert.id)}::text[])`)
    .returning(['tenant', 'id', 'version'])
    .execute();
}

/** Audit, domain events and rows for a move; the numbers in the incident's history come from `refresh`. */
async function told(
  tx: RecordsTx,
  asked: Asked,
  incident: Row<'incidents'>,
  moved: readonly Row<'alerts'>[],
  kind: 'alerts_added' | 'alerts_removed',
): Promise<IncidentSummary> {
  const { actor, now } = asked;
  const { tenant } = incident;
  const ref = { tenant, id: incident.id, version: incident.version + 1 };
  await tx
    .updateTable('incidents')
    .set({ version: ref.version, updated_at: new Date(now), alerts: await sizeOf(tx, incident) })
    .where('tenant', '=', tenant)
    .where('id', '=', incident.id)
    .execute();
  const keys = moved.slice(0, 100).map((alert) => `ALR-${alert.number}`);
  await insertRows(tx, 'incident_history', [
    incidentHistoryRow(ref, now, actor, kind, { count: moved.length, alerts: keys }),
  ]);
  await insertRows(tx, 'audit', [
    auditRow(
      tenant,
      now,
      actor,
      `incident.${kind}`,
      incident.id,
      { count: moved.length, alerts: keys },
      'incident',
    ),
  ]);
  await insertRows(tx, 'outbox', [
    outboxRow(ref, now, 'incident.changed'),
    ...moved.map((alert) =>
      outboxRow({ tenant, id: alert.id, version: alert.version + 1 }, now, 'alert.changed'),
    ),
  ]);
  await refresh(tx, tenant, now, {
    alerts: moved.map((alert) => alert.id),
    incidents: distinct([incident.id, ...moved.flatMap(({ incident_id: id }) => (id === null ? [] : [id]))]),
  });
  return toIncident(await oneIncident(tx, tenant, incident.id).executeTakeFirstOrThrow());
}

async function sizeOf(tx: RecordsTx, incident: Row<'incidents'>): Promise<number> {
  const { n } = await tx
    .selectFrom('alerts')
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .where('tenant', '=', incident.tenant)
    .where('incident_id', '=', incident.id)
    .executeTakeFirstOrThrow();
  return n;
}

/** Throws E_NOT_FOUND for one that is not there. */
async function alertsOf(
  tx: RecordsTx,
  asked: Asked,
  ids: readonly string[],
): Promise<readonly Row<'alerts'>[]> {
  if (ids.length === 0) return [];
  const numbers = ids.flatMap((id) => keyNumber(id) ?? []);
  const rows = await tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', asked.actor.tenant)
    .where((eb) =>
      eb.or([
        eb('id', '=', sql<string>`any(${ids.map(pgText)}::text[])`),
        eb('number', '=', sql<number>`any(${numbers}::bigint[])`),
      ]),
    )
    .orderBy('id')
    .forUpdate()
    .execute();
  const missing = ids.find((id) => !rows.some((row) => row.id === id || row.number === keyNumber(id)));
  if (missing !== undefined) throw new AppError('E_NOT_FOUND', `no alert ${missing}`);
  return rows;
}

async function incidentsOf(tx: RecordsTx, asked: Asked, ids: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const id of ids) {
    const row = await oneIncident(tx, asked.actor.tenant, id).forUpdate().executeTakeFirst();
    if (row === undefined) throw new AppError('E_NOT_FOUND', `no incident ${id}`);
    if (row.id === asked.id || row.number === incidentNumber(asked.id))
      throw new AppError('E_BAD_REQUEST', 'incidents: an incident can not be merged into itself');
    found.push(row.id);
  }
  return found;
}

async function membersOf(tx: RecordsTx, tenant: string, incidents: readonly string[]) {
  if (incidents.length === 0) return [];
  return await tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('incident_id', '=', sql<string>`any(${incidents}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

function unique(alerts: readonly Row<'alerts'>[]): readonly Row<'alerts'>[] {
  return [...new Map(alerts.map((alert) => [alert.id, alert])).values()];
}

function distinct(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
