/** The rows that every change of an alert leaves beside it: history, audit and domain event. */
import type { Instant } from '../../base/clock.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import type { HistoryKind } from '../../model/alert.ts';
import type { IncidentHistoryKind } from '../../model/incident.ts';
import { auditRow as auditEntry } from '../../store/audit-row.ts';
import type { RecordsTx } from '../../store/records.ts';
import type { NewRow } from '../../store/schema.ts';

export type Who = Pick<Actor, 'kind' | 'id' | 'name'>;
type Facts = Readonly<Record<string, unknown>>;

/** The service itself, where no person asked. */
export const systemActor: Who = { kind: 'system', id: 'system', name: 'Watchfloor' };

interface AlertRef {
  readonly tenant: string;
  readonly id: string;
  readonly version: number;
}

/** History data holds the alert's version, which orders entries of the same millisecond. */
export function historyRow(
  alert: AlertRef,
  at: Instant,
  who: Who,
  kind: HistoryKind,
  data: Facts,
): NewRow<'alert_history'> {
  return {
    tenant: alert.tenant,
    alert_id: alert.id,
    id: uuidv7(at),
    at: new Date(at),
    actor_kind: who.kind,
    actor_id: who.id,
    actor_name: who.name,
    kind,
    data: JSON.stringify({ ...data, version: alert.version }),
  };
}

export function incidentHistoryRow(
  incident: AlertRef,
  at: Instant,
  who: Who,
  kind: IncidentHistoryKind,
  data: Facts,
): NewRow<'incident_history'> {
  const { alert_id: _alert, kind: _kind, ...row } = historyRow(incident, at, who, 'created', data);
  return { ...row, incident_id: incident.id, kind };
}

export function outboxRow(
  subject: AlertRef,
  at: Instant,
  type: 'alert.created' | 'alert.changed' | 'incident.created' | 'incident.changed',
): NewRow<'outbox'> {
  const id = type.startsWith('alert.') ? { alertId: subject.id } : { incidentId: subject.id };
  return {
    tenant: subject.tenant,
    at: new Date(at),
    type,
    payload: JSON.stringify({ ...id, version: subject.version }),
    dispatched_at: null,
  };
}

export function auditRow(
  tenant: string,
  at: Instant,
  who: Who,
  action: string,
  id: string,
  details: Facts,
  resource: 'alert' | 'incident' = 'alert',
): NewRow<'audit'> {
  return auditEntry({ at, actor: { ...who, tenant }, action, resource, resourceId: id, details });
}

/** One statement per thousand rows: the embedded engine pays per statement, the protocol allows 65,535 parameters. */
export async function insertRows<
  T extends 'detections' | 'alert_history' | 'incident_history' | 'rule_history' | 'outbox' | 'audit',
>(tx: RecordsTx, table: T, rows: readonly NewRow<T>[]): Promise<void> {
  for (const part of chunks(rows, 1_000)) {
    await tx.insertInto(table).values(part).execute();
  }
}

/** Runs of at most `size` items and, where `weigh` is given, of about `maxWeight` at most. */
export function chunks<T>(
  items: readonly T[],
  size: number,
  weigh: (item: T) => number = () => 0,
  maxWeight = Number.POSITIVE_INFINITY,
): T[][] {
  const parts: T[][] = [];
  let part: T[] = [];
  let weight = 0;
  for (const item of items) {
    const itemWeight = weigh(item);
    if (part.length > 0 && (part.length >= size || weight + itemWeight > maxWeight)) {
      parts.push(part);
      part = [];
      weight = 0;
    }
    part.push(item);
    weight += itemWeight;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
