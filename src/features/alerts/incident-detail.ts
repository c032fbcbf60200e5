/** One incident whole: its alerts and its history. */
import { sql } from 'kysely';
import type { Scope } from '../../model/actor.ts';
import type { RecordsDb } from '../../store/records.ts';
import { noIncident, oneIncident } from './change.ts';
import { toIncident, toSummary } from './rows.ts';
import type { IncidentDetail } from './types.ts';

const membersShown = 500;
/** The newest ones, where there are more. */
const historyShown = 500;

export async function getIncident(db: RecordsDb, scope: Scope, id: string): Promise<IncidentDetail> {
  const row = await oneIncident(db, scope.tenant, id).executeTakeFirst();
  if (row === undefined) throw noIncident(id);
  const members = await db
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', row.tenant)
    .where('incident_id', '=', row.id)
    .orderBy('first_event_at')
    .orderBy('number')
    .limit(membersShown)
    .execute();
  const history = await db
    .selectFrom('incident_history')
    .selectAll()
    .where('tenant', '=', row.tenant)
    .where('incident_id', '=', row.id)
    .orderBy(sql`(data->>'version')::int`, 'desc')
    .orderBy('id', 'desc')
    .limit(historyShown)
    .execute();
  return {
    ...toIncident(row),
    members: members.map(toSummary),
    history: history.reverse().map((entry) => ({
      id: entry.id,
      at: entry.at.getTime(),
      actor: {
        kind: entry.actor_kind as IncidentDetail['history'][number]['actor']['kind'],
        id: entry.actor_id,
        name: entry.actor_name,
      },
      kind: entry.kind as IncidentDetail['history'][number]['kind'],
      data: entry.data,
    })),
  };
}
