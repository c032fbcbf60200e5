/** Nouns as they cross the wire: times are ISO-8601 with Z, ids are strings. */
import { z } from 'zod';
import { roles } from '../../model/actor.ts';
import { alertKinds, alertStatuses, historyKinds, verdicts } from '../../model/alert.ts';
import { ruleKinds, ruleStates } from '../../model/rule.ts';
import { severities } from '../../model/severity.ts';
import { EntityRef, KeyRef, PriorityReason, Waiting } from './shared-schemas.ts';

export const instant = z.iso.datetime({ precision: 3 });

/** A query parameter that may be given once or many times. */
export function oneOrMany<T extends z.ZodType>(item: T) {
  return z.preprocess((v) => (v === undefined || Array.isArray(v) ? v : [v]), z.array(item).optional());
}

export const Severity = z.enum(severities);
export const AlertStatus = z.enum(alertStatuses);
export const Verdict = z.enum(verdicts);

/** What alerts, incidents and rows of the queue say of themselves alike. */
export const standing = {
  id: z.string(),
  key: z.string(),
  title: z.string(),
  severity: Severity,
  /** 0 to 100; the points of its reasons add up to it. */
  priority: z.int(),
  priorityReasons: z.array(PriorityReason),
  status: AlertStatus,
  /** Set while it waits. */
  waiting: Waiting.nullable(),
  verdict: Verdict.nullable(),
  ownerId: z.string().nullable(),
  ownerName: z.string().nullable(),
  firstEventAt: instant,
  lastEventAt: instant,
  createdAt: instant,
  updatedAt: instant,
  version: z.int(),
};

export const AlertSummary = z.object({
  ...standing,
  kind: z.enum(alertKinds),
  description: z.string(),
  /** '' where no rule made it. */
  ruleId: z.string(),
  ruleAuthor: z.string(),
  host: z.string(),
  user: z.string(),
  /** What detections folded by, beside the rule. */
  entity: EntityRef,
  tags: z.array(z.string()),
  source: z.string(),
  /** What another product says of its finding; null for an alert of a rule or a person. */
  vendor: z
    .object({
      product: z.string(),
      uid: z.string(),
      status: z.enum(['open', 'resolved', 'suppressed', 'unknown']),
      link: z.string().nullable(),
    })
    .nullable(),
  incident: KeyRef.nullable(),
  /** Closed before this one opened, for the same rule and entity. */
  predecessor: KeyRef.nullable(),
  detections: z.int(),
  /** When a person first took notice. */
  acknowledgedAt: instant.nullable(),
  closedAt: instant.nullable(),
});
export type AlertSummary = z.infer<typeof AlertSummary>;

export const MatchedField = z.object({
  selection: z.string(),
  field: z.string(),
  pattern: z.string(),
  value: z.string(),
});

export const AlertEvidence = z.object({
  eventId: z.string(),
  time: instant,
  receivedAt: instant,
  raw: z.string(),
  sha256: z.string(),
  native: z.record(z.string(), z.unknown()),
  matched: z.array(MatchedField),
  ruleHash: z.string(),
  parser: z.string(),
});
export type AlertEvidence = z.infer<typeof AlertEvidence>;

export const ActorRef = z.object({ kind: z.string(), id: z.string(), name: z.string() });

/** One line of what was done to an alert, an incident or a rule. */
export function historyEntry<const K extends readonly [string, ...string[]]>(kinds: K) {
  return z.object({
    id: z.string(),
    at: instant,
    actor: ActorRef,
    kind: z.enum(kinds),
    data: z.record(z.string(), z.unknown()),
  });
}

export const HistoryEntry = historyEntry(historyKinds);
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const AlertDetail = AlertSummary.extend({
  rule: z.object({
    id: z.string(),
    hash: z.string(),
    title: z.string(),
    author: z.string(),
    license: z.string().nullable(),
    description: z.string(),
    condition: z.string(),
    /** The YAML document as it was when the alert was made. */
    source: z.string(),
    references: z.array(z.string()),
    falsepositives: z.array(z.string()),
  }),
  /** The first events that the alert rests on, at most 25; `detections` counts all. */
  evidence: z.array(AlertEvidence),
  history: z.array(HistoryEntry),
});
export type AlertDetail = z.infer<typeof AlertDetail>;

export const AlertCounts = z.object({
  status: z.record(AlertStatus, z.int()),
  severity: z.record(Severity, z.int()),
});

export const EventView = z.object({
  eventId: z.string(),
  source: z.string(),
  received: instant,
  time: instant,
  timeOrigin: z.enum(['event', 'received', 'out_of_range']),
  seq: z.int(),
  idx: z.int(),
  parser: z.string(),
  unparsed: z.string(),
  classUid: z.int(),
  activityId: z.int(),
  channel: z.string(),
  eventCode: z.string(),
  host: z.string(),
  user: z.string(),
  process: z.string(),
  commandLine: z.string(),
  parentProcess: z.string(),
  srcIp: z.string(),
  dstIp: z.string(),
  dstPort: z.int(),
  file: z.string(),
  /** Sigma logsource. */
  product: z.string(),
  service: z.string(),
  category: z.string(),
  /** Captions of the OCSF class and activity, '' without a class. */
  className: z.string(),
  activityName: z.string(),
  raw: z.string(),
  rawEncoding: z.enum(['utf8', 'latin1']),
});
export type EventView = z.infer<typeof EventView>;

/** One event with its views derived afresh from raw and context. */
export const EventDetail = EventView.extend({
  native: z.record(z.string(), z.unknown()),
  ocsf: z.record(z.string(), z.unknown()),
});

export const RuleSummary = z.object({
  id: z.string(),
  hash: z.string(),
  kind: z.enum(ruleKinds),
  title: z.string(),
  severity: Severity,
  author: z.string(),
  logsource: z.object({
    product: z.string().optional(),
    service: z.string().optional(),
    category: z.string().optional(),
  }),
  tags: z.array(z.string()),
  path: z.string(),
  /** Sigma's `status`, or ''. */
  status: z.string(),
  pack: z.string(),
  /** Its text was changed here; an update of its pack leaves it. */
  edited: z.boolean(),
  state: z.enum(ruleStates),
  stateOrigin: z.enum(['profile', 'person']),
  /** Passed its cap of alerts an hour; opens no new ones until the hour is over. */
  floodingSince: instant.nullable(),
  loadedAt: instant,
  version: z.int(),
});
export type RuleSummary = z.infer<typeof RuleSummary>;

export const RuleDocument = RuleSummary.extend({
  source: z.string(),
  description: z.string(),
  references: z.array(z.string()),
  falsepositives: z.array(z.string()),
  license: z.string().nullable(),
  /** Of correlations and new terms rules that are on: what they remember. */
  memory: z.object({ groups: z.int(), entries: z.int(), evicted: z.int(), late: z.int() }).nullable(),
  /** Why a rule that is on is not evaluated. */
  problem: z.string().nullable(),
});

export const RuleExplanation = z.object({
  matches: z.boolean(),
  /** Filters are in the condition as well. */
  logsource: z.object({
    outcome: z.boolean(),
    wanted: z.object({
      product: z.string().optional(),
      service: z.string().optional(),
      category: z.string().optional(),
    }),
    event: z.object({
      product: z.string().nullable(),
      services: z.array(z.string()),
      categories: z.array(z.string()),
    }),
  }),
  /** The condition as a tree, depth first. */
  rows: z.array(
    z.object({
      depth: z.int(),
      outcome: z.boolean(),
      kind: z.enum(['and', 'or', 'not', 'selection', 'item', 'value']),
      /** Name of the selection, field with its modifiers, or value of the rule. */
      text: z.string(),
      /** What the event has; null where it has nothing, and where that means nothing. */
      found: z.array(z.string()).nullable(),
      /** Line of the document, of items and their values. */
      line: z.int().nullable(),
      /** The outcome of the whole rests on it. */
      decides: z.boolean(),
    }),
  ),
});
export type RuleExplanation = z.infer<typeof RuleExplanation>;

export const BacktestReport = z.object({
  ruleId: z.string(),
  title: z.string(),
  from: instant,
  to: instant,
  /** Events that the engine had to look at. */
  candidates: z.int(),
  /** Matches that the store counted by itself: columns decide them. */
  counted: z.int(),
  matches: z.int(),
  /** Alerts that the matches would open, if none of them were closed meanwhile. */
  alerts: z.int(),
  byDay: z.array(z.object({ day: z.string(), matches: z.int() })),
  byEntity: z.array(
    z.object({ kind: z.enum(['host', 'user', 'source', 'group']), name: z.string(), matches: z.int() }),
  ),
  samples: z.array(z.object({ eventId: z.string(), time: instant, host: z.string(), user: z.string() })),
  durationMs: z.int(),
});
export type BacktestReport = z.infer<typeof BacktestReport>;

export const RefusedRule = z.object({
  file: z.string(),
  line: z.int().nullable(),
  id: z.string().nullable(),
  reason: z.string(),
  hint: z.string().optional(),
});

export const RuleLoadReport = z.object({
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  /** Changed in the pack, left because they were edited here. */
  kept: z.int(),
  refused: z.array(RefusedRule),
  /** Loaded, but probably not what was meant. */
  warnings: z.array(RefusedRule),
  /** Ids of every rule in these files, for `prune`. */
  ids: z.array(z.string()),
  /** What the added ones may do. */
  states: z.record(z.enum(ruleStates), z.int()),
});

export const Me = z.object({
  kind: z.enum(['person', 'service', 'source', 'system']),
  id: z.string(),
  name: z.string(),
  tenant: z.string(),
  roles: z.array(z.enum(roles)),
});
export type Me = z.infer<typeof Me>;

export const AuditEntry = z.object({
  id: z.string(),
  at: instant,
  actor: ActorRef,
  action: z.string(),
  resource: z.string(),
  resourceId: z.string(),
  outcome: z.enum(['ok', 'denied', 'failed']),
  details: z.record(z.string(), z.unknown()),
  peer: z.string(),
});

export const SourceView = z.object({
  id: z.string(),
  description: z.string(),
  createdAt: instant,
  version: z.int(),
});

/**
 * What the live stream tells: enough to know what to ask again, never the content. `ping` opens
 * each stream: ask again for what was missed before it. `lagged`: the reader was too slow and
 * changes were dropped, so what it shows may be old; ask again for everything.
 */
export const LiveEvent = z.object({
  type: z.enum([
    'alert.created',
    'alert.changed',
    'incident.created',
    'incident.changed',
    'rule.flooding',
    'presence',
    'lagged',
    'ping',
  ]),
  alertId: z.string().optional(),
  incidentId: z.string().optional(),
  version: z.int().optional(),
  ruleId: z.string().optional(),
  /** `presence`: the alert or incident, and everybody who looks at it now. */
  subject: z.object({ kind: z.enum(['incident', 'alert']), id: z.string() }).optional(),
  people: z.array(z.object({ id: z.string(), name: z.string(), since: instant })).optional(),
  at: instant,
});
export type LiveEvent = z.infer<typeof LiveEvent>;
