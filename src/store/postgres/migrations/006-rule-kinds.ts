/** Migration 6: kinds of rule documents, alerts that rest on many events, and what correlations remember. */
import type { Migration } from '../migrate.ts';

export const ruleKinds: Migration = {
  name: '006-rule-kinds',
  sql: `
alter table rules add column kind text not null default 'detection'
  check (kind in ('detection', 'correlation', 'filter', 'new_terms'));
alter table alert_evidence drop constraint alert_evidence_pkey;
alter table alert_evidence add primary key (tenant, alert_id, detection_id, event_id);
create table correlation_states (
  tenant text not null, rule_id text not null, rule_hash text not null,
  seq bigint not null, part integer not null check (part >= 0), body bytea not null,
  primary key (tenant, rule_id, part)
);
create table correlation_log (
  tenant text not null, seq bigint not null, received_at timestamptz not null, body bytea not null,
  primary key (tenant, seq)
);`,
};
