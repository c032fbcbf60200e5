/** Folds detections into alerts, inside the one transaction of the consumer that found them (ADR 2, ADR 8). */
import { sql } from 'kysely';
import { uuidv7 } from '../../base/ids.ts';
import type { Detection } from '../../model/detection.ts';
import type { RecordsTx } from '../../store/records.ts';
import type { NewRow } from '../../store/schema.ts';
import { addToAlerts, createAlertRows, insertEvidence, type WrittenAlert } from './fold-writes.ts';
import { gather, type Target } from './gather.ts';
import { groupKeyOf } from './group.ts';
import { auditRow, chunks, historyRow, insertRows, outboxRow, systemActor } from './journal.ts';
import { alertKey } from './rows.ts';
import type { FoldDeps, FoldReport } from './types.ts';

/** Keys named in an audit row; the count beside them is complete. */
const auditedKeys = 100;

/**
 * Stores detections that are new by id and folds them into the open alert of their group, or into a
 * new one. A detection that is already stored changes nothing. Alerts, counts, evidence and event
 * times do not depend on how an ordered list of detections is cut into calls; ids, times of creation,
 * versions and the `detections_added` entries of the history do.
 *
 * The caller's transaction holds the cursor too. A person who closes or reopens one of these alerts
 * at the same moment waits for it, or it for them; if they reopen while it opens another alert of the
 * group, the unique index refuses the later of the two, and a consumer's next try folds into theirs.
 */
export async function foldDetections(
  tx: RecordsTx,
  detections: readonly Detection[],
  deps: FoldDeps,
): Promise<FoldReport> {
  if (detections.length === 0) return { inserted: 0, alertsCreated: 0, alertsTouched: 0 };
  const targets = await findTargets(tx, detections, deps);
  const fresh = await insertDetections(tx, detections, targets, deps);
  const kept = await keptEvidence(tx, fresh, targets);
  const additions = gather(fresh, targets, kept);

  const created = await createAlertRows(tx, additions, deps);
  const touched = await addToAlerts(tx, additions, deps.now);
  await insertEvidence(tx, additions);
  await insertRows(tx, 'outbox', [
    ...created.map((alert) => outboxRow(alert, deps.now, 'alert.created')),
    ...touched.map((alert) => outboxRow(alert, deps.now, 'alert.changed')),
  ]);
  await insertRows(
    tx,
    'alert_history',
    created.map((alert) => historyRow(alert, deps.now, systemActor, 'created', { ruleHash: alert.ruleHash })),
  );
  await insertRows(tx, 'audit', creationAudit(created, deps));
  return { inserted: fresh.length, alertsCreated: created.length, alertsTouched: touched.length };
}

/** The open alert of each group, locked so that nobody closes it under us; a new id where there is none. */
async function findTargets(
  tx: RecordsTx,
  detections: readonly Detection[],
  deps: FoldDeps,
): Promise<ReadonlyMap<string, Target>> {
  const keys = [...new Set(detections.map(groupKeyOf))];
  const tenants = [...new Set(detections.map((detection) => detection.tenant))];
  const open = await tx
    .selectFrom('alerts')
    .select(['id', 'group_key'])
    .where('tenant', '=', sql<string>`any(${tenants}::text[])`)
    .where('group_key', '=', sql<string>`any(${keys}::text[])`)
    .where('status', '<>', 'closed')
    .orderBy('id')
    .forUpdate()
    .execute();
  const targets = new Map<string, Target>(
    open.map((alert) => [alert.group_key, { alertId: alert.id, exists: true }]),
  );
  for (const key of keys) {
    if (!targets.has(key)) targets.set(key, { alertId: uuidv7(deps.now), exists: false });
  }
  return targets;
}

/** Returns those that were not stored before, each once, in the order given. */
async function insertDetections(
  tx: RecordsTx,
  detections: readonly Detection[],
  targets: ReadonlyMap<string, Target>,
  deps: FoldDeps,
): Promise<readonly Detection[]> {
  const inserted = new Set<string>();
  const createdAt = new Date(deps.now);
  for (const part of chunks(detections, 1_000)) {
    const rows = part.map(
      (detection): NewRow<'detections'> => ({
        tenant: detection.tenant,
        id: detection.id,
        rule_id: detection.ruleId,
        rule_hash: detection.ruleHash,
        event_id: detection.eventId,
        seq: detection.seq,
        idx: detection.idx,
        event_time: new Date(detection.eventTime),
        alert_id: targets.get(groupKeyOf(detection))?.alertId ?? '',
        created_at: createdAt,
      }),
    );
    const returned = await tx
      .insertInto('detections')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['tenant', 'id']).doNothing())
      .returning('id')
      .execute();
    for (const { id } of returned) inserted.add(id);
  }
  // `delete` says true once, so a list that names a detection twice counts it once.
  return detections.filter((detection) => inserted.delete(detection.id));
}

/** Event ids of the evidence that the open alerts to be added to already hold, at most 25 each. */
async function keptEvidence(
  tx: RecordsTx,
  fresh: readonly Detection[],
  targets: ReadonlyMap<string, Target>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const open = new Set<string>();
  for (const detection of fresh) {
    const target = targets.get(groupKeyOf(detection));
    if (target?.exists === true) open.add(target.alertId);
  }
  const kept = new Map<string, Set<string>>();
  if (open.size === 0) return kept;
  const tenants = [...new Set(fresh.map((detection) => detection.tenant))];
  const rows = await tx
    .selectFrom('alert_evidence')
    .select(['alert_id', 'event_id'])
    .where('tenant', '=', sql<string>`any(${tenants}::text[])`)
    .where('alert_id', '=', sql<string>`any(${[...open]}::text[])`)
    .execute();
  for (const row of rows) {
    const events = kept.get(row.alert_id) ?? new Set<string>();
    kept.set(row.alert_id, events.add(row.event_id));
  }
  return kept;
}

/** One row per tenant and call: alerts that the service opens by the thousand would drown what people did. */
function creationAudit(created: readonly WrittenAlert[], deps: FoldDeps): NewRow<'audit'>[] {
  const tenants = [...new Set(created.map((alert) => alert.tenant))];
  return tenants.map((tenant) => {
    const own = created.filter((alert) => alert.tenant === tenant);
    const only = own.length === 1 ? (own[0]?.id ?? '') : '';
    return auditRow(tenant, deps.now, systemActor, 'alert.created', only, {
      alerts: own.length,
      keys: own.slice(0, auditedKeys).map((alert) => alertKey(alert.number)),
    });
  });
}
