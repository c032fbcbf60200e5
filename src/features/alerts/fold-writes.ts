/** The statements that write what was planned for alerts: each for all alerts at once. */
import { sql } from 'kysely';
import { type Instant, toIso } from '../../base/clock.ts';
import { sha256Hex, uuidv7 } from '../../base/ids.ts';
import type { Detection } from '../../model/detection.ts';
import type { Finding } from '../../model/finding.ts';
import { severityRank } from '../../model/severity.ts';
import type { RecordsTx } from '../../store/records.ts';
import { type NewRow, pgText } from '../../store/schema.ts';
import { chunks, historyRow, insertRows, systemActor } from './journal.ts';
import type { AlertState } from './plan.ts';
import { ruleKeyOf } from './policy.ts';
import { limited, type Priority, priorityOf } from './priority.ts';
import type { FoldDeps, RuleFacts } from './types.ts';

export interface Touched {
  readonly tenant: string;
  readonly id: string;
  readonly version: number;
}

export interface WrittenAlert extends Touched {
  readonly number: number;
  readonly ruleHash: string;
  readonly incidentId: string | null;
  readonly predecessor: number | null;
}

/** Longer names are cut for display; evidence keeps them whole. */
const titleLength = 300;
const nameLength = 255;
const descriptionLength = 20_000;
/** Statements of more than this are cut: the embedded engine holds a statement in memory several times. */
const evidenceBytes = 4_000_000;

export async function createAlertRows(
  tx: RecordsTx,
  alerts: readonly AlertState[],
  deps: FoldDeps,
): Promise<readonly WrittenAlert[]> {
  const made = alerts.filter((alert) => !alert.exists);
  const created: WrittenAlert[] = [];
  for (const part of chunks(made, 500)) {
    const returned = await tx
      .insertInto('alerts')
      .values(part.map((alert) => alertRow(alert, deps)))
      .returning(['tenant', 'id', 'number', 'version', 'rule_hash', 'incident_id', 'predecessor_number'])
      .execute();
    for (const {
      rule_hash: ruleHash,
      incident_id: incidentId,
      predecessor_number: predecessor,
      ...alert
    } of returned)
      created.push({ ...alert, ruleHash, incidentId, predecessor });
  }
  await insertEntities(tx, alerts);
  return created;
}

function alertRow(alert: AlertState, deps: FoldDeps): NewRow<'alerts'> {
  const first = firstOf(alert);
  const latest = alert.latest ?? first;
  const facts =
    latest.finding === undefined
      ? deps.rules(first.tenant, first.ruleId, first.ruleHash)
      : findingFacts(latest.finding);
  const priority = priorityFor(alert, facts, latest.finding);
  const now = new Date(deps.now);
  const { closed } = alert.past;
  return {
    tenant: first.tenant,
    id: alert.id,
    kind: latest.finding === undefined ? 'rule' : 'finding',
    group_key: alert.groupKey,
    rule_key: shown(ruleKeyOf(first), nameLength),
    entity_kind: alert.entity.kind,
    entity_id: pgText(alert.entity.id),
    rule_id: first.ruleId,
    rule_hash: first.ruleHash,
    rule_author: shown(facts.author, nameLength),
    rule_license: facts.license === null ? null : shown(facts.license, nameLength),
    rule_source: pgText(facts.source),
    title: shown(facts.title, titleLength),
    description: shown(latest.finding?.description ?? '', descriptionLength),
    severity: facts.severity,
    severity_rank: severityRank(facts.severity),
    priority: priority.points,
    priority_reasons: JSON.stringify(priority.reasons),
    status: 'new',
    verdict: null,
    host: shown(first.host, nameLength),
    user_name: shown(alert.user, nameLength),
    source: shown(first.source, nameLength),
    tags: JSON.stringify(facts.tags.map(pgText)),
    owner_id: null,
    owner_name: null,
    detections: alert.count,
    first_event_at: new Date(alert.span.first),
    last_event_at: new Date(alert.span.last),
    created_at: now,
    updated_at: now,
    closed_at: null,
    incident_id: alert.incident?.id ?? null,
    predecessor_id: closed?.id ?? null,
    predecessor_number: closed?.number ?? null,
    ...vendorColumns(latest.finding),
  };
}

function findingFacts(finding: Finding): RuleFacts {
  const { title, product, tags, severity } = finding;
  return { title, author: product, license: null, source: '', tags, severity };
}

function vendorColumns(finding: Finding | undefined) {
  if (finding === undefined) return {};
  return {
    vendor_product: shown(finding.product, nameLength),
    vendor_uid: shown(finding.uid, nameLength),
    vendor_status: finding.status,
    vendor_link: finding.link === null ? null : pgText(finding.link),
  };
}

function priorityFor(
  alert: AlertState,
  facts: Pick<RuleFacts, 'severity'>,
  finding: Finding | undefined,
): Priority {
  const values = [...alert.entities.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  return priorityOf({
    severity: facts.severity,
    saidBy: finding?.product ?? 'rule',
    value: values.length === 0 ? null : Math.max(...values),
    entityKind: alert.entity.kind,
    earlier: alert.past.earlier,
    lastVerdict: alert.past.closed?.verdict ?? null,
    resolved: finding?.status === 'resolved',
  });
}

function firstOf(alert: AlertState): Detection {
  if (alert.first === null) throw new Error(`alert ${alert.id} was planned without a detection`);
  return alert.first;
}

async function insertEntities(tx: RecordsTx, alerts: readonly AlertState[]): Promise<void> {
  const rows = alerts.flatMap((alert) =>
    alert.newEntities.map(({ kind, id, name, grouping }) => ({
      tenant: firstOf(alert).tenant,
      alert_id: alert.id,
      kind,
      id,
      name,
      grouping,
    })),
  );
  for (const part of chunks(rows, 1_000)) {
    await tx
      .insertInto('alert_entities')
      .values(part)
      .onConflict((c) => c.doNothing())
      .execute();
  }
}

/** Adds to the open alerts and to their history; returns them with their new version. */
export async function addToAlerts(
  tx: RecordsTx,
  tenant: string,
  alerts: readonly AlertState[],
  now: Instant,
): Promise<readonly Touched[]> {
  const grown = alerts.filter((alert) => alert.exists && alert.count > 0);
  const rows = grown.map((alert) => ({
    id: alert.id,
    added: alert.count,
    first_at: toIso(alert.span.first),
    last_at: toIso(alert.span.last),
    user_name: shown(alert.user, nameLength),
    history_id: uuidv7(now),
  }));
  if (rows.length === 0) return [];
  const { rows: touched } = await sql<Touched>`
    with added as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(
        id text, added int, first_at timestamptz, last_at timestamptz, user_name text)
    )
    update alerts a set
      detections = a.detections + added.added,
      first_event_at = least(a.first_event_at, added.first_at),
      last_event_at = greatest(a.last_event_at, added.last_at),
      user_name = case when a.user_name = '' then added.user_name else a.user_name end,
      updated_at = ${new Date(now)},
      version = a.version + 1
    from added where a.tenant = ${tenant} and a.id = added.id
    returning a.tenant, a.id, a.version`.execute(tx);
  const versions = new Map(touched.map((alert) => [alert.id, alert.version]));
  await noteAdded(
    tx,
    tenant,
    rows.map((row) => ({ ...row, version: versions.get(row.id) })),
    now,
  );
  const updated = await updateFindings(tx, tenant, grown, now);
  return [...touched, ...updated];
}

/**
 * One `detections_added` entry stands for a whole run: it grows until something else happens to the
 * alert, so that a busy rule can't bury what people did. The latest entry is the one of the alert's
 * version before this change.
 */
async function noteAdded(
  tx: RecordsTx,
  tenant: string,
  rows: readonly object[],
  now: Instant,
): Promise<void> {
  await sql`
    with added as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(
        id text, added int, version int, history_id text)
    ), grown as (
      update alert_history h set
        at = ${new Date(now)},
        data = h.data || jsonb_build_object(
          'count', (h.data->>'count')::int + added.added, 'version', added.version)
      from added
      where h.tenant = ${tenant} and h.alert_id = added.id
        and h.kind = 'detections_added' and (h.data->>'version')::int = added.version - 1
      returning h.alert_id
    )
    insert into alert_history (tenant, alert_id, id, at, actor_kind, actor_id, actor_name, kind, data)
    select ${tenant}::text, added.id, added.history_id, ${new Date(now)}::timestamptz, ${systemActor.kind}::text,
      ${systemActor.id}::text, ${systemActor.name}::text, 'detections_added',
      jsonb_build_object('count', added.added, 'since', ${toIso(now)}::text, 'version', added.version)
    from added
    where not exists (select from grown where grown.alert_id = added.id)`.execute(tx);
}

/** What the product says now of a finding is what its alert says; a change of its status is in the history. */
async function updateFindings(
  tx: RecordsTx,
  tenant: string,
  alerts: readonly AlertState[],
  now: Instant,
): Promise<readonly Touched[]> {
  const touched: Touched[] = [];
  for (const alert of alerts) {
    const finding = alert.latest?.finding;
    if (finding === undefined) continue;
    const facts = findingFacts(finding);
    const before = await tx
      .selectFrom('alerts')
      .select(['priority_reasons', 'version', 'vendor_link'])
      .where('tenant', '=', tenant)
      .where('id', '=', alert.id)
      .executeTakeFirstOrThrow();
    // Rarity and earlier verdicts stay as they were when it opened.
    const kept = before.priority_reasons.filter(
      ({ factor }) => factor !== 'severity' && factor !== 'vendor' && factor !== 'limit',
    );
    const priority = priorityFor(alert, facts, finding);
    const { points, reasons } = limited([
      ...priority.reasons.filter(({ factor }) => factor === 'severity'),
      ...kept,
      ...priority.reasons.filter(({ factor }) => factor === 'vendor'),
    ]);
    const changed = await tx
      .updateTable('alerts')
      .set({
        title: shown(facts.title, titleLength),
        description: shown(finding.description, descriptionLength),
        severity: facts.severity,
        severity_rank: severityRank(facts.severity),
        priority: points,
        priority_reasons: JSON.stringify(reasons),
        tags: JSON.stringify(facts.tags.map(pgText)),
        vendor_status: finding.status,
        vendor_link: finding.link === null ? before.vendor_link : pgText(finding.link),
        ...(alert.vendorChanges.length === 0 ? {} : { version: before.version + 1 }),
      })
      .where('tenant', '=', tenant)
      .where('id', '=', alert.id)
      .returning(['tenant', 'id', 'version'])
      .executeTakeFirstOrThrow();
    const [first] = alert.vendorChanges;
    const last = alert.vendorChanges.at(-1);
    if (first === undefined || last === undefined) continue;
    touched.push(changed);
    await insertRows(tx, 'alert_history', [
      historyRow(changed, now, systemActor, 'vendor_status', { from: first.from, to: last.to }),
    ]);
  }
  return touched;
}

/** Open alerts that were alone and now belong to an incident. */
export async function joinIncidents(
  tx: RecordsTx,
  tenant: string,
  alerts: readonly AlertState[],
  now: Instant,
): Promise<readonly Touched[]> {
  const rows = alerts.flatMap((alert) =>
    alert.exists && alert.joined ? [{ id: alert.id, incident_id: alert.incident?.id ?? '' }] : [],
  );
  if (rows.length === 0) return [];
  const { rows: joined } = await sql<Touched & { incident_id: string }>`
    with joining as (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(id text, incident_id text))
    update alerts a set incident_id = joining.incident_id, updated_at = ${new Date(now)}, version = a.version + 1
    from joining where a.tenant = ${tenant} and a.id = joining.id
    returning a.tenant, a.id, a.version, a.incident_id`.execute(tx);
  await insertRows(
    tx,
    'alert_history',
    joined.map((alert) =>
      historyRow(alert, now, systemActor, 'joined_incident', { incidentId: alert.incident_id }),
    ),
  );
  return joined;
}

export async function insertEvidence(
  tx: RecordsTx,
  tenant: string,
  alerts: readonly AlertState[],
): Promise<void> {
  const rows = alerts.flatMap((alert) =>
    alert.evidence.map(
      ({ detectionId, ruleHash, evidence: event }): NewRow<'alert_evidence'> => ({
        tenant,
        alert_id: alert.id,
        event_id: event.eventId,
        detection_id: detectionId,
        event_time: new Date(event.time),
        received_at: new Date(event.receivedAt),
        raw: Buffer.from(event.raw.buffer, event.raw.byteOffset, event.raw.byteLength),
        sha256: sha256Hex(event.raw),
        // JSON.stringify escapes control characters and lone surrogates, so this is text that PostgreSQL takes.
        native: JSON.stringify(event.native),
        matched: JSON.stringify(event.matched),
        rule_hash: ruleHash,
        parser: event.parser,
      }),
    ),
  );
  const weigh = (row: NewRow<'alert_evidence'>) => row.raw.byteLength + row.native.length;
  for (const part of chunks(rows, 500, weigh, evidenceBytes)) {
    await tx.insertInto('alert_evidence').values(part).execute();
  }
}

export function shown(text: string, length: number): string {
  return pgText(text.length > length ? `${text.slice(0, length - 1)}…` : text);
}
