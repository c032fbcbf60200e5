/**
 * Tables of the records store, as kysely sees them. The migrations in `store/postgres/migrations`
 * make them; a test holds both against each other.
 *
 * Every table has `tenant` first in its key. Times are `timestamptz`, read as Date. Text that came
 * from outside is kept free of U+0000 (PostgreSQL can't hold it) by `pgText` at the writer.
 */
import type { ColumnType, Generated, Insertable, Selectable } from 'kysely';
import type { EntityRef } from '../model/entity.ts';
import type { PriorityReason } from '../model/priority.ts';

type Timestamp = ColumnType<Date, Date | string, Date | string>;
/** JSON that we made ourselves. */
type Json<T> = ColumnType<T, string, string>;
/** With a default. */
type DefaultedJson<T> = ColumnType<T, string | undefined, string>;

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
  state: 'off' | 'observe' | 'alert';
  /** The YAML document as loaded. */
  source: string;
  loaded_at: Timestamp;
  version: Generated<number>;
  kind: Generated<'detection' | 'correlation' | 'filter' | 'new_terms'>;
  /** Sigma's `status`, or ''. */
  status: Generated<string>;
  pack: Generated<string>;
  /** Hash of the text as its pack brought it last. */
  pack_hash: Generated<string>;
  edited: Generated<boolean>;
  state_origin: Generated<'profile' | 'person'>;
  flooding_since: Timestamp | null;
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
  /** Null unless `outcome` is 'alert'. */
  alert_id: string | null;
  created_at: Timestamp;
  outcome: Generated<'alert' | 'observed' | 'excepted' | 'flooded'>;
  exception_id: string | null;
  host: Generated<string>;
  user_name: Generated<string>;
  source: Generated<string>;
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
  kind: Generated<'rule' | 'finding' | 'manual' | 'visibility'>;
  description: Generated<string>;
  /** Rule id, the product of a finding, or '': what facets and caps count by. */
  rule_key: Generated<string>;
  entity_kind: Generated<'host' | 'user' | 'ip' | 'source'>;
  entity_id: Generated<string>;
  priority: Generated<number>;
  priority_reasons: DefaultedJson<readonly PriorityReason[]>;
  waiting_for: string | null;
  waiting_until: Timestamp | null;
  acknowledged_at: Timestamp | null;
  incident_id: string | null;
  /** That of its incident's key. */
  incident_number: number | null;
  /** A person took it out of an incident: nothing but a person puts it into one again. */
  apart: Generated<boolean>;
  /** The incident whose closing closed it: reopening that opens it again. */
  closed_with: string | null;
  predecessor_id: string | null;
  predecessor_number: number | null;
  vendor_product: string | null;
  vendor_uid: string | null;
  vendor_status: string | null;
  vendor_link: string | null;
}

export interface AlertEntitiesTable {
  tenant: string;
  alert_id: string;
  kind: 'host' | 'user' | 'ip';
  /** Canonical name. */
  id: string;
  name: string;
  /** False for what never makes alerts belong together. */
  grouping: boolean;
}

export interface IncidentsTable {
  tenant: string;
  id: string;
  /** Number of the display key `INC-n`. */
  number: Generated<number>;
  title: string;
  /** A person chose the title: it is kept. */
  titled: Generated<boolean>;
  description: Generated<string>;
  origin: 'automatic' | 'manual';
  reason: Generated<string>;
  entities: DefaultedJson<readonly EntityRef[]>;
  severity: string;
  severity_rank: number;
  /** What a person said at making it, the least that it can have. */
  own_severity_rank: Generated<number>;
  priority: number;
  priority_reasons: DefaultedJson<readonly PriorityReason[]>;
  status: string;
  verdict: string | null;
  waiting_for: string | null;
  waiting_until: Timestamp | null;
  owner_id: string | null;
  owner_name: string | null;
  alerts: Generated<number>;
  first_event_at: Timestamp;
  last_event_at: Timestamp;
  created_at: Timestamp;
  updated_at: Timestamp;
  acknowledged_at: Timestamp | null;
  closed_at: Timestamp | null;
  version: Generated<number>;
}

export interface IncidentHistoryTable {
  tenant: string;
  incident_id: string;
  id: string;
  at: Timestamp;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  kind: string;
  data: Json<Readonly<Record<string, unknown>>>;
}

export interface EntitiesTable {
  tenant: string;
  kind: 'host' | 'user' | 'ip';
  id: string;
  name: string;
  owner: Generated<string>;
  role: Generated<string>;
  value: number | null;
  tags: DefaultedJson<readonly string[]>;
  imported: Generated<boolean>;
  first_seen_at: Timestamp;
  updated_at: Timestamp;
  /** Time of the newest event that called an account by `name` beside its SID; null where none has. */
  named_at: Generated<Date | null>;
}

/** Every name of an entity, its own too. */
export interface EntityAliasesTable {
  tenant: string;
  kind: 'host' | 'user' | 'ip';
  /** In lower case. */
  alias: string;
  entity_kind: 'host' | 'user' | 'ip';
  entity_id: string;
  imported: Generated<boolean>;
}

export interface NeverGroupTable {
  tenant: string;
  id: string;
  kind: 'host' | 'user' | 'ip';
  pattern: string;
  reason: string;
  created_by: string;
  created_at: Timestamp;
}

/** What the queue shows of an incident or a lone alert, written with every change of either. */
export interface QueueRowsTable {
  tenant: string;
  id: string;
  kind: 'incident' | 'alert';
  number: number;
  title: string;
  reason: string;
  severity_rank: number;
  priority: number;
  priority_reasons: Json<readonly PriorityReason[]>;
  status: string;
  open: boolean;
  waiting_for: string | null;
  waiting_until: Timestamp | null;
  verdict: string | null;
  /** '' for none. */
  owner_id: string;
  owner_name: string | null;
  alerts: number;
  detections: number;
  facts: Json<QueueFacts>;
  rule_count: number;
  host_count: number;
  user_count: number;
  /** `FACET=VALUE` for rule, host, user, source and tag. */
  terms: string[];
  /** Lower case: what a text filter looks in. */
  search: string;
  first_event_at: Timestamp;
  last_event_at: Timestamp;
  created_at: Timestamp;
  updated_at: Timestamp;
  version: number;
}

export interface QueueFacts {
  readonly rules: readonly { readonly id: string; readonly name: string }[];
  readonly hosts: readonly { readonly id: string; readonly name: string }[];
  readonly users: readonly { readonly id: string; readonly name: string }[];
  readonly sources: readonly string[];
  readonly tags: readonly string[];
}

/** Rows of the queue by facet value, status, owner and severity; kept with the rows. */
export interface QueueCountsTable {
  tenant: string;
  facet: string;
  value: string;
  status: string;
  owner_id: string;
  severity_rank: number;
  rows: number;
}

/** A bulk change, with what it needs to be undone. */
export interface OperationsTable {
  tenant: string;
  id: string;
  actor_id: string;
  at: Timestamp;
  action: string;
  items: Json<readonly unknown[]>;
  undone_at: Timestamp | null;
}

export interface RuleExceptionsTable {
  tenant: string;
  id: string;
  rule_id: string;
  /** JSON text: what people typed may hold what jsonb refuses. */
  fields: string;
  reason: string;
  owner_id: string;
  owner_name: string;
  created_at: Timestamp;
  expires_at: Timestamp | null;
  excepted: Generated<number>;
}

export interface RuleHistoryTable {
  tenant: string;
  rule_id: string;
  id: string;
  at: Timestamp;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  kind: string;
  data: Json<Readonly<Record<string, unknown>>>;
}

/** Detections of a rule by UTC day of event time. */
export interface RuleDaysTable {
  tenant: string;
  rule_id: string;
  day: ColumnType<string, string, string>;
  detections: Generated<number>;
  observed: Generated<number>;
  excepted: Generated<number>;
  flooded: Generated<number>;
}

/** Alerts that a rule opened, by hour of processing: what the cap counts. */
export interface RuleHoursTable {
  tenant: string;
  rule_key: string;
  hour: Timestamp;
  alerts: Generated<number>;
  flooded: Generated<number>;
}

/** Events by what Sigma calls their logsource and UTC day of receipt. */
export interface LogsourceDaysTable {
  tenant: string;
  day: ColumnType<string, string, string>;
  product: string;
  /** Joined with commas. */
  services: string;
  categories: string;
  events: ColumnType<number, number, number>;
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

/** A text that a rule had; the newest is the one of its row. */
export interface RuleVersionsTable {
  tenant: string;
  rule_id: string;
  /** From 1; goes on where a rule was removed and came again. */
  number: number;
  hash: string;
  source: string;
  at: Timestamp;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  message: string;
}

/** An event that a rule has to match, or must not. */
export interface RuleEvidenceTable {
  tenant: string;
  rule_id: string;
  id: string;
  expect: 'match' | 'miss';
  why: string;
  /** As it was given, for people. */
  record: string;
  /** JSON text of the fields and the logsource that the rule is held against. */
  event: string;
  /** `pack`: came with the rule, and goes with its next load. */
  origin: 'pack' | 'person';
  /** Number of the text that it was added to. */
  rule_version: number;
  added_at: Timestamp;
  added_by: string;
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
  alert_entities: AlertEntitiesTable;
  incidents: IncidentsTable;
  incident_history: IncidentHistoryTable;
  entities: EntitiesTable;
  entity_aliases: EntityAliasesTable;
  never_group: NeverGroupTable;
  queue_rows: QueueRowsTable;
  queue_counts: QueueCountsTable;
  operations: OperationsTable;
  rule_exceptions: RuleExceptionsTable;
  rule_history: RuleHistoryTable;
  rule_days: RuleDaysTable;
  rule_hours: RuleHoursTable;
  logsource_days: LogsourceDaysTable;
  source_watch: SourceWatchTable;
  correlation_states: CorrelationStatesTable;
  correlation_log: CorrelationLogTable;
  rule_versions: RuleVersionsTable;
  rule_evidence: RuleEvidenceTable;
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
  'alert_entities',
  'incidents',
  'incident_history',
  'entities',
  'entity_aliases',
  'never_group',
  'queue_rows',
  'queue_counts',
  'operations',
  'rule_exceptions',
  'rule_history',
  'rule_days',
  'rule_hours',
  'logsource_days',
  'source_watch',
  'correlation_states',
  'correlation_log',
  'rule_versions',
  'rule_evidence',
] as const satisfies readonly (keyof RecordsSchema)[];

export type Row<T extends keyof RecordsSchema> = Selectable<RecordsSchema[T]>;
export type NewRow<T extends keyof RecordsSchema> = Insertable<RecordsSchema[T]>;

/** PostgreSQL text can't hold U+0000; it becomes its visible symbol U+2400. Lone surrogates become U+FFFD. */
export function pgText(text: string): string {
  return text.replaceAll('\u0000', '\u2400').toWellFormed();
}
