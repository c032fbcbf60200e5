/** The statements that write what was gathered: each for all alerts at once. */
import { sql } from 'kysely';
import { type Instant, toIso } from '../../base/clock.ts';
import { sha256Hex, uuidv7 } from '../../base/ids.ts';
import { severityRank } from '../../model/severity.ts';
import type { RecordsTx } from '../../store/records.ts';
import { type NewRow, pgText } from '../../store/schema.ts';
import type { Addition } from './gather.ts';
import { chunks, systemActor } from './journal.ts';
import type { FoldDeps } from './types.ts';

export interface WrittenAlert {
  readonly tenant: string;
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly ruleHash: string;
}

/** Longer names are cut for display; evidence keeps them whole. */
const titleLength = 300;
const nameLength = 255;
/** Statements of more than this are cut: the embedded engine holds a statement in memory several times. */
const evidenceBytes = 4_000_000;

export async function createAlertRows(
  tx: RecordsTx,
  additions: readonly Addition[],
  deps: FoldDeps,
): Promise<readonly WrittenAlert[]> {
  const rows = additions.filter((addition) => !addition.target.exists).map((one) => alertRow(one, deps));
  const created: WrittenAlert[] = [];
  for (const part of chunks(rows, 500)) {
    const returned = await tx
      .insertInto('alerts')
      .values(part)
      .returning(['tenant', 'id', 'number', 'version', 'rule_hash'])
      .execute();
    created.push(...returned.map(({ rule_hash: ruleHash, ...alert }) => ({ ...alert, ruleHash })));
  }
  return created;
}

function alertRow(addition: Addition, deps: FoldDeps): NewRow<'alerts'> {
  const { first } = addition;
  const rule = deps.rules(first.tenant, first.ruleId, first.ruleHash);
  const now = new Date(deps.now);
  return {
    tenant: first.tenant,
    id: addition.target.alertId,
    group_key: addition.groupKey,
    rule_id: first.ruleId,
    rule_hash: first.ruleHash,
    rule_author: shown(rule.author, nameLength),
    rule_license: rule.license === null ? null : shown(rule.license, nameLength),
    rule_source: pgText(rule.source),
    title: shown(rule.title, titleLength),
    severity: rule.severity,
    severity_rank: severityRank(rule.severity),
    status: 'new',
    verdict: null,
    host: shown(first.host, nameLength),
    user_name: shown(addition.user, nameLength),
    source: shown(first.source, nameLength),
    tags: JSON.stringify(rule.tags.map(pgText)),
    owner_id: null,
    owner_name: null,
    detections: addition.count,
    first_event_at: new Date(addition.firstEventAt),
    last_event_at: new Date(addition.lastEventAt),
    created_at: now,
    updated_at: now,
    closed_at: null,
  };
}

/** Adds to the open alerts and to their history; returns them with their new version. */
export async function addToAlerts(
  tx: RecordsTx,
  additions: readonly Addition[],
  now: Instant,
): Promise<readonly Omit<WrittenAlert, 'number' | 'ruleHash'>[]> {
  const rows = additions
    .filter((addition) => addition.target.exists)
    .map((addition) => ({
      tenant: addition.first.tenant,
      id: addition.target.alertId,
      added: addition.count,
      first_at: toIso(addition.firstEventAt),
      last_at: toIso(addition.lastEventAt),
      user_name: shown(addition.user, nameLength),
      history_id: uuidv7(now),
    }));
  if (rows.length === 0) return [];
  const { rows: touched } = await sql<{ tenant: string; id: string; version: number }>`
    with added as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(
        tenant text, id text, added int, first_at timestamptz, last_at timestamptz, user_name text)
    )
    update alerts a set
      detections = a.detections + added.added,
      first_event_at = least(a.first_event_at, added.first_at),
      last_event_at = greatest(a.last_event_at, added.last_at),
      user_name = case when a.user_name = '' then added.user_name else a.user_name end,
      updated_at = ${new Date(now)},
      version = a.version + 1
    from added where a.tenant = added.tenant and a.id = added.id
    returning a.tenant, a.id, a.version`.execute(tx);
  const versions = new Map(touched.map((alert) => [alert.id, alert.version]));
  await noteAdded(
    tx,
    rows.map((row) => ({ ...row, version: versions.get(row.id) })),
    now,
  );
  return touched;
}

/**
 * One `detections_added` entry stands for a whole run: it grows until something else happens to the
 * alert, so that a busy rule can't bury what people did. The latest entry is the one of the alert's
 * version before this change.
 */
async function noteAdded(tx: RecordsTx, rows: readonly object[], now: Instant): Promise<void> {
  await sql`
    with added as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(
        tenant text, id text, added int, version int, history_id text)
    ), grown as (
      update alert_history h set
        at = ${new Date(now)},
        data = h.data || jsonb_build_object(
          'count', (h.data->>'count')::int + added.added, 'version', added.version)
      from added
      where h.tenant = added.tenant and h.alert_id = added.id
        and h.kind = 'detections_added' and (h.data->>'version')::int = added.version - 1
      returning h.tenant, h.alert_id
    )
    insert into alert_history (tenant, alert_id, id, at, actor_kind, actor_id, actor_name, kind, data)
    select added.tenant, added.id, added.history_id, ${new Date(now)}::timestamptz, ${systemActor.kind}::text,
      ${systemActor.id}::text, ${systemActor.name}::text, 'detections_added',
      jsonb_build_object('count', added.added, 'since', ${toIso(now)}::text, 'version', added.version)
    from added
    where not exists (
      select from grown where grown.tenant = added.tenant and grown.alert_id = added.id)`.execute(tx);
}

export async function insertEvidence(tx: RecordsTx, additions: readonly Addition[]): Promise<void> {
  const rows = additions.flatMap(({ first, target, evidence }) =>
    evidence.map(
      ({ detectionId, ruleHash, evidence: event }): NewRow<'alert_evidence'> => ({
        tenant: first.tenant,
        alert_id: target.alertId,
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

function shown(text: string, length: number): string {
  return pgText(text.length > length ? `${text.slice(0, length - 1)}…` : text);
}
