/**
 * Tables of the records store, as kysely sees them. The migrations in `store/postgres/migrations`
 * make them; a test holds both against each other.
 *
 * Every table has `tenant` first in its key. Times are `timestamptz`, read as Date. Text that came
 * from outside is kept free of U+0000 (PostgreSQL can't hold it) by `pgText` at the writer.
 */
import type { ColumnType, Generated, Insertable, Selectable } from 'kysely';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** JSON that we made ourselves. */
type Json<T> = ColumnType<T, string, string>;

export interface MetaTable {
  key: string;
  value: string;
}

/** Durable position of a consumer: everything up to `seq` is dealt with. */
export interface CursorsTable {
  name: string;
  seq: ColumnType<number, number, number>;
  updated_at: Timestamp;
}

/** Block-wise reservation of the ingest sequence: everything below `reserved_to` may have been used. */
export interface SequencesTable {
  name: string;
  reserved_to: ColumnType<number, number, number>;
}

export interface ContextsTable {
  tenant: string;
  id: string;
  /** RecordContext without its id, canonical JSON. */
  body: string;
  created_at: Timestamp;
}

export interface SourcesTable {
  tenant: string;
  /** SourceId. */
  id: string;
  description: string;
  created_at: Timestamp;
  version: Generated<number>;
}

export interface IdentitiesTable {
  tenant: string;
  id: string;
  kind: 'person' | 'service' | 'source';
  name: string;
  roles: Json<readonly string[]>;
  disabled: Generated<boolean>;
  created_at: Timestamp;
  version: Generated<number>;
}

export interface CredentialsTable {
  tenant: string;
  /** SHA-256 of the secret, hex. The secret itself is never stored. */
  hash: string;
  identity_id: string;
  kind: 'session' | 'api_token' | 'source_token' | 'sign_in_link';
  created_at: Timestamp;
  expires_at: Timestamp | null;
  /** Sign-in links: set when used, after which it opens nothing. */
  used_at: Timestamp | null;
  last_seen_at: Timestamp | null;
}

export interface RulesTable {
  tenant: string;
  id: string;
  hash: string;
  title: string;
  severity: string;
  author: string;
  description: string;
  logsource: Json<Readonly<Record<string, string>>>;
  tags: Json<readonly string[]>;
  references_: Json<readonly string[]>;
  falsepositives: Json<readonly string[]>;
  license: string | null;
  path: string;
  state: 'off' | 'alert';
  /** The YAML document as loaded. */
  source: string;
  loaded_at: Timestamp;
  version: Generated<number>;
  kind: Generated<'detection' | 'correlation' | 'filter' | 'new_terms'>;
}

export interface DetectionsTable {
  tenant: string;
  id: string;
  rule_id: string;
  rule_hash: string;
  event_id: string;
  seq: ColumnType<number, number, number>;
  idx: number;
  event_time: Timestamp;
  alert_id: string;
  created_at: Timestamp;
}

export interface AlertsTable {
  tenant: string;
  id: string;
  /** Number of the display key `ALR-n`; per tenant, without promise of no gaps. */
  number: Generated<number>;
  /** What folds detections into one open alert (ADR 8). */
  group_key: string;
  rule_id: string;
  rule_hash: string;
  rule_author: string;
  rule_license: string | null;
  rule_source: string;
  title: string;
  severity: string;
  severity_rank: number;
  status: string;
  verdict: string | null;
  host: string;
  user_name: string;
  source: string;
  tags: Json<readonly string[]>;
  owner_id: string | null;
  owner_name: string | null;
  detections: number;
  first_event_at: Timestamp;
  last_event_at: Timestamp;
  created_at: Timestamp;
  updated_at: Timestamp;
  closed_at: Timestamp | null;
  version: Generated<number>;
}

export interface AlertEvidenceTable {
  tenant: string;
  alert_id: string;
  event_id: string;
  detection_id: string;
  event_time: Timestamp;
  received_at: Timestamp;
  raw: Buffer;
  sha256: string;
  /** JSON text, not jsonb: foreign text may hold \u0000, which jsonb refuses. */
  native: string;
  matched: string;
  rule_hash: string;
  parser: string;
}

export interface AlertHistoryTable {
  tenant: string;
  alert_id: string;
  id: string;
  at: Timestamp;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  kind: string;
  data: Json<Readonly<Record<string, unknown>>>;
}

/** Append-only; a trigger refuses update and delete. */
export interface AuditTable {
  tenant: string;
  id: string;
  at: Timestamp;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  action: string;
  resource: string;
  resource_id: string;
  outcome: 'ok' | 'denied' | 'failed';
  /** Never secrets, never raw events. */
  details: Json<Readonly<Record<string, unknown>>>;
  /** Peer address of the request; '' inside the service. */
  peer: string;
}

/** Domain events, written with the change they tell of; one dispatcher reads them in order of id. */
export interface OutboxTable {
  id: Generated<number>;
  tenant: string;
  at: Timestamp;
  type: string;
  payload: Json<Readonly<Record<string, unknown>>>;
  dispatched_at: Timestamp | null;
}

/** What the stateful rules remembered when the log was last cut: the parts of each in order. */
export interface CorrelationStatesTable {
  tenant: string;
  rule_id: string;
  rule_hash: string;
  /** The consumer's cursor at that moment. */
  seq: ColumnType<number, number, number>;
  part: number;
  body: Buffer;
}

/** What was observed since then, one row per batch: with the states, it makes the memory of the cursor's position. */
export interface CorrelationLogTable {
  tenant: string;
  seq: ColumnType<number, number, number>;
  received_at: Timestamp;
  /** Observations as gzip of JSON. */
  body: Buffer;
}

export interface LegalHoldsTable {
  tenant: string;
  id: string;
  reason: string;
  /** UTC days of receipt, inclusive. */
  from_day: string;
  to_day: string;
  created_by: string;
  created_at: Timestamp;
  released_at: Timestamp | null;
}

export interface SourceWatchTable {
  tenant: string;
  /** SourceId; also of sources that are only names of imports. */
  source: string;
  expect: 'auto' | 'off' | 'set';
  pause_ms: ColumnType<number | null, number | null, number | null>;
  /** Last receipt before the silence that an alert was raised for; null while it sends. */
  silent_since: Timestamp | null;
  version: number;
}

export interface RecordsSchema {
  meta: MetaTable;
  cursors: CursorsTable;
  sequences: SequencesTable;
  contexts: ContextsTable;
  sources: SourcesTable;
  identities: IdentitiesTable;
  credentials: CredentialsTable;
  rules: RulesTable;
  detections: DetectionsTable;
  alerts: AlertsTable;
  alert_evidence: AlertEvidenceTable;
  alert_history: AlertHistoryTable;
  audit: AuditTable;
  outbox: OutboxTable;
  legal_holds: LegalHoldsTable;
  source_watch: SourceWatchTable;
  correlation_states: CorrelationStatesTable;
  correlation_log: CorrelationLogTable;
}

/** Every table, in the order in which a dump writes them and a restore fills them. */
export const recordsTables = [
  'meta',
  'cursors',
  'sequences',
  'contexts',
  'sources',
  'identities',
  'credentials',
  'rules',
  'alerts',
  'detections',
  'alert_evidence',
  'alert_history',
  'audit',
  'outbox',
  'legal_holds',
  'source_watch',
  'correlation_states',
  'correlation_log',
] as const satisfies readonly (keyof RecordsSchema)[];

export type Row<T extends keyof RecordsSchema> = Selectable<RecordsSchema[T]>;
export type NewRow<T extends keyof RecordsSchema> = Insertable<RecordsSchema[T]>;

/** PostgreSQL text can't hold U+0000; it becomes its visible symbol U+2400. Lone surrogates become U+FFFD. */
export function pgText(text: string): string {
  return text.replaceAll('\u0000', '\u2400').toWellFormed();
}
