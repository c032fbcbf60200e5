/** Nouns of the queue, incidents, entities and rule tuning as they cross the wire. */
import { z } from 'zod';
import { entityKinds } from '../../model/entity.ts';
import { incidentHistoryKinds } from '../../model/incident.ts';
import { facetNames, groupFields, queueSorts, rowKinds, timeBases } from '../../model/queue.ts';
import { detectionOutcomes, ruleHistoryKinds, ruleStates } from '../../model/rule.ts';
import {
  AlertStatus,
  AlertSummary,
  historyEntry,
  instant,
  oneOrMany,
  RefusedRule,
  Severity,
  standing,
  Verdict,
} from './schemas.ts';
import { EntityRef } from './shared-schemas.ts';

export const RowKind = z.enum(rowKinds);
export const Labelled = z.object({ id: z.string(), name: z.string() });

export const QueueRow = z.object({
  ...standing,
  kind: RowKind,
  reason: z.string(),
  alerts: z.int(),
  detections: z.int(),
  /** At most ten of each; the counts beside them are complete. `id` is what filters take. */
  rules: z.array(Labelled),
  hosts: z.array(Labelled),
  users: z.array(Labelled),
  sources: z.array(z.string()),
  tags: z.array(z.string()),
  ruleCount: z.int(),
  hostCount: z.int(),
  userCount: z.int(),
});
export type QueueRow = z.infer<typeof QueueRow>;

/** What a list, its facets, its histogram and its groups are asked by: all of them take the same. */
export const queueFilter = {
  status: oneOrMany(AlertStatus),
  severity: oneOrMany(Severity),
  /** Identity id, `me`, `none` for unowned, `others` for owned by somebody else. */
  owner: oneOrMany(z.string()),
  kind: oneOrMany(RowKind),
  /** Rule id, or the product of a finding. */
  rule: oneOrMany(z.string()),
  /** Entity id (canonical name) or any of its aliases. */
  host: oneOrMany(z.string()),
  user: oneOrMany(z.string()),
  source: oneOrMany(z.string()),
  tag: oneOrMany(z.string()),
  /** `FACET=VALUE`: rows without it. */
  exclude: oneOrMany(z.string().regex(/^(?:rule|host|user|source|tag|severity|kind)=.+$/s, 'is FACET=VALUE')),
  /**
   * `FACET=VALUE`: rows of which one alert has all of them; values as facets and groups name them. A group has the rows of
   * its fields' values together.
   */
  together: oneOrMany(z.string().regex(/^(?:rule|host|user|source|tag)=.+$/s, 'is FACET=VALUE')),
  /** Part of the key, the title, a rule's title, a host or a user, in any case. */
  text: z.string().max(200).optional(),
  /** Inclusive and exclusive end of the time that `timeBasis` names. */
  from: instant.optional(),
  to: instant.optional(),
  timeBasis: z.enum(timeBases).default('alert'),
};

export const QueueSort = z.enum(queueSorts);

export const FacetValue = z.object({
  /** What the filter of this facet takes. */
  value: z.string(),
  label: z.string(),
  rows: z.int(),
});

/** Each facet counts under the filter without its own part; most frequent first, severities and statuses in their order. */
export const QueueFacets = z.object({
  facets: z.record(z.enum(facetNames), z.array(FacetValue)),
  /** False: a narrow filter was counted on the first `counted` rows only. */
  exact: z.boolean(),
  counted: z.int(),
});

export const HistogramBucket = z.object({
  /** Start of the bucket. */
  at: instant,
  rows: z.int(),
  severity: z.record(Severity, z.int()),
});

export const GroupField = z.enum(groupFields);
export const QueueGroup = z.object({
  /** One for each field asked for. */
  values: z.array(z.object({ field: GroupField, value: z.string(), label: z.string() })),
  rows: z.int(),
  hosts: z.int(),
  users: z.int(),
  /** All its rows were looked at; else hosts and users (under a filter by value: rows too) are the least there are. */
  whole: z.boolean(),
  severity: z.record(Severity, z.int()),
  priority: z.int(),
  lastEventAt: instant,
});

export const RowRef = z.object({ kind: RowKind, id: z.string(), version: z.int() });

/** An item that was not changed, and why: `current` is how it stands now. */
export const Unchanged = z.object({
  kind: RowKind,
  id: z.string(),
  key: z.string(),
  code: z.string(),
  reason: z.string(),
  current: QueueRow.nullable(),
});

export const BulkReport = z.object({
  /** For undo; null when nothing was changed. */
  operation: z.string().nullable(),
  changed: z.array(RowRef.extend({ key: z.string() })),
  unchanged: z.array(Unchanged),
});

export const IncidentSummary = z.object({
  ...standing,
  description: z.string(),
  origin: z.enum(['automatic', 'manual']),
  reason: z.string(),
  entities: z.array(EntityRef),
  alerts: z.int(),
  acknowledgedAt: instant.nullable(),
  closedAt: instant.nullable(),
});
export type IncidentSummary = z.infer<typeof IncidentSummary>;

export const IncidentHistoryEntry = historyEntry(incidentHistoryKinds);

export const IncidentDetail = IncidentSummary.extend({
  /** By event time, at most 500. */
  members: z.array(AlertSummary),
  history: z.array(IncidentHistoryEntry),
});

export const Entity = z.object({
  kind: z.enum(entityKinds),
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  role: z.string(),
  value: z.int().nullable(),
  tags: z.array(z.string()),
  aliases: z.array(z.string()),
  imported: z.boolean(),
  firstSeenAt: instant,
  updatedAt: instant,
});

export const EntityContext = z.object({
  entity: Entity,
  /** Never makes alerts belong together, and why. */
  neverGroup: z.string().nullable(),
  /** Detections of the alert's rule in 30 days on this entity, and on how many entities in all. */
  prevalence: z.object({ onThis: z.int(), entities: z.int(), entitiesKnown: z.int(), days: z.int() }),
  /** Other alerts in the 24 h before and after. */
  alerts24h: z.int(),
});

export const AlertContext = z.object({
  /** `PowerShell on WS-17 matched "…", first time on this host`: one sentence for a person. */
  sentence: z.string(),
  entities: z.array(EntityContext),
  /** Same entity within a day, nearest first; the reason says which. */
  related: z.array(z.object({ alert: AlertSummary, reason: z.string() })),
  /** Closed alerts of the same rule and entity, newest first, at most 20. */
  earlierVerdicts: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      verdict: Verdict,
      closedAt: instant,
      closedBy: z.string(),
      reason: z.string(),
    }),
  ),
  /** All closed alerts of the rule, whatever the entity. */
  ruleVerdicts: z.record(Verdict, z.int()),
  /** What to do about it, from the rule (`guide:` or `x_guide:`), Markdown; null where it has none. */
  guide: z.string().nullable(),
});

export const ProcessNode = z.object({
  /** GUID, else process id and start. */
  id: z.string(),
  parentId: z.string().nullable(),
  pid: z.string(),
  image: z.string(),
  commandLine: z.string(),
  user: z.string(),
  /** When it started; null where only a later event names it. */
  at: instant.nullable(),
  eventId: z.string().nullable(),
  /** The process that the alert's evidence names. */
  focus: z.boolean(),
});
export const ProcessTree = z.object({
  nodes: z.array(ProcessNode),
  /** What limits it: `only what was stored from 08:00 to 20:00`, `cut at 200 processes`. */
  notes: z.array(z.string()),
});

export const Unseen = z.object({
  kind: z.enum([
    'events_gone',
    'source_silent',
    'source_late',
    'clock',
    'unparsed',
    'no_process_events',
    'parent_not_seen',
    'no_command_line',
    'not_an_asset',
  ]),
  /** A sentence without its full stop. */
  text: z.string(),
  /** Where to look; null where there is nothing to look at. */
  link: z
    .discriminatedUnion('page', [
      z.object({ page: z.literal('source'), source: z.string() }),
      z.object({ page: z.literal('event'), event: z.string() }),
      z.object({
        page: z.literal('events'),
        host: z.string().nullable(),
        source: z.string().nullable(),
        /** Only records that could not be read. */
        unparsed: z.boolean(),
        from: instant,
        to: instant,
      }),
    ])
    .nullable(),
});

export const RuleState = z.enum(ruleStates);

export const RuleException = z.object({
  id: z.string(),
  ruleId: z.string(),
  fields: z.record(z.string(), z.unknown()),
  reason: z.string(),
  ownerId: z.string(),
  ownerName: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  excepted: z.int(),
});

/** As far as the events tell that alerts keep. */
export const ExceptionPreview = z.object({
  days: z.int(),
  /** Alerts of the rule that were looked at. */
  alerts: z.int(),
  /** Alerts that would not be there, and those of them that are open. */
  gone: z.int(),
  goneOpen: z.int(),
  /** Alerts that would have fewer detections. */
  fewer: z.int(),
  detections: z.int(),
  hidden: z.int(),
  /** Every alert of these days was looked at, with every detection. */
  whole: z.boolean(),
  examples: z.array(z.object({ key: z.string(), title: z.string(), host: z.string() })),
});

export const RuleHistoryEntry = historyEntry(ruleHistoryKinds);

export const RuleActivity = z.object({
  /** By UTC day of event time, newest last, days without any left out. */
  days: z.array(
    z.object({
      day: z.string(),
      detections: z.int(),
      observed: z.int(),
      excepted: z.int(),
      flooded: z.int(),
    }),
  ),
  /** Closed alerts of the rule. */
  verdicts: z.record(Verdict, z.int()),
  openAlerts: z.int(),
  exceptions: z.array(RuleException),
  history: z.array(RuleHistoryEntry),
  /** Whether an event of its logsource was ever seen; null while nothing was counted yet. */
  logsourceSeen: z.boolean().nullable(),
});

export const DetectionView = z.object({
  id: z.string(),
  ruleId: z.string(),
  eventId: z.string(),
  eventTime: instant,
  host: z.string(),
  user: z.string(),
  source: z.string(),
  outcome: z.enum(detectionOutcomes),
  alertId: z.string().nullable(),
});

/** One rule that a load adds, changes, keeps or removes. */
export const PlannedRule = z.object({
  id: z.string(),
  title: z.string(),
  path: z.string(),
  change: z.enum(['added', 'changed', 'kept', 'removed']),
  /** For added ones: the state that the profile or `state` gives. */
  state: RuleState,
  /** `edited here`, what a kept one is kept for; '' else. */
  note: z.string(),
  /** Unified diff of the text for changed and kept ones, at most 20,000 characters. */
  diff: z.string(),
});

export const RulePlan = z.object({
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  /** Changed upstream, left because they were edited here. */
  kept: z.int(),
  removed: z.int(),
  refused: z.array(RefusedRule),
  warnings: z.array(RefusedRule),
  /** What is not unchanged, by path. */
  rules: z.array(PlannedRule),
  /** Ids of every rule in these files, for `prune`. */
  ids: z.array(z.string()),
  /** What the added ones will be allowed. */
  states: z.record(RuleState, z.int()),
});

export const PackView = z.object({
  name: z.string(),
  rules: z.int(),
  edited: z.int(),
  states: z.record(RuleState, z.int()),
  loadedAt: instant,
});

export const Logsource = z.object({
  product: z.string().optional(),
  service: z.string().optional(),
  category: z.string().optional(),
});

export const RuleCoverage = z.object({
  /** UTC days that were looked at: those of receipt. */
  fromDay: z.string().nullable(),
  /** Rules that are on or observed whose logsource was never seen: they can't match. */
  neverFire: z.array(
    z.object({
      logsource: Logsource,
      rules: z.int(),
      examples: z.array(z.object({ id: z.string(), title: z.string() })),
    }),
  ),
  /** Logsources seen without any rule that looks at them. */
  withoutRules: z.array(
    z.object({
      product: z.string(),
      services: z.array(z.string()),
      categories: z.array(z.string()),
      events: z.int(),
      lastDay: z.string(),
      /** A query that finds these events among the stored ones. */
      query: z.string(),
    }),
  ),
});

export const NeverGroupEntry = z.object({
  /** '' for those that come with the program. */
  id: z.string(),
  kind: z.enum(['host', 'user', 'ip']),
  pattern: z.string(),
  reason: z.string(),
  createdBy: z.string(),
  createdAt: instant.nullable(),
});

export const AssetImportReport = z.object({
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  refused: z.array(z.object({ line: z.int(), name: z.string(), reason: z.string() })),
});

export const PresentPerson = z.object({ id: z.string(), name: z.string(), since: instant });
