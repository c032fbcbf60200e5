/** Rows of alerts, incidents and the queue as the model's nouns. */
import type {
  AlertEvidence,
  AlertSummary,
  HistoryEntry,
  Standing,
  VendorFacts,
  Waiting,
} from '../../model/alert.ts';
import type { IncidentSummary } from '../../model/incident.ts';
import type { QueueRow } from '../../model/queue.ts';
import { type Severity, severities } from '../../model/severity.ts';
import type { Row } from '../../store/schema.ts';

const keyPrefix = 'ALR-';
const incidentPrefix = 'INC-';

export function alertKey(number: number): string {
  return `${keyPrefix}${number}`;
}

export function incidentKey(number: number): string {
  return `${incidentPrefix}${number}`;
}

/** The number of a display key of an incident (`INC-7`, in any case), or null for what is not one. */
export function incidentNumber(text: string): number | null {
  const digits = /^inc-(\d{1,9})$/i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The number of a display key (`ALR-42`, in any case), or null for what is not one. */
export function keyNumber(text: string): number | null {
  const digits = /^alr-(\d{1,9})$/i.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}

type StandingColumns = Pick<
  Row<'queue_rows'>,
  | 'priority'
  | 'priority_reasons'
  | 'status'
  | 'waiting_for'
  | 'waiting_until'
  | 'verdict'
  | 'owner_name'
  | 'first_event_at'
  | 'last_event_at'
  | 'created_at'
  | 'updated_at'
  | 'version'
> & { readonly owner_id: string | null };

/** `owner_id`: '' or null for nobody. */
function standingOf(row: StandingColumns, severity: Severity): Standing {
  return {
    severity,
    priority: row.priority,
    priorityReasons: row.priority_reasons,
    status: row.status as Standing['status'],
    waiting: toWaiting(row),
    verdict: row.verdict as Standing['verdict'],
    owner: row.owner_id === '' ? null : row.owner_id,
    ownerName: row.owner_name,
    firstEventAt: row.first_event_at.getTime(),
    lastEventAt: row.last_event_at.getTime(),
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    version: row.version,
  };
}

export function toSummary(row: Row<'alerts'>): AlertSummary {
  return {
    ...standingOf(row, row.severity as Severity),
    id: row.id as AlertSummary['id'],
    key: alertKey(row.number),
    kind: row.kind,
    title: row.title,
    description: row.description,
    ruleId: row.rule_id as AlertSummary['ruleId'],
    ruleAuthor: row.rule_author,
    host: row.host,
    user: row.user_name,
    entity: { kind: row.entity_kind, id: row.entity_id },
    tags: row.tags,
    source: row.source,
    vendor: toVendor(row),
    incident:
      row.incident_id === null || row.incident_number === null
        ? null
        : { id: row.incident_id, key: incidentKey(row.incident_number) },
    predecessor:
      row.predecessor_id === null || row.predecessor_number === null
        ? null
        : { id: row.predecessor_id, key: alertKey(row.predecessor_number) },
    detections: row.detections,
    acknowledgedAt: row.acknowledged_at?.getTime() ?? null,
    closedAt: row.closed_at?.getTime() ?? null,
  };
}

export function toWaiting(row: Pick<Row<'alerts'>, 'waiting_for' | 'waiting_until'>): Waiting | null {
  return row.waiting_for === null || row.waiting_until === null
    ? null
    : { for: row.waiting_for, until: row.waiting_until.getTime() };
}

function toVendor(row: Row<'alerts'>): VendorFacts | null {
  if (row.vendor_product === null) return null;
  return {
    product: row.vendor_product,
    uid: row.vendor_uid ?? '',
    status: (row.vendor_status ?? 'unknown') as VendorFacts['status'],
    link: row.vendor_link,
  };
}

export function toIncident(row: Row<'incidents'>): IncidentSummary {
  return {
    ...standingOf(row, row.severity as Severity),
    id: row.id as IncidentSummary['id'],
    key: incidentKey(row.number),
    title: row.title,
    description: row.description,
    origin: row.origin,
    reason: row.reason,
    entities: row.entities,
    alerts: row.alerts,
    acknowledgedAt: row.acknowledged_at?.getTime() ?? null,
    closedAt: row.closed_at?.getTime() ?? null,
  };
}

export function toQueueRow(row: Row<'queue_rows'>): QueueRow {
  return {
    ...standingOf(row, severities[row.severity_rank] ?? 'medium'),
    kind: row.kind,
    id: row.id,
    key: row.kind === 'incident' ? incidentKey(row.number) : alertKey(row.number),
    title: row.title,
    reason: row.reason,
    alerts: row.alerts,
    detections: row.detections,
    rules: row.facts.rules,
    hosts: row.facts.hosts,
    users: row.facts.users,
    sources: row.facts.sources,
    tags: row.facts.tags,
    ruleCount: row.rule_count,
    hostCount: row.host_count,
    userCount: row.user_count,
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
