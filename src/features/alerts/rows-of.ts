/** What an alert's or incident's row in the queue says: pure, from the alerts themselves. */
import type { NewRow, QueueFacts, Row } from '../../store/schema.ts';
import { alertKey, incidentKey } from './rows.ts';

/** The columns of an alert that rows and incidents are made of. */
export const memberColumns = [
  'id',
  'number',
  'title',
  'kind',
  'rule_key',
  'severity',
  'severity_rank',
  'priority',
  'priority_reasons',
  'status',
  'verdict',
  'waiting_for',
  'waiting_until',
  'owner_id',
  'owner_name',
  'acknowledged_at',
  'detections',
  'source',
  'tags',
  'first_event_at',
  'last_event_at',
  'created_at',
  'updated_at',
  'closed_at',
  'incident_id',
  'version',
] as const satisfies readonly (keyof Row<'alerts'>)[];

export interface Member extends Pick<Row<'alerts'>, (typeof memberColumns)[number]> {
  readonly entities: readonly Pick<Row<'alert_entities'>, 'kind' | 'id' | 'name' | 'grouping'>[];
}

export type QueueRowValues = NewRow<'queue_rows'> & {
  readonly facts: string;
  readonly priority_reasons: string;
  readonly created_at: Date;
  readonly last_event_at: Date;
};

/** Values shown of each kind, and values of a facet that a row counts under. */
const shownValues = 10;
const countedValues = 50;
const searchLength = 4_000;

export function rowOfAlert(tenant: string, alert: Member): QueueRowValues {
  return {
    ...factsOf([alert], alertKey(alert.number)),
    tenant,
    id: alert.id,
    kind: 'alert',
    number: alert.number,
    title: alert.title,
    reason: '',
    severity_rank: alert.severity_rank,
    priority: alert.priority,
    priority_reasons: JSON.stringify(alert.priority_reasons),
    status: alert.status,
    open: alert.status !== 'closed',
    waiting_for: alert.waiting_for,
    waiting_until: alert.waiting_until,
    verdict: alert.verdict,
    owner_id: alert.owner_id ?? '',
    owner_name: alert.owner_name,
    first_event_at: alert.first_event_at,
    last_event_at: alert.last_event_at,
    created_at: alert.created_at,
    updated_at: alert.updated_at,
    version: alert.version,
  };
}

export function rowOfIncident(incident: Row<'incidents'>, members: readonly Member[]): QueueRowValues {
  return {
    ...factsOf(members, `${incidentKey(incident.number)} ${incident.title}`),
    tenant: incident.tenant,
    id: incident.id,
    kind: 'incident',
    number: incident.number,
    title: incident.title,
    reason: incident.reason,
    severity_rank: incident.severity_rank,
    priority: incident.priority,
    priority_reasons: JSON.stringify(incident.priority_reasons),
    status: incident.status,
    open: incident.status !== 'closed',
    waiting_for: incident.waiting_for,
    waiting_until: incident.waiting_until,
    verdict: incident.verdict,
    owner_id: incident.owner_id ?? '',
    owner_name: incident.owner_name,
    first_event_at: incident.first_event_at,
    last_event_at: incident.last_event_at,
    created_at: incident.created_at,
    updated_at: incident.updated_at,
    version: incident.version,
  };
}

function factsOf(members: readonly Member[], head: string) {
  const rules = new Map<string, string>();
  const hosts = new Map<string, string>();
  const users = new Map<string, string>();
  const sources = new Set<string>();
  const tags = new Set<string>();
  for (const member of members) {
    if (member.rule_key !== '' && !rules.has(member.rule_key)) rules.set(member.rule_key, ruleName(member));
    for (const { kind, id, name } of member.entities) {
      const map = kind === 'host' ? hosts : kind === 'user' ? users : null;
      if (map !== null && !map.has(id)) map.set(id, name);
    }
    if (member.source !== '') sources.add(member.source);
    for (const tag of member.tags) tags.add(tag);
  }
  const facts: QueueFacts = {
    rules: labelled(rules),
    hosts: labelled(hosts),
    users: labelled(users),
    sources: [...sources].slice(0, shownValues),
    tags: [...tags].slice(0, countedValues),
  };
  const titles = new Set(members.map((member) => member.title));
  return {
    facts: JSON.stringify(facts),
    alerts: members.length,
    detections: members.reduce((sum, member) => sum + member.detections, 0),
    rule_count: rules.size,
    host_count: hosts.size,
    user_count: users.size,
    terms: [
      ...terms('rule', rules.keys()),
      ...terms('host', hosts.keys()),
      ...terms('user', users.keys()),
      ...terms('source', sources),
      ...terms('tag', tags),
    ],
    search: [head, ...titles, ...hosts.values(), ...users.values()]
      .join(' ')
      .toLowerCase()
      .slice(0, searchLength),
  };
}

/** A finding is counted by its product, an alert of a rule by its title as it was. */
function ruleName(member: Member): string {
  return member.kind === 'finding' ? member.rule_key : member.title;
}

function labelled(map: ReadonlyMap<string, string>) {
  return [...map].slice(0, shownValues).map(([id, name]) => ({ id, name }));
}

function terms(facet: string, values: Iterable<string>): string[] {
  return [...values].slice(0, countedValues).map((value) => `${facet}=${value}`);
}
