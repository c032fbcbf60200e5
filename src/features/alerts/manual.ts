/** Alerts that no rule found: made by a person, or by the service about itself. */
import type { Instant } from '../../base/clock.ts';
import { hashId, uuidv7 } from '../../base/ids.ts';
import type { Actor } from '../../model/actor.ts';
import type { AlertSummary } from '../../model/alert.ts';
import type { EntityRef } from '../../model/entity.ts';
import type { TenantId } from '../../model/ids.ts';
import type { NeverGroup } from '../../model/never-group.ts';
import { severityRank } from '../../model/severity.ts';
import type { Records, RecordsTx } from '../../store/records.ts';
import { pgText } from '../../store/schema.ts';
import { oneAlert, writeAlerts } from './change.ts';
import { openEntityBook } from './entity-book.ts';
import { shown } from './fold-writes.ts';
import { auditRow, historyRow, insertRows, outboxRow, systemActor, type Who } from './journal.ts';
import { mayGroup } from './plan.ts';
import { priorityOf } from './priority.ts';
import { refresh } from './refresh.ts';
import { toSummary } from './rows.ts';
import type { ManualAlert } from './types.ts';

interface Raised extends ManualAlert {
  readonly kind: 'manual' | 'visibility';
  readonly source: string;
  readonly saidBy: string;
  readonly groupKey: string;
}

export async function createManualAlert(
  records: Pick<Records, 'transaction'>,
  actor: Actor,
  alert: ManualAlert,
  neverGroup: NeverGroup,
  now: Instant,
): Promise<AlertSummary> {
  const id = uuidv7(now);
  const raised = {
    ...alert,
    kind: 'manual' as const,
    source: '',
    saidBy: actor.name,
    groupKey: hashId(actor.tenant, 'manual', id),
  };
  return await records.transaction((tx) => insertAlert(tx, actor.tenant, id, raised, neverGroup, actor, now));
}

/** What the service raises about a source: `subject` and tenant are its group. */
export interface VisibilityAlert extends Pick<ManualAlert, 'title' | 'description' | 'severity'> {
  readonly source: string;
  /** What is wrong, as a stable word: `silent`. One alert is open for a source and a subject. */
  readonly subject: string;
}

/**
 * Null when one is open already for the same source and subject.
 */
export async function raiseVisibilityAlert(
  tx: RecordsTx,
  tenant: TenantId,
  alert: VisibilityAlert,
  neverGroup: NeverGroup,
  now: Instant,
): Promise<AlertSummary | null> {
  const groupKey = visibilityKey(tenant, alert);
  const open = await tx
    .selectFrom('alerts')
    .select('id')
    .where('tenant', '=', tenant)
    .where('group_key', '=', groupKey)
    .where('status', '<>', 'closed')
    .limit(1)
    .executeTakeFirst();
  if (open !== undefined) return null;
  const raised = {
    ...alert,
    kind: 'visibility' as const,
    host: '',
    user: '',
    tags: [],
    at: now,
    saidBy: 'Watchfloor',
    groupKey,
  };
  return await insertAlert(tx, tenant, uuidv7(now), raised, neverGroup, systemActor, now);
}

/** A note of the service on the newest alert of this source and subject that is open or was raised at or after `since`. */
export async function noteVisibility(
  tx: RecordsTx,
  tenant: TenantId,
  about: Pick<VisibilityAlert, 'source' | 'subject'> & { readonly since: Instant },
  text: string,
  now: Instant,
): Promise<void> {
  const row = await tx
    .selectFrom('alerts')
    .selectAll()
    .where('tenant', '=', tenant)
    .where('group_key', '=', visibilityKey(tenant, about))
    .where((eb) => eb.or([eb('created_at', '>=', new Date(about.since)), eb('status', '<>', 'closed')]))
    .orderBy('created_at', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return;
  // Not `comment`: that the service said something is nobody's acknowledgement.
  const change = { patch: {}, kind: 'commented' as const, data: { text: pgText(text) } };
  await writeAlerts(tx, tenant, [{ row, change }], systemActor, now);
  await refresh(tx, tenant, now, { alerts: [row.id], incidents: [] });
}

function visibilityKey(
  tenant: TenantId,
  { source, subject }: Pick<VisibilityAlert, 'source' | 'subject'>,
): string {
  return hashId(tenant, 'visibility', source, subject);
}

async function insertAlert(
  tx: RecordsTx,
  tenant: TenantId,
  id: string,
  alert: Raised,
  neverGroup: NeverGroup,
  who: Who,
  now: Instant,
): Promise<AlertSummary> {
  const book = await openEntityBook(tx, tenant, [alert]);
  const named = book.of(alert);
  const entities = named.map((entity) => ({ ...entity, grouping: mayGroup(entity, neverGroup) }));
  const about: EntityRef = entities.find((entity) => entity.grouping) ?? { kind: 'source', id: alert.source };
  const values = named.flatMap(({ value }) => (value === null ? [] : [value]));
  const priority = priorityOf({
    severity: alert.severity,
    saidBy: alert.saidBy,
    value: values.length === 0 ? null : Math.max(...values),
    entityKind: 'source',
    earlier: 0,
    lastVerdict: null,
    resolved: false,
  });
  const at = new Date(now);
  const eventAt = new Date(alert.at ?? now);
  await tx
    .insertInto('alerts')
    .values({
      tenant,
      id,
      kind: alert.kind,
      group_key: alert.groupKey,
      entity_kind: about.kind,
      entity_id: about.id,
      rule_id: '',
      rule_hash: '',
      rule_author: '',
      rule_license: null,
      rule_source: '',
      title: shown(alert.title, 300),
      description: shown(alert.description, 20_000),
      severity: alert.severity,
      severity_rank: severityRank(alert.severity),
      priority: priority.points,
      priority_reasons: JSON.stringify(priority.reasons),
      status: 'new',
      verdict: null,
      host: shown(alert.host, 255),
      user_name: shown(alert.user, 255),
      source: shown(alert.source, 255),
      tags: JSON.stringify(alert.tags),
      owner_id: null,
      owner_name: null,
      detections: 0,
      first_event_at: eventAt,
      last_event_at: eventAt,
      created_at: at,
      updated_at: at,
      closed_at: null,
    })
    .execute();
  await book.save(tx, now);
  for (const { kind, id: entity, name, grouping } of entities) {
    await tx
      .insertInto('alert_entities')
      .values({ tenant, alert_id: id, kind, id: entity, name, grouping })
      .onConflict((c) => c.doNothing())
      .execute();
  }
  const ref = { tenant, id, version: 1 };
  await insertRows(tx, 'alert_history', [historyRow(ref, now, who, 'created', {})]);
  await insertRows(tx, 'audit', [auditRow(tenant, now, who, 'alert.created', id, { kind: alert.kind })]);
  await insertRows(tx, 'outbox', [outboxRow(ref, now, 'alert.created')]);
  await refresh(tx, tenant, now, { alerts: [id], incidents: [] });
  return toSummary(await oneAlert(tx, tenant, id).executeTakeFirstOrThrow());
}
