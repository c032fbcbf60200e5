/** What an incident's alerts make of it: title, reason, priority, span. Pure. */
import type { EntityRef } from '../../model/entity.ts';
import type { PriorityReason } from '../../model/priority.ts';
import { type Severity, severities } from '../../model/severity.ts';
import { incidentPriority, limited, severityPoints } from './priority.ts';
import type { Member } from './rows-of.ts';

export interface IncidentFacts {
  readonly title: string;
  readonly reason: string;
  readonly entities: readonly EntityRef[];
  readonly severityRank: number;
  readonly priority: number;
  readonly reasons: readonly PriorityReason[];
  readonly first: Date;
  readonly last: Date;
}

/** Entities that a reason names. */
const namedEntities = 2;

/**
 * Open alerts speak for it; when none is left, all of them do. Its title is that of the alert with
 * the highest priority; among equals the one whose tactic stands farthest along an attack, then the one
 * whose technique most of the others name too, then the one with more detections, then the oldest.
 */
export function incidentFacts(
  members: readonly [Member, ...Member[]],
  ownSeverityRank: number,
): IncidentFacts {
  const open = members.filter((member) => member.status !== 'closed');
  const speaking = open.length > 0 ? open : members;
  const lead = leadOf(speaking) ?? members[0];
  const rules = new Set(speaking.map((member) => member.rule_key));
  const shared = sharedEntities(members);
  const first = new Date(Math.min(...members.map((member) => member.first_event_at.getTime())));
  const last = new Date(Math.max(...members.map((member) => member.last_event_at.getTime())));
  const severityRank = Math.max(ownSeverityRank, ...speaking.map((member) => member.severity_rank));
  const priority = incidentPriority(raised(lead.priority_reasons, ownSeverityRank), rules.size);
  return {
    title: lead.title,
    reason: reasonOf(members, shared, last.getTime() - first.getTime()),
    entities: shared.map(({ kind, id }) => ({ kind, id })),
    severityRank,
    priority: priority.points,
    reasons: priority.reasons,
    first,
    last,
  };
}

/** An incident without alerts says what the person who made it said. */
export function ownPriority(severity: Severity, saidBy: string) {
  return limited([
    { factor: 'severity', points: severityPoints[severity], text: `${saidBy} says ${severity}` },
  ]);
}

/** A person's word on the severity counts where it is more than the alerts say. */
function raised(reasons: readonly PriorityReason[], rank: number): readonly PriorityReason[] {
  const severity = severities[rank];
  if (severity === undefined) return reasons;
  return reasons.map((reason) =>
    reason.factor === 'severity' && reason.points < severityPoints[severity]
      ? { ...reason, points: severityPoints[severity], text: `a person says ${severity}` }
      : reason,
  );
}

function leadOf(members: readonly Member[]): Member | undefined {
  const techniques = new Map<string, number>();
  for (const member of members)
    for (const tag of techniquesOf(member)) techniques.set(tag, (techniques.get(tag) ?? 0) + 1);
  const support = (member: Member): number =>
    Math.max(0, ...techniquesOf(member).map((tag) => techniques.get(tag) ?? 0));
  return members.toSorted(
    (a, b) =>
      b.priority - a.priority ||
      tacticRank(a) - tacticRank(b) ||
      support(b) - support(a) ||
      b.detections - a.detections ||
      a.number - b.number,
  )[0];
}

/** What an attacker wants comes before how they got there; hiding is done all along. */
const tactics = [
  'impact',
  'exfiltration',
  'credential-access',
  'lateral-movement',
  'collection',
  'command-and-control',
  'privilege-escalation',
  'persistence',
  'execution',
  'initial-access',
  'discovery',
  'defense-evasion',
];

function tacticRank({ tags }: Member): number {
  const ranks = tags.map((tag) =>
    tactics.indexOf(
      tag
        .toLowerCase()
        .replace(/^attack\./, '')
        .replaceAll('_', '-'),
    ),
  );
  const known = ranks.filter((rank) => rank !== -1);
  return known.length === 0 ? tactics.length : Math.min(...known);
}

function techniquesOf(member: Member): readonly string[] {
  return [...new Set(member.tags.flatMap((tag) => /^attack\.t\d{4}/i.exec(tag)?.[0].toLowerCase() ?? []))];
}

interface Shared {
  readonly kind: 'host' | 'user' | 'ip';
  readonly id: string;
  readonly name: string;
  readonly alerts: number;
}

/** What at least two of them have and may group by: most alerts first, hosts before users before addresses. */
function sharedEntities(members: readonly Member[]): readonly Shared[] {
  const kinds = ['host', 'user', 'ip'];
  const found = new Map<string, Shared>();
  for (const { entities } of members) {
    for (const { kind, id, name, grouping } of entities) {
      if (!grouping) continue;
      const key = `${kind}:${id}`;
      found.set(key, {
        kind,
        id,
        name: found.get(key)?.name ?? name,
        alerts: (found.get(key)?.alerts ?? 0) + 1,
      });
    }
  }
  return [...found.values()]
    .filter((entity) => entity.alerts > 1)
    .sort(
      (a, b) =>
        b.alerts - a.alerts || kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.id < b.id ? -1 : 1),
    )
    .slice(0, 10);
}

function reasonOf(members: readonly Member[], shared: readonly Shared[], spanMs: number): string {
  if (members.length === 1) return 'one alert';
  const rules = new Set(members.map((member) => member.rule_key)).size;
  const what = rules > 1 ? `${rules} rules` : `${members.length} alerts of one rule`;
  const names = shared.slice(0, namedEntities).map(({ kind, name }) => {
    return `${kind === 'host' ? 'on' : kind === 'user' ? 'by' : 'from'} ${name}`;
  });
  return [what, ...(names.length === 0 ? ['put together by a person'] : names), within(spanMs)].join(' ');
}

/** `within 12 min`; a unit that keeps the number small. */
export function within(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes <= 1) return 'within 1 min';
  if (minutes < 120) return `within ${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `within ${hours} h` : `within ${Math.round(hours / 24)} days`;
}
