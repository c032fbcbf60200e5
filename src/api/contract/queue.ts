/** Routes of the queue, its incidents, and who is looking at what. */
import { z } from 'zod';
import {
  AlertContext,
  BulkReport,
  FacetValue,
  GroupField,
  HistogramBucket,
  IncidentDetail,
  IncidentSummary,
  PresentPerson,
  ProcessTree,
  QueueFacets,
  QueueGroup,
  QueueRow,
  QueueSort,
  queueFilter,
  RowKind,
  RowRef,
  Unseen,
} from './queue-schemas.ts';
import { route } from './route.ts';
import { AlertSummary, instant, Severity, Verdict } from './schemas.ts';

const change = { id: z.string(), version: z.int() };
const reason = z.string().trim().max(2_000).optional();
const limit = (max: number, preset: number) => z.coerce.number().int().min(1).max(max).default(preset);
const read = { action: 'read', resource: 'alert' } as const;
const update = { action: 'update', resource: 'alert' } as const;
const create = { action: 'create', resource: 'alert' } as const;

const waiting = {
  /** `the user's answer`, `the image of the disk`. */
  for: z.string().trim().min(1).max(500),
  /** In the future; it wakes by itself then. */
  until: instant,
};
const manual = {
  title: z.string().trim().min(1).max(300),
  description: z.string().trim().max(20_000).default(''),
  severity: Severity.default('medium'),
};

export const queueRoutes = {
  list: route({
    method: 'GET',
    path: '/queue',
    tag: 'queue',
    access: read,
    summary: 'Rows of the queue: incidents and lone alerts',
  })
    .input(
      z.object({
        ...queueFilter,
        sort: QueueSort.default('priority'),
        limit: limit(500, 100),
        cursor: z.string().optional(),
      }),
    )
    .output(
      z.object({
        items: z.array(QueueRow),
        /** Under the whole filter, all pages. */
        total: z.int(),
        /** False: `total` counts the first 20,000 only, there are more. */
        totalExact: z.boolean(),
        nextCursor: z.string().nullable(),
      }),
    ),
  get: route({
    method: 'GET',
    path: '/queue/rows/{id}',
    tag: 'queue',
    access: read,
    summary: 'The row of an alert or incident (id or display key); for an alert of an incident, the incident',
  })
    .input(z.object({ id: z.string() }))
    .output(QueueRow),
  facets: route({
    method: 'GET',
    path: '/queue/facets',
    tag: 'queue',
    access: read,
    summary: 'How many rows each choice of each facet would leave',
  })
    .input(z.object({ ...queueFilter, values: limit(100, 10) }))
    .output(QueueFacets),
  facet: route({
    method: 'GET',
    path: '/queue/facets/{facet}',
    tag: 'queue',
    access: read,
    summary: 'More values of one facet, also by part of their name',
  })
    .input(
      z.object({
        ...queueFilter,
        facet: z.enum(['rule', 'host', 'user', 'source', 'tag']),
        search: z.string().max(200).optional(),
        values: limit(500, 100),
      }),
    )
    .output(z.object({ values: z.array(FacetValue), exact: z.boolean() })),
  histogram: route({
    method: 'GET',
    path: '/queue/histogram',
    tag: 'queue',
    access: read,
    summary: 'Rows by day or hour and severity, over the time that `timeBasis` names',
  })
    .input(z.object({ ...queueFilter, bucket: z.enum(['day', 'hour']).default('day') }))
    .output(
      z.object({
        /** Without empty ones, oldest first; at most 1,000, the newest. */
        buckets: z.array(HistogramBucket),
        exact: z.boolean(),
        /** First and last time under the filter without `from` and `to`: the range to show after an import. */
        range: z.object({ from: instant, to: instant }).nullable(),
      }),
    ),
  groups: route({
    method: 'GET',
    path: '/queue/groups',
    tag: 'queue',
    access: read,
    summary: 'Rows grouped by up to three fields',
  })
    .input(
      z.object({
        ...queueFilter,
        by: z.preprocess((v) => (Array.isArray(v) ? v : [v]), z.array(GroupField).min(1).max(3)),
        limit: limit(500, 100),
      }),
    )
    .output(z.object({ groups: z.array(QueueGroup), exact: z.boolean() })),
  similar: route({
    method: 'GET',
    path: '/queue/similar/{id}',
    tag: 'queue',
    access: read,
    summary: 'Open alerts like this one, for closing them with it',
  })
    .input(
      z.object({
        /** An alert's id or key. */
        id: z.string(),
        by: z.enum(['rule_entity', 'rule']).default('rule_entity'),
      }),
    )
    .output(
      z.object({
        /** All of them, without the one asked about. */
        count: z.int(),
        /** The first 1,000: what one bulk change takes. */
        items: z.array(RowRef.extend({ key: z.string(), title: z.string(), host: z.string() })),
      }),
    ),
  bulk: route({
    method: 'POST',
    path: '/queue/bulk',
    tag: 'queue',
    access: update,
    summary: 'One change to many alerts and incidents; what changed meanwhile is left and told',
  })
    .input(
      z.object({
        items: z.array(RowRef).min(1).max(1_000),
        change: z.discriminatedUnion('action', [
          z.object({ action: z.literal('assign'), owner: z.string().nullable() }),
          z.object({ action: z.literal('acknowledge') }),
          z.object({ action: z.literal('wait'), ...waiting }),
          z.object({ action: z.literal('close'), verdict: Verdict, reason }),
          z.object({ action: z.literal('reopen'), reason }),
        ]),
      }),
    )
    .output(BulkReport),
  undo: route({
    method: 'POST',
    path: '/queue/undo/{operation}',
    tag: 'queue',
    access: update,
    summary: 'Restore what a bulk change of yours changed, where nobody has touched it since',
  })
    .input(z.object({ operation: z.string() }))
    .output(BulkReport),
  presence: route({
    method: 'POST',
    path: '/queue/presence',
    tag: 'queue',
    access: read,
    summary: 'I look at this (every 15 s; forgotten after 40 s), or no longer',
  })
    .input(z.object({ kind: RowKind, id: z.string(), here: z.boolean().default(true) }))
    .output(
      z.object({
        /** Everybody who looks at it now, the caller too. */
        people: z.array(PresentPerson),
      }),
    ),
};

/** Beside those of an alert that were there before. */
export const alertQueueRoutes = {
  create: route({
    method: 'POST',
    path: '/alerts',
    tag: 'alerts',
    access: create,
    summary: 'An alert made by hand: the helpdesk called',
  })
    .input(
      z.object({
        ...manual,
        host: z.string().trim().max(255).default(''),
        user: z.string().trim().max(255).default(''),
        tags: z.array(z.string().trim().min(1).max(100)).max(50).default([]),
        /** When it happened; now where it is not said. */
        at: instant.optional(),
      }),
    )
    .output(AlertSummary),
  acknowledge: route({
    method: 'POST',
    path: '/alerts/{id}/acknowledge',
    tag: 'alerts',
    access: update,
    summary: 'Seen: a new alert is in triage; it keeps its owner, or none',
  })
    .input(z.object(change))
    .output(AlertSummary),
  wait: route({
    method: 'POST',
    path: '/alerts/{id}/wait',
    tag: 'alerts',
    access: update,
    summary: 'Wait for something until a time, at which it wakes by itself',
  })
    .input(z.object({ ...change, ...waiting }))
    .output(AlertSummary),
  context: route({
    method: 'GET',
    path: '/alerts/{id}/context',
    tag: 'alerts',
    access: read,
    summary: 'Entities, prevalence, related alerts, earlier verdicts, guide',
  })
    .input(z.object({ id: z.string() }))
    .output(AlertContext),
  processTree: route({
    method: 'GET',
    path: '/alerts/{id}/process-tree',
    tag: 'alerts',
    access: { action: 'read', resource: 'event' },
    summary: 'Processes around the one that the evidence names, from stored events of its host',
  })
    .input(z.object({ id: z.string() }))
    .output(ProcessTree),
  unseen: route({
    method: 'GET',
    path: '/alerts/{id}/unseen',
    tag: 'alerts',
    access: { action: 'read', resource: 'event' },
    summary: 'What could not be seen around it: silent sources, events that are missing or could not be read',
  })
    .input(z.object({ id: z.string() }))
    .output(z.object({ items: z.array(Unseen) })),
};

export const incidentRoutes = {
  unseen: route({
    method: 'GET',
    path: '/incidents/{id}/unseen',
    tag: 'incidents',
    access: { action: 'read', resource: 'event' },
    summary: 'What could not be seen around its alerts',
  })
    .input(z.object({ id: z.string() }))
    .output(z.object({ items: z.array(Unseen) })),
  get: route({
    method: 'GET',
    path: '/incidents/{id}',
    tag: 'incidents',
    access: read,
    summary: 'One incident with its alerts and history (id or display key)',
  })
    .input(z.object({ id: z.string() }))
    .output(IncidentDetail),
  create: route({
    method: 'POST',
    path: '/incidents',
    tag: 'incidents',
    access: create,
    summary: 'An incident made by hand, with or without alerts',
  })
    .input(z.object({ ...manual, alerts: z.array(z.string()).max(500).default([]) }))
    .output(IncidentSummary),
  rename: route({
    method: 'POST',
    path: '/incidents/{id}/rename',
    tag: 'incidents',
    access: update,
    summary: 'Another title; the service no longer changes it',
  })
    .input(z.object({ ...change, title: z.string().trim().min(1).max(300) }))
    .output(IncidentSummary),
  merge: route({
    method: 'POST',
    path: '/incidents/{id}/merge',
    tag: 'incidents',
    access: update,
    summary: 'Take in alerts, and the alerts of other incidents',
  })
    .input(
      z.object({
        ...change,
        alerts: z.array(z.string()).max(500).default([]),
        incidents: z.array(z.string()).max(50).default([]),
      }),
    )
    .output(IncidentSummary),
  split: route({
    method: 'POST',
    path: '/incidents/{id}/split',
    tag: 'incidents',
    access: update,
    summary: 'Take alerts out; they stay out until a person says otherwise',
  })
    .input(z.object({ ...change, alerts: z.array(z.string()).min(1).max(500) }))
    .output(IncidentSummary),
  assign: route({
    method: 'POST',
    path: '/incidents/{id}/assign',
    tag: 'incidents',
    access: update,
    summary: 'Give it an owner (`me` or an identity id), or null for none; its open alerts too',
  })
    .input(z.object({ ...change, owner: z.string().nullable() }))
    .output(IncidentSummary),
  acknowledge: route({
    method: 'POST',
    path: '/incidents/{id}/acknowledge',
    tag: 'incidents',
    access: update,
    summary: 'Seen: a new incident and its new alerts are in triage',
  })
    .input(z.object(change))
    .output(IncidentSummary),
  wait: route({
    method: 'POST',
    path: '/incidents/{id}/wait',
    tag: 'incidents',
    access: update,
    summary: 'Wait for something until a time, at which it wakes by itself',
  })
    .input(z.object({ ...change, ...waiting }))
    .output(IncidentSummary),
  comment: route({
    method: 'POST',
    path: '/incidents/{id}/comments',
    tag: 'incidents',
    access: update,
    summary: 'Add a comment',
  })
    .input(z.object({ id: z.string(), text: z.string().trim().min(1).max(20_000) }))
    .output(IncidentSummary),
  close: route({
    method: 'POST',
    path: '/incidents/{id}/close',
    tag: 'incidents',
    access: update,
    summary: 'Close it and its open alerts with a verdict',
  })
    .input(z.object({ ...change, verdict: Verdict, reason }))
    .output(IncidentSummary),
  reopen: route({
    method: 'POST',
    path: '/incidents/{id}/reopen',
    tag: 'incidents',
    access: update,
    summary: 'Open it again, with the alerts that it closed; the verdict is withdrawn',
  })
    .input(z.object({ ...change, reason }))
    .output(IncidentSummary),
};
