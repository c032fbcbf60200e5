/** What a fold has to know before: open alerts it may join or share an entity with, their incidents, and the past. */
import { sql } from 'kysely';
import type { Instant } from '../../base/clock.ts';
import type { Verdict } from '../../model/alert.ts';
import type { RecordsTx } from '../../store/records.ts';
import type { Row } from '../../store/schema.ts';
import type { AlertEntity, AlertState, FoldState, GroupPast, IncidentState } from './plan.ts';
import type { FoldPolicy } from './policy.ts';

export interface LoadAsk {
  readonly tenant: string;
  readonly now: Instant;
  readonly groupKeys: readonly string[];
  readonly ruleKeys: readonly string[];
  /** `kind:id` of every entity that may group. */
  readonly entities: readonly string[];
  readonly span: { readonly first: Instant; readonly last: Instant };
  readonly policy: FoldPolicy;
}

export async function loadFoldState(tx: RecordsTx, ask: LoadAsk): Promise<FoldState> {
  const ids = await candidateIds(tx, ask);
  // Locked in the order of their ids, so that nobody closes one under us and no two of us wait in a circle.
  const rows = await tx
    .selectFrom('alerts')
    .select([
      'id',
      'number',
      'group_key',
      'entity_kind',
      'entity_id',
      'first_event_at',
      'last_event_at',
      'incident_id',
      'apart',
      'vendor_status',
      'user_name',
    ])
    .where('tenant', '=', ask.tenant)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .where('status', '<>', 'closed')
    .orderBy('id')
    .forUpdate()
    .execute();
  const incidents = await loadIncidents(tx, ask.tenant, rows);
  const entities = await loadEntities(
    tx,
    ask.tenant,
    rows.map((row) => row.id),
  );
  const evidence = await loadEvidence(
    tx,
    ask.tenant,
    rows.filter((row) => ask.groupKeys.includes(row.group_key)).map((row) => row.id),
  );
  const alerts = rows
    .toSorted((a, b) => a.number - b.number)
    .map(
      (row): AlertState => ({
        id: row.id,
        exists: true,
        groupKey: row.group_key,
        entity: { kind: row.entity_kind, id: row.entity_id },
        span: { first: row.first_event_at.getTime(), last: row.last_event_at.getTime() },
        entities: entities.get(row.id) ?? new Map<string, AlertEntity>(),
        incident: row.incident_id === null ? null : (incidents.get(row.incident_id) ?? null),
        // An incident that is closed takes nothing more; an open alert of one stands alone then.
        apart: row.apart || (row.incident_id !== null && !incidents.has(row.incident_id)),
        evidenceOf: evidence.get(row.id) ?? new Set<string>(),
        vendorStatus: row.vendor_status,
        first: null,
        latest: null,
        count: 0,
        user: row.user_name,
        evidence: [],
        newEntities: [],
        joined: false,
        vendorChanges: [],
        past: { earlier: 0, closed: null },
      }),
    );
  return {
    alerts,
    past: await loadPast(tx, ask.tenant, ask.groupKeys),
    opened: await loadOpened(tx, ask),
  };
}

/** Open alerts of the groups, and those that share an entity and lie near enough in event time. */
async function candidateIds(tx: RecordsTx, ask: LoadAsk): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from alerts
    where tenant = ${ask.tenant} and group_key = any(${ask.groupKeys}::text[]) and status <> 'closed'
    union
    select a.id from alert_entities e join alerts a on a.tenant = e.tenant and a.id = e.alert_id
    where e.tenant = ${ask.tenant} and e.grouping
      and e.kind = any(array['host', 'user', 'ip'])
      and e.id = any(${ask.entities.map(nameOf)}::text[])
      and (e.kind || ':' || e.id) = any(${ask.entities}::text[])
      and a.status <> 'closed'
      and a.last_event_at >= ${new Date(ask.span.first - ask.policy.incidentGapMs)}
      and a.first_event_at <= ${new Date(ask.span.last + ask.policy.incidentGapMs)}`.execute(tx);
  return rows.map((row) => row.id);
}

function nameOf(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

async function loadIncidents(
  tx: RecordsTx,
  tenant: string,
  alerts: readonly Pick<Row<'alerts'>, 'incident_id'>[],
): Promise<ReadonlyMap<string, IncidentState>> {
  const ids = [...new Set(alerts.flatMap(({ incident_id: id }) => (id === null ? [] : [id])))];
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('incidents')
    .select(['id', 'alerts', 'first_event_at', 'last_event_at'])
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${ids}::text[])`)
    .where('status', '<>', 'closed')
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        exists: true,
        span: { first: row.first_event_at.getTime(), last: row.last_event_at.getTime() },
        alerts: row.alerts,
        joined: [],
      },
    ]),
  );
}

async function loadEntities(
  tx: RecordsTx,
  tenant: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Map<string, AlertEntity>>> {
  const found = new Map<string, Map<string, AlertEntity>>();
  if (ids.length === 0) return found;
  const rows = await tx
    .selectFrom('alert_entities')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('alert_id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  for (const { alert_id: alert, kind, id, name, grouping } of rows) {
    const entities = found.get(alert) ?? new Map<string, AlertEntity>();
    found.set(alert, entities.set(`${kind}:${id}`, { kind, id, name, grouping, value: null }));
  }
  return found;
}

/** Event ids of the evidence that alerts to be added to already hold, at most 25 each. */
async function loadEvidence(
  tx: RecordsTx,
  tenant: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Set<string>>> {
  const kept = new Map<string, Set<string>>();
  if (ids.length === 0) return kept;
  const rows = await tx
    .selectFrom('alert_evidence')
    .select(['alert_id', 'event_id'])
    .where('tenant', '=', tenant)
    .where('alert_id', '=', sql<string>`any(${ids}::text[])`)
    .execute();
  for (const row of rows) {
    const events = kept.get(row.alert_id) ?? new Set<string>();
    kept.set(row.alert_id, events.add(row.event_id));
  }
  return kept;
}

async function loadPast(
  tx: RecordsTx,
  tenant: string,
  groupKeys: readonly string[],
): Promise<ReadonlyMap<string, GroupPast>> {
  const { rows } = await sql<{
    group_key: string;
    earlier: number;
    id: string | null;
    number: number | null;
    verdict: Verdict | null;
    vendor_status: string | null;
  }>`
    select g.group_key, g.earlier, c.id, c.number, c.verdict, c.vendor_status
    from (
      select group_key, count(*)::int as earlier from alerts
      where tenant = ${tenant} and group_key = any(${groupKeys}::text[]) group by group_key
    ) g left join lateral (
      select id, number, verdict, vendor_status from alerts
      where tenant = ${tenant} and group_key = g.group_key and status = 'closed'
      order by closed_at desc, number desc limit 1
    ) c on true`.execute(tx);
  return new Map(
    rows.map((row) => [
      row.group_key,
      {
        earlier: row.earlier,
        closed:
          row.id === null || row.number === null
            ? null
            : { id: row.id, number: row.number, verdict: row.verdict, vendorStatus: row.vendor_status },
      },
    ]),
  );
}

export function hourOf(at: Instant): Instant {
  return at - (at % 3_600_000);
}

async function loadOpened(tx: RecordsTx, ask: LoadAsk): Promise<Map<string, number>> {
  const rows = await tx
    .selectFrom('rule_hours')
    .select(['rule_key', 'alerts'])
    .where('tenant', '=', ask.tenant)
    .where('hour', '=', new Date(hourOf(ask.now)))
    .where('rule_key', '=', sql<string>`any(${ask.ruleKeys}::text[])`)
    .execute();
  return new Map(rows.map((row) => [row.rule_key, row.alerts]));
}
