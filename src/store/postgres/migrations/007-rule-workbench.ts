/** Migration 7: texts that a rule had, with who wrote them and why, and the events that prove it. */
import type { Migration } from '../migrate.ts';

export const ruleWorkbench: Migration = {
  name: '007-rule-workbench',
  sql: `
create table rule_versions (
  tenant text not null, rule_id text not null, number integer not null check (number > 0),
  hash text not null, source text not null, at timestamptz not null,
  actor_kind text not null check (actor_kind in ('person', 'service', 'source', 'system')),
  actor_id text not null, actor_name text not null, message text not null,
  primary key (tenant, rule_id, number)
);
insert into rule_versions
  select tenant, id, 1, hash, source, loaded_at, 'system', 'system', 'Watchfloor',
    case when edited then 'As it was, edited, when versions began to be kept' else '' end
  from rules;
create table rule_evidence (
  tenant text not null, rule_id text not null, id text not null,
  expect text not null check (expect in ('match', 'miss')), why text not null,
  record text not null, event text not null, origin text not null check (origin in ('pack', 'person')),
  rule_version integer not null, added_at timestamptz not null, added_by text not null,
  primary key (tenant, rule_id, id)
);`,
};
