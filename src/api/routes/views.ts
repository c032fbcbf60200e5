/** From the model to the wire: instants become ISO-8601, names become the contract's. */
import type { z } from 'zod';
import { type Instant, toIso } from '../../base/clock.ts';
import type { AuditRecord } from '../../features/access/audit.ts';
import type { Source } from '../../features/access/sources.ts';
import type { AlertDetail } from '../../features/alerts/types.ts';
import type { LiveChange } from '../../features/outbox/subscribers.ts';
import type { Actor } from '../../model/actor.ts';
import type { AlertEvidence, AlertSummary, HistoryEntry, Waiting } from '../../model/alert.ts';
import { ocsfCaptions } from '../../model/ocsf.ts';
import type { RuleInForce, RuleSummary } from '../../model/rule.ts';
import type { HuntEvent } from '../contract/hunts.ts';
import type * as wire from '../contract/schemas.ts';
import type { FoundEvent } from './hunts-service.ts';
import type {
  BacktestReport,
  EventRecord,
  EventWithViews,
  LegalHold,
  RefusedRule,
  RuleExplanation,
} from './services.ts';

export function meView(actor: Actor): wire.Me {
  const { kind, id, name, tenant, roles } = actor;
  return { kind, id, name, tenant, roles: [...roles] };
}

export function alertView(alert: AlertSummary): wire.AlertSummary {
  const { owner, ...rest } = alert;
  return {
    ...rest,
    priorityReasons: [...alert.priorityReasons],
    waiting: waitingView(alert.waiting),
    tags: [...alert.tags],
    ownerId: owner,
    firstEventAt: toIso(alert.firstEventAt),
    lastEventAt: toIso(alert.lastEventAt),
    createdAt: toIso(alert.createdAt),
    updatedAt: toIso(alert.updatedAt),
    acknowledgedAt: isoOrNull(alert.acknowledgedAt),
    closedAt: isoOrNull(alert.closedAt),
  };
}

export function waitingView(waiting: Waiting | null) {
  return waiting === null ? null : { for: waiting.for, until: toIso(waiting.until) };
}

export function isoOrNull(at: Instant | null): string | null {
  return at === null ? null : toIso(at);
}

function evidenceView(evidence: AlertEvidence): wire.AlertEvidence {
  return {
    ...evidence,
    time: toIso(evidence.time),
    receivedAt: toIso(evidence.receivedAt),
    native: { ...evidence.native },
    matched: [...evidence.matched],
  };
}

function historyView(entry: HistoryEntry): wire.HistoryEntry {
  return { ...entry, at: toIso(entry.at), data: { ...entry.data } };
}

export function alertDetailView(alert: AlertDetail): wire.AlertDetail {
  const { rule } = alert;
  return {
    ...alertView(alert),
    rule: { ...rule, references: [...rule.references], falsepositives: [...rule.falsepositives] },
    evidence: alert.evidence.map(evidenceView),
    history: alert.history.map(historyView),
  };
}

export function eventView(event: EventRecord): wire.EventView {
  return {
    eventId: event.event_id,
    source: event.source,
    received: toIso(event.received),
    time: toIso(event.time),
    timeOrigin: event.time_origin,
    seq: event.seq,
    idx: event.idx,
    parser: event.parser,
    unparsed: event.unparsed,
    classUid: event.class_uid,
    activityId: event.activity_id,
    channel: event.channel,
    eventCode: event.event_code,
    host: event.host,
    user: event.user,
    process: event.process,
    commandLine: event.command_line,
    parentProcess: event.parent_process,
    srcIp: event.src_ip,
    dstIp: event.dst_ip,
    dstPort: event.dst_port,
    file: event.file,
    product: event.product,
    service: event.service,
    category: event.category,
    ...ocsfCaptions(event.class_uid, event.activity_id),
    raw: event.raw,
    rawEncoding: event.raw_encoding,
  };
}

export function huntEventView(event: FoundEvent): HuntEvent {
  const fields: Record<string, string[]> = {};
  for (const [name, values] of Object.entries(event.fields)) fields[name] = [...values];
  return { ...eventView(event), fields };
}

export function eventDetailView(event: EventWithViews): z.infer<typeof wire.EventDetail> {
  return { ...eventView(event), native: { ...event.native }, ocsf: { ...event.ocsf } };
}

export function ruleView(rule: RuleSummary): wire.RuleSummary {
  return {
    ...rule,
    logsource: { ...rule.logsource },
    tags: [...rule.tags],
    floodingSince: isoOrNull(rule.floodingSince),
    loadedAt: toIso(rule.loadedAt),
  };
}

export function ruleDocumentView(rule: RuleInForce): z.infer<typeof wire.RuleDocument> {
  const { source, description, license } = rule;
  return {
    ...ruleView(rule),
    source,
    description,
    license,
    references: [...rule.references],
    falsepositives: [...rule.falsepositives],
    memory: rule.memory,
    problem: rule.problem,
  };
}

export function explanationView({ explanation, rows }: RuleExplanation): wire.RuleExplanation {
  const { matches, logsource } = explanation;
  const { product, service, category } = logsource.wanted;
  const { services, categories } = logsource.event;
  return {
    matches,
    logsource: {
      outcome: logsource.outcome,
      wanted: {
        ...(product === undefined ? {} : { product }),
        ...(service === undefined ? {} : { service }),
        ...(category === undefined ? {} : { category }),
      },
      event: { product: logsource.event.product, services: [...services], categories: [...categories] },
    },
    rows: rows.map((row) => ({ ...row, found: row.found === null ? null : [...row.found] })),
  };
}

export function backtestView(report: BacktestReport): wire.BacktestReport {
  return {
    ...report,
    from: toIso(report.from),
    to: toIso(report.to),
    byDay: [...report.byDay],
    byEntity: [...report.byEntity],
    samples: report.samples.map((sample) => ({ ...sample, time: toIso(sample.time) })),
  };
}

export function refusedView({ file, line, id, reason, hint }: RefusedRule) {
  return { file, line, id, reason, ...(hint === undefined ? {} : { hint }) };
}

export function sourceView(source: Source): z.infer<typeof wire.SourceView> {
  return { ...source, createdAt: toIso(source.createdAt) };
}

export function auditView(entry: AuditRecord): z.infer<typeof wire.AuditEntry> {
  return { ...entry, at: toIso(entry.at), details: { ...entry.details } };
}

export function holdView(hold: LegalHold) {
  const { createdAt, releasedAt, ...rest } = hold;
  return {
    ...rest,
    createdAt: toIso(createdAt),
    releasedAt: releasedAt === null ? null : toIso(releasedAt),
  };
}

export function liveView(change: LiveChange): wire.LiveEvent {
  if (change.type !== 'presence') return { ...change, at: toIso(change.at) };
  const people = change.people.map(({ since, ...person }) => ({ ...person, since: toIso(since) }));
  return { ...change, people, at: toIso(change.at) };
}
