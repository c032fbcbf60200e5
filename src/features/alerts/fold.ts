/** Folds detections into alerts and incidents, inside the one transaction of the consumer that found them (ADR 2, ADR 15). */
import { sql } from 'kysely';
import { uuidv7 } from '../../base/ids.ts';
import type { Detection } from '../../model/detection.ts';
import { noNeverGroup } from '../../model/never-group.ts';
import type { RecordsTx } from '../../store/records.ts';
import type { NewRow } from '../../store/schema.ts';
import { countDetections, insertDetections, markFlooding } from './detection-writes.ts';
import { type EntityBook, openEntityBook } from './entity-book.ts';
import {
  addToAlerts,
  createAlertRows,
  insertEvidence,
  joinIncidents,
  type WrittenAlert,
} from './fold-writes.ts';
import { createIncidentRows, wakeIncidents } from './incident-writes.ts';
import { auditRow, historyRow, insertRows, outboxRow, systemActor } from './journal.ts';
import { loadFoldState } from './load.ts';
import { mayGroup, type Plan, planFold } from './plan.ts';
import { defaultFoldPolicy, groupKeyOf, ruleKeyOf, type Span, widened } from './policy.ts';
import { refresh } from './refresh.ts';
import { alertKey } from './rows.ts';
import type { FoldDeps, FoldReport } from './types.ts';

/** Keys named in an audit row; the count beside them is complete. */
const auditedKeys = 100;

/**
 * Stores detections that are new by id and makes of them what the policy says. A detection that is
 * already stored changes nothing. Alerts, incidents, counts, evidence, priorities and event times do
 * not depend on how an ordered list of detections is cut into calls; ids, times of creation, versions
 * and the entries of the history do, as does what the hourly cap lets through.
 *
 * The caller's transaction holds the cursor too, and is the only one that stores detections. A
 * person who changes one of the alerts at the same moment waits for it, or it for them.
 */
export async function foldDetections(
  tx: RecordsTx,
  detections: readonly Detection[],
  deps: FoldDeps,
): Promise<FoldReport> {
  let total: FoldReport = { inserted: 0, alertsCreated: 0, alertsTouched: 0 };
  for (const tenant of new Set(detections.map((detection) => detection.tenant))) {
    const own = detections.filter((detection) => detection.tenant === tenant);
    const report = await foldTenant(tx, tenant, own, deps);
    total = {
      inserted: total.inserted + report.inserted,
      alertsCreated: total.alertsCreated + report.alertsCreated,
      alertsTouched: total.alertsTouched + report.alertsTouched,
    };
  }
  return total;
}

async function foldTenant(
  tx: RecordsTx,
  tenant: string,
  detections: readonly Detection[],
  deps: FoldDeps,
): Promise<FoldReport> {
  const fresh = await newOnes(tx, tenant, detections);
  if (fresh.length === 0) return { inserted: 0, alertsCreated: 0, alertsTouched: 0 };
  const book = await openEntityBook(tx, tenant, fresh.filter(mayAlert));
  const plan = await planOf(tx, tenant, fresh, book, deps);
  await book.save(tx, deps.now);

  await createIncidentRows(tx, tenant, plan.incidents, deps.now);
  const created = await createAlertRows(tx, plan.alerts, deps);
  await insertDetections(tx, plan.fates, deps.now);
  const touched = await addToAlerts(tx, tenant, plan.alerts, deps.now);
  const joined = await joinIncidents(tx, tenant, plan.alerts, deps.now);
  await insertEvidence(tx, tenant, plan.alerts);
  await insertRows(tx, 'outbox', [
    ...created.map((alert) => outboxRow(alert, deps.now, 'alert.created')),
    ...newest([...touched, ...joined]).map((alert) => outboxRow(alert, deps.now, 'alert.changed')),
  ]);
  await insertRows(tx, 'alert_history', creationHistory(created, deps));
  await insertRows(tx, 'audit', creationAudit(tenant, created, deps));
  await countDetections(tx, tenant, plan, deps.now);
  await markFlooding(tx, tenant, plan, deps.now);
  await wakeIncidents(tx, tenant, plan.incidents, deps.now);
  await refresh(tx, tenant, deps.now, {
    alerts: [...plan.alerts.map((alert) => alert.id), ...(await noteOnClosed(tx, tenant, plan, deps))],
    incidents: plan.incidents.map((incident) => incident.id),
    created: new Set(plan.incidents.filter((one) => !one.exists).map((one) => one.id)),
  });
  return { inserted: fresh.length, alertsCreated: created.length, alertsTouched: touched.length };
}

const mayAlert = (detection: Detection): boolean =>
  detection.observed !== true && detection.exception === undefined;

/** Each once, in the order given, without those that are stored. */
async function newOnes(
  tx: RecordsTx,
  tenant: string,
  detections: readonly Detection[],
): Promise<readonly Detection[]> {
  const rows = await tx
    .selectFrom('detections')
    .select('id')
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${detections.map((detection) => detection.id)}::text[])`)
    .execute();
  const seen = new Set<string>(rows.map((row) => row.id));
  return detections.filter(({ id }) => !seen.has(id) && seen.add(id));
}

async function planOf(
  tx: RecordsTx,
  tenant: string,
  fresh: readonly Detection[],
  book: EntityBook,
  deps: FoldDeps,
): Promise<Plan> {
  const { policy = defaultFoldPolicy, neverGroup = noNeverGroup } = deps;
  const alerting = fresh.filter(mayAlert);
  const planDeps = { policy, book, neverGroup, newId: () => uuidv7(deps.now) };
  const nothing = { alerts: [], past: new Map(), opened: new Map() };
  const [first] = alerting;
  if (first === undefined) return planFold(fresh, nothing, planDeps);
  const entities = new Set<string>();
  const groupKeys = new Set<string>();
  let span: Span = { first: first.eventTime, last: first.eventTime };
  for (const detection of alerting) {
    span = widened(span, { first: detection.eventTime, last: detection.eventTime });
    const named = book.of(detection).filter((entity) => mayGroup(entity, neverGroup));
    for (const entity of named) entities.add(`${entity.kind}:${entity.id}`);
    const about = named[0] ?? { kind: 'source' as const, id: detection.source };
    groupKeys.add(groupKeyOf(detection, about));
  }
  const state = await loadFoldState(tx, {
    tenant,
    now: deps.now,
    groupKeys: [...groupKeys],
    ruleKeys: [...new Set(alerting.map(ruleKeyOf))],
    entities: [...entities],
    span,
    policy,
  });
  return planFold(fresh, state, planDeps);
}

/** A finding's update after its alert was closed: written down there. */
async function noteOnClosed(tx: RecordsTx, tenant: string, plan: Plan, deps: FoldDeps): Promise<string[]> {
  for (const { alertId, from, to } of plan.notes) {
    const row = await tx
      .updateTable('alerts')
      .set((eb) => ({ vendor_status: to, updated_at: new Date(deps.now), version: eb('version', '+', 1) }))
      .where('tenant', '=', tenant)
      .where('id', '=', alertId)
      .returning(['tenant', 'id', 'version'])
      .executeTakeFirstOrThrow();
    await insertRows(tx, 'alert_history', [
      historyRow(row, deps.now, systemActor, 'vendor_status', { from, to }),
    ]);
    await insertRows(tx, 'outbox', [outboxRow(row, deps.now, 'alert.changed')]);
  }
  return plan.notes.map((note) => note.alertId);
}

/** One domain event an alert, with its last version. */
function newest<T extends { readonly id: string; readonly version: number }>(alerts: readonly T[]): T[] {
  return [...new Map(alerts.map((alert) => [alert.id, alert])).values()];
}

function creationHistory(created: readonly WrittenAlert[], deps: FoldDeps): NewRow<'alert_history'>[] {
  return created.map((alert) =>
    historyRow(alert, deps.now, systemActor, 'created', {
      ruleHash: alert.ruleHash,
      ...(alert.incidentId === null ? {} : { incidentId: alert.incidentId }),
      ...(alert.predecessor === null ? {} : { predecessor: alertKey(alert.predecessor) }),
    }),
  );
}

/** One row a call: alerts that the service opens by the thousand would drown what people did. */
function creationAudit(tenant: string, created: readonly WrittenAlert[], deps: FoldDeps): NewRow<'audit'>[] {
  if (created.length === 0) return [];
  const only = created.length === 1 ? (created[0]?.id ?? '') : '';
  return [
    auditRow(tenant, deps.now, systemActor, 'alert.created', only, {
      alerts: created.length,
      keys: created.slice(0, auditedKeys).map((alert) => alertKey(alert.number)),
    }),
  ];
}
