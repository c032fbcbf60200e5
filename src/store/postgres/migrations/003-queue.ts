/** Migration 3: the queue (incidents, entities, rows with their counters), and what keeps rules from flooding it. */
import type { Migration } from '../migrate.ts';

const ofRules = `
alter table rules drop constraint rules_state_check;
alter table rules add constraint rules_state_check check (state in ('off', 'observe', 'alert'));
alter table rules
  add column status text not null default '',
  add column pack text not null default 'local',
  add column pack_hash text not null default '',
  add column edited boolean not null default false,
  add column state_origin text not null default 'person' check (state_origin in ('profile', 'person')),
  add column flooding_since timestamptz;
update rules set pack_hash = hash, pack = case when path like 'content/rules/%' then 'starter' else 'local' end;
create index rules_by_pack on rules (tenant, pack);
create table rule_exceptions (
  tenant text not null, id text not null, rule_id text not null,
  fields text not null, reason text not null, owner_id text not null, owner_name text not null,
  created_at timestamptz not null, expires_at timestamptz, excepted integer not null default 0,
  primary key (tenant, id)
);
create index rule_exceptions_by_rule on rule_exceptions (tenant, rule_id);
create table rule_history (
  tenant text not null, rule_id text not null, id text not null, at timestamptz not null,
  actor_kind text not null check (actor_kind in ('person', 'service', 'source', 'system')),
  actor_id text not null, actor_name text not null, kind text not null, data jsonb not null,
  primary key (tenant, rule_id, id)
);
create table rule_days (
  tenant text not null, rule_id text not null, day date not null,
  detections integer not null default 0, observed integer not null default 0,
  excepted integer not null default 0, flooded integer not null default 0,
  primary key (tenant, rule_id, day)
);
create table rule_hours (
  tenant text not null, rule_key text not null, hour timestamptz not null,
  alerts integer not null default 0, flooded integer not null default 0,
  primary key (tenant, rule_key, hour)
);
create table logsource_days (
  tenant text not null, day date not null, product text not null, services text not null,
  categories text not null, events bigint not null,
  primary key (tenant, product, services, categories, day)
);`;

const ofDetections = `
alter table detections alter column alert_id drop not null;
alter table detections
  add column outcome text not null default 'alert' check (outcome in ('alert', 'observed', 'excepted', 'flooded')),
  add column exception_id text,
  add column host text not null default '',
  add column user_name text not null default '',
  add column source text not null default '',
  add constraint detections_alert_or_not check ((outcome = 'alert') = (alert_id is not null));
update detections d set host = a.host, user_name = a.user_name, source = a.source
  from alerts a where a.tenant = d.tenant and a.id = d.alert_id;
create index detections_by_rule on detections (tenant, rule_id, event_time desc, id desc);
insert into rule_days (tenant, rule_id, day, detections)
  select tenant, rule_id, (event_time at time zone 'UTC')::date, count(*) from detections group by 1, 2, 3;`;

const ofAlerts = `
alter table alerts drop constraint alerts_status_check;
alter table alerts add constraint alerts_status_check check (status in ('new', 'in_triage', 'waiting', 'closed'));
alter table alerts
  add column kind text not null default 'rule' check (kind in ('rule', 'finding', 'manual', 'visibility')),
  add column description text not null default '',
  add column rule_key text not null default '',
  add column entity_kind text not null default 'source' check (entity_kind in ('host', 'user', 'ip', 'source')),
  add column entity_id text not null default '',
  add column priority integer not null default 0 check (priority between 0 and 100),
  add column priority_reasons jsonb not null default '[]',
  add column waiting_for text, add column waiting_until timestamptz,
  add column acknowledged_at timestamptz,
  add column incident_id text, add column incident_number bigint,
  add column apart boolean not null default false,
  add column closed_with text,
  add column predecessor_id text, add column predecessor_number bigint,
  add column vendor_product text, add column vendor_uid text, add column vendor_status text,
  add column vendor_link text,
  add constraint alerts_waiting_says_for_what
    check (status <> 'waiting' or (waiting_for is not null and waiting_until is not null));
update alerts set
  rule_key = rule_id,
  entity_kind = case when host <> '' then 'host' when user_name <> '' then 'user' else 'source' end,
  entity_id = case when host <> '' then lower(host) when user_name <> '' then lower(user_name) else source end,
  priority = (array[10, 25, 45, 65, 80])[severity_rank + 1],
  priority_reasons = jsonb_build_array(jsonb_build_object('factor', 'severity',
    'points', (array[10, 25, 45, 65, 80])[severity_rank + 1], 'text', 'rule says ' || severity)),
  acknowledged_at = case when status <> 'new' then updated_at end;
drop index alerts_open_group;
create index alerts_by_group on alerts (tenant, group_key, number desc);
create index alerts_of_incident on alerts (tenant, incident_id) where incident_id is not null;
create index alerts_waiting on alerts (waiting_until) where status = 'waiting';
create index alerts_by_rule_key on alerts (tenant, rule_key, status);
create table alert_entities (
  tenant text not null, alert_id text not null,
  kind text not null check (kind in ('host', 'user', 'ip')), id text not null, name text not null,
  grouping boolean not null,
  primary key (tenant, alert_id, kind, id),
  foreign key (tenant, alert_id) references alerts (tenant, id) on delete cascade deferrable initially deferred
);
create index alert_entities_by_entity on alert_entities (tenant, kind, id);
insert into alert_entities (tenant, alert_id, kind, id, name, grouping)
  select tenant, id, 'host', lower(host), host, true from alerts where host <> ''
  union all
  select tenant, id, 'user', lower(user_name), user_name, false from alerts where user_name <> '';`;

const incidents = `
create table incidents (
  tenant text not null, id text not null,
  number bigint generated by default as identity,
  title text not null, titled boolean not null default false, description text not null default '',
  origin text not null check (origin in ('automatic', 'manual')),
  reason text not null default '', entities jsonb not null default '[]',
  severity text not null check (severity in ('informational', 'low', 'medium', 'high', 'critical')),
  severity_rank integer not null check (severity_rank between 0 and 4),
  own_severity_rank integer not null default 0 check (own_severity_rank between 0 and 4),
  priority integer not null check (priority between 0 and 100),
  priority_reasons jsonb not null default '[]',
  status text not null check (status in ('new', 'in_triage', 'waiting', 'closed')),
  verdict text check (verdict in ('true_positive', 'benign_positive', 'false_positive', 'inconclusive')),
  waiting_for text, waiting_until timestamptz,
  owner_id text, owner_name text, alerts integer not null default 0,
  first_event_at timestamptz not null, last_event_at timestamptz not null,
  created_at timestamptz not null, updated_at timestamptz not null,
  acknowledged_at timestamptz, closed_at timestamptz,
  version integer not null default 1,
  primary key (tenant, id),
  unique (tenant, number),
  constraint incidents_closed_says_what_it_was
    check (status <> 'closed' or (verdict is not null and closed_at is not null)),
  constraint incidents_waiting_says_for_what
    check (status <> 'waiting' or (waiting_for is not null and waiting_until is not null))
);
create index incidents_waiting on incidents (waiting_until) where status = 'waiting';
create table incident_history (
  tenant text not null, incident_id text not null, id text not null, at timestamptz not null,
  actor_kind text not null check (actor_kind in ('person', 'service', 'source', 'system')),
  actor_id text not null, actor_name text not null, kind text not null, data jsonb not null,
  primary key (tenant, incident_id, id),
  foreign key (tenant, incident_id) references incidents (tenant, id) deferrable initially deferred
);`;

const entities = `
create table entities (
  tenant text not null, kind text not null check (kind in ('host', 'user', 'ip')), id text not null,
  name text not null, owner text not null default '', role text not null default '',
  value integer check (value between 1 and 5), tags jsonb not null default '[]',
  imported boolean not null default false,
  first_seen_at timestamptz not null, updated_at timestamptz not null,
  primary key (tenant, kind, id)
);
create index entities_by_name on entities (tenant, lower(name), kind, id);
create table entity_aliases (
  tenant text not null, kind text not null check (kind in ('host', 'user', 'ip')), alias text not null,
  entity_kind text not null, entity_id text not null, imported boolean not null default false,
  primary key (tenant, kind, alias),
  foreign key (tenant, entity_kind, entity_id) references entities (tenant, kind, id) deferrable initially deferred
);
create index entity_aliases_of on entity_aliases (tenant, entity_kind, entity_id);
create table never_group (
  tenant text not null, id text not null, kind text not null check (kind in ('host', 'user', 'ip')),
  pattern text not null, reason text not null, created_by text not null, created_at timestamptz not null,
  primary key (tenant, id),
  unique (tenant, kind, pattern)
);`;

/** The counters hold, for each value of a facet, the rows by status, owner ('' for none) and severity. */
const queue = `
create table queue_rows (
  tenant text not null, id text not null, kind text not null check (kind in ('incident', 'alert')),
  number bigint not null, title text not null, reason text not null default '',
  severity_rank integer not null, priority integer not null, priority_reasons jsonb not null,
  status text not null, open boolean not null, waiting_for text, waiting_until timestamptz,
  verdict text, owner_id text not null default '', owner_name text,
  alerts integer not null, detections integer not null, facts jsonb not null,
  rule_count integer not null, host_count integer not null, user_count integer not null,
  terms text[] not null, search text not null,
  first_event_at timestamptz not null, last_event_at timestamptz not null,
  created_at timestamptz not null, updated_at timestamptz not null, version integer not null,
  primary key (tenant, id)
);
create table queue_counts (
  tenant text not null, facet text not null, value text not null,
  status text not null, owner_id text not null, severity_rank integer not null, rows integer not null,
  primary key (tenant, facet, value, status, owner_id, severity_rank)
);
create table operations (
  tenant text not null, id text not null, actor_id text not null, at timestamptz not null,
  action text not null, items jsonb not null, undone_at timestamptz,
  primary key (tenant, id)
);
create index operations_by_time on operations (at);`;

/**
 * Rows and counters of lone alerts, from the alerts themselves: of those that were there before the
 * queue. The same as `features/alerts/rows-of.ts` makes of them; a test holds both against each other.
 */
export const fillQueueSql = `
insert into queue_rows (tenant, id, kind, number, title, severity_rank, priority, priority_reasons, status, open,
    waiting_for, waiting_until, verdict, owner_id, owner_name, alerts, detections, facts,
    rule_count, host_count, user_count, terms, search,
    first_event_at, last_event_at, created_at, updated_at, version)
  select tenant, id, 'alert', number, title, severity_rank, priority, priority_reasons, status, status <> 'closed',
    waiting_for, waiting_until, verdict, coalesce(owner_id, ''), owner_name, 1, detections,
    jsonb_build_object(
      'rules', case when rule_key = '' then '[]'::jsonb else jsonb_build_array(jsonb_build_object('id', rule_key, 'name', title)) end,
      'hosts', case when host = '' then '[]'::jsonb else jsonb_build_array(jsonb_build_object('id', lower(host), 'name', host)) end,
      'users', case when user_name = '' then '[]'::jsonb else jsonb_build_array(jsonb_build_object('id', lower(user_name), 'name', user_name)) end,
      'sources', jsonb_build_array(source), 'tags', tags),
    (rule_key <> '')::int, (host <> '')::int, (user_name <> '')::int,
    array(select term from unnest(array[
      case when rule_key <> '' then 'rule=' || rule_key end, case when host <> '' then 'host=' || lower(host) end,
      case when user_name <> '' then 'user=' || lower(user_name) end, 'source=' || source]) term where term is not null)
      || array(select 'tag=' || tag from jsonb_array_elements_text(tags) tag),
    lower('alr-' || number || ' ' || title || ' ' || host || ' ' || user_name),
    first_event_at, last_event_at, created_at, updated_at, version
  from alerts where incident_id is null and not exists (
    select from queue_rows q where q.tenant = alerts.tenant and q.id = alerts.id);
delete from queue_counts;
insert into queue_counts (tenant, facet, value, status, owner_id, severity_rank, rows)
  select tenant, facet, value, status, owner_id, severity_rank, count(*) from (
    select tenant, status, owner_id, severity_rank, '' as facet, '' as value from queue_rows
    union all
    select tenant, status, owner_id, severity_rank, 'kind', kind from queue_rows
    union all
    select tenant, status, owner_id, severity_rank, 'alert_day', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') from queue_rows
    union all
    select tenant, status, owner_id, severity_rank, 'event_day', to_char(last_event_at at time zone 'UTC', 'YYYY-MM-DD') from queue_rows
    union all
    select tenant, status, owner_id, severity_rank, split_part(term, '=', 1), substr(term, strpos(term, '=') + 1)
      from queue_rows, unnest(terms) term
  ) cells group by 1, 2, 3, 4, 5, 6;`;

/** Made after the rows are there: building an index at once is many times faster than growing it row by row. */
export const queueIndexesSql = `
create index queue_rows_priority on queue_rows (tenant, open, priority desc, created_at desc, id desc);
create index queue_rows_any on queue_rows (tenant, priority desc, created_at desc, id desc);
create index queue_rows_newest on queue_rows (tenant, open, created_at desc, id desc);
create index queue_rows_event on queue_rows (tenant, open, last_event_at desc, id desc);
create index queue_rows_owner on queue_rows (tenant, open, owner_id, priority desc, created_at desc, id desc);
create index queue_rows_terms on queue_rows using gin (terms);
create index queue_counts_top on queue_counts (tenant, facet, status, owner_id, severity_rank, rows desc, value);`;

export const queueMigration: Migration = {
  name: '003-queue',
  sql: [ofRules, ofDetections, ofAlerts, incidents, entities, queue, fillQueueSql, queueIndexesSql].join(
    '\n',
  ),
};
