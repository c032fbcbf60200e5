/** The statements that write incidents at a fold. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import type { RecordsTx } from '../../store/records.ts';
import { incidentHistoryRow, insertRows, systemActor } from './journal.ts';
import type { IncidentState } from './plan.ts';

/** What its alerts make of it is filled in by `refresh`. */
export async function createIncidentRows(
  tx: RecordsTx,
  tenant: string,
  incidents: readonly IncidentState[],
  now: Instant,
): Promise<void> {
  const made = incidents.filter((incident) => !incident.exists);
  if (made.length === 0) return;
  const at = new Date(now);
  const rows = await tx
    .insertInto('incidents')
    .values(
      made.map(({ id, span }) => ({
        tenant,
        id,
        title: '',
        origin: 'automatic' as const,
        severity: 'informational',
        severity_rank: 0,
        priority: 0,
        status: 'new',
        first_event_at: new Date(span.first),
        last_event_at: new Date(span.last),
        created_at: at,
        updated_at: at,
      })),
    )
    .returning(['tenant', 'id', 'version'])
    .execute();
  await inheritOwners(tx, tenant, made);
  await insertRows(
    tx,
    'incident_history',
    rows.map((row) => incidentHistoryRow(row, now, systemActor, 'created', {})),
  );
}

/** A new incident is whose its oldest owned alert is, and in triage when one of its alerts was. */
async function inheritOwners(tx: RecordsTx, tenant: string, made: readonly IncidentState[]): Promise<void> {
  const members = made.flatMap((incident) =>
    incident.joined
      .filter((alert) => alert.exists)
      .map((alert) => ({ id: alert.id, incident_id: incident.id })),
  );
  if (members.length === 0) return;
  await sql`
    with member as (select * from jsonb_to_recordset(${JSON.stringify(members)}::jsonb) as t(id text, incident_id text)),
    taken as (
      select distinct on (member.incident_id) member.incident_id, a.owner_id, a.owner_name, a.acknowledged_at,
        a.status
      from member join alerts a on a.tenant = ${tenant} and a.id = member.id
      where a.status <> 'new' or a.owner_id is not null
      order by member.incident_id, a.owner_id is null, a.number
    )
    update incidents i set owner_id = taken.owner_id, owner_name = taken.owner_name,
      acknowledged_at = taken.acknowledged_at, status = 'in_triage'
    from taken where i.tenant = ${tenant} and i.id = taken.incident_id`.execute(tx);
}

/** Another alert is news: an incident that waits for something wakes. */
export async function wakeIncidents(
  tx: RecordsTx,
  tenant: string,
  incidents: readonly IncidentState[],
  now: Instant,
): Promise<void> {
  const ids = incidents.filter((one) => one.exists && one.joined.length > 0).map((one) => one.id);
  if (ids.length === 0) return;
  const woken = await tx
    .updateTable('incidents')
    .set((eb) => ({
      status: sql<string>`case when owner_id is null then 'new' else 'in_triage' end`,
      waiting_for: null,
      waiting_until: null,
      version: eb('version', '+', 1),
    }))
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .where('status', '=', 'waiting')
    .returning(['tenant', 'id', 'version'])
    .execute();
  await insertRows(
    tx,
    'incident_history',
    woken.map((row) => incidentHistoryRow(row, now, systemActor, 'woke', { reason: 'another alert joined' })),
  );
}
