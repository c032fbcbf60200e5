/** Alert rows of the records store as the model's nouns. */
import type { AlertEvidence, AlertSummary, HistoryEntry } from '../../model/alert.ts';
import type { Row } from '../../store/schema.ts';

const keyPrefix = 'ALR-';

export function alertKey(number: number): string {
  return `${keyPrefix}${number}`;
}

/** The number of a display key (`ALR-42`, in any case), or null for what is not one. */
export function keyNumber(text: string): number | null {
  const digits = /^alr-(\d{1,9})$/i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function toSummary(row: Row<'alerts'>): AlertSummary {
  return {
    id: row.id as AlertSummary['id'],
    key: alertKey(row.number),
    title: row.title,
    severity: row.severity as AlertSummary['severity'],
    status: row.status as AlertSummary['status'],
    verdict: row.verdict as AlertSummary['verdict'],
    ruleId: row.rule_id as AlertSummary['ruleId'],
    ruleAuthor: row.rule_author,
    host: row.host,
    user: row.user_name,
    tags: row.tags,
    source: row.source,
    owner: row.owner_id,
    ownerName: row.owner_name,
    detections: row.detections,
    firstEventAt: row.first_event_at.getTime(),
    lastEventAt: row.last_event_at.getTime(),
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    closedAt: row.closed_at?.getTime() ?? null,
    version: row.version,
  };
}

export function toEvidence(row: Row<'alert_evidence'>): AlertEvidence {
  return {
    eventId: row.event_id as AlertEvidence['eventId'],
    time: row.event_time.getTime(),
    receivedAt: row.received_at.getTime(),
    raw: row.raw.toString('utf8'),
    sha256: row.sha256,
    native: JSON.parse(row.native) as AlertEvidence['native'],
    matched: JSON.parse(row.matched) as AlertEvidence['matched'],
    ruleHash: row.rule_hash,
    parser: row.parser,
  };
}

export function toHistory(row: Row<'alert_history'>): HistoryEntry {
  return {
    id: row.id,
    at: row.at.getTime(),
    actor: {
      kind: row.actor_kind as HistoryEntry['actor']['kind'],
      id: row.actor_id,
      name: row.actor_name,
    },
    kind: row.kind as HistoryEntry['kind'],
    data: row.data,
  };
}
