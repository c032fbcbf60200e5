/** The queue, incidents and entities from the model to the wire. */
import type { z } from 'zod';
import { toIso } from '../../base/clock.ts';
import type { AlertContext } from '../../features/alerts/context.ts';
import type { BulkReport, Histogram, QueueGroup } from '../../features/alerts/queue-types.ts';
import type { IncidentDetail } from '../../features/alerts/types.ts';
import type { Unseen } from '../../features/alerts/unseen.ts';
import type { Entity, NeverGroupEntry } from '../../model/entity.ts';
import type { IncidentSummary } from '../../model/incident.ts';
import type { QueueRow } from '../../model/queue.ts';
import type * as wire from '../contract/queue-schemas.ts';
import type { ProcessTree } from './services.ts';
import { alertView, isoOrNull, waitingView } from './views.ts';

export function queueRowView(row: QueueRow): wire.QueueRow {
  const { owner, ...rest } = row;
  return {
    ...rest,
    priorityReasons: [...row.priorityReasons],
    waiting: waitingView(row.waiting),
    ownerId: owner,
    rules: [...row.rules],
    hosts: [...row.hosts],
    users: [...row.users],
    sources: [...row.sources],
    tags: [...row.tags],
    firstEventAt: toIso(row.firstEventAt),
    lastEventAt: toIso(row.lastEventAt),
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
  };
}

export function incidentView(incident: IncidentSummary): wire.IncidentSummary {
  const { owner, ...rest } = incident;
  return {
    ...rest,
    entities: [...incident.entities],
    priorityReasons: [...incident.priorityReasons],
    waiting: waitingView(incident.waiting),
    ownerId: owner,
    firstEventAt: toIso(incident.firstEventAt),
    lastEventAt: toIso(incident.lastEventAt),
    createdAt: toIso(incident.createdAt),
    updatedAt: toIso(incident.updatedAt),
    acknowledgedAt: isoOrNull(incident.acknowledgedAt),
    closedAt: isoOrNull(incident.closedAt),
  };
}

export function incidentDetailView(incident: IncidentDetail): z.infer<typeof wire.IncidentDetail> {
  return {
    ...incidentView(incident),
    members: incident.members.map(alertView),
    history: incident.history.map((entry) => ({ ...entry, at: toIso(entry.at), data: { ...entry.data } })),
  };
}

export function bulkView(report: BulkReport): z.infer<typeof wire.BulkReport> {
  return {
    operation: report.operation,
    changed: [...report.changed],
    unchanged: report.unchanged.map((item) => ({
      ...item,
      current: item.current === null ? null : queueRowView(item.current),
    })),
  };
}

export function histogramView(histogram: Histogram) {
  const { buckets, exact, range } = histogram;
  return {
    buckets: buckets.map((bucket) => ({ ...bucket, at: toIso(bucket.at), severity: { ...bucket.severity } })),
    exact,
    range: range === null ? null : { from: toIso(range.from), to: toIso(range.to) },
  };
}

export function groupView(group: QueueGroup): z.infer<typeof wire.QueueGroup> {
  return {
    ...group,
    values: [...group.values],
    severity: { ...group.severity },
    lastEventAt: toIso(group.lastEventAt),
  };
}

export function entityView(entity: Entity): z.infer<typeof wire.Entity> {
  return {
    ...entity,
    tags: [...entity.tags],
    aliases: [...entity.aliases],
    firstSeenAt: toIso(entity.firstSeenAt),
    updatedAt: toIso(entity.updatedAt),
  };
}

export function neverGroupView(entry: NeverGroupEntry): z.infer<typeof wire.NeverGroupEntry> {
  return { ...entry, createdAt: isoOrNull(entry.createdAt) };
}

export function contextView(context: AlertContext): z.infer<typeof wire.AlertContext> {
  return {
    ...context,
    entities: context.entities.map((one) => ({ ...one, entity: entityView(one.entity) })),
    related: context.related.map(({ alert, reason }) => ({ alert: alertView(alert), reason })),
    earlierVerdicts: context.earlierVerdicts.map((one) => ({ ...one, closedAt: toIso(one.closedAt) })),
    ruleVerdicts: { ...context.ruleVerdicts },
  };
}

export function processTreeView(tree: ProcessTree): z.infer<typeof wire.ProcessTree> {
  return { nodes: tree.nodes.map((node) => ({ ...node, at: isoOrNull(node.at) })), notes: [...tree.notes] };
}

export function unseenView({ link, ...one }: Unseen): z.infer<typeof wire.Unseen> {
  if (link?.page !== 'events') return { ...one, link };
  return { ...one, link: { ...link, from: toIso(link.from), to: toIso(link.to) } };
}
