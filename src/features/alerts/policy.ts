/**
 * What becomes of a detection: the whole policy in one place (ADR 15). `policy.test.ts` is its table.
 *
 * 1. **Counted only.** A detection of a rule that observes, or one that falls under an exception of
 *    its rule, is stored and counted; it opens and joins nothing.
 * 2. **Entity.** An alert is about the host of its event; where that is none or may not group, about
 *    the user; else the address; else the source. Names are canonical: `WORKSTATION5` and
 *    `WORKSTATION5.theshire.local` are one host, `THESHIRE\ana` and `ana@theshire.local` one user.
 *    What the never-group list names (SYSTEM, machine accounts, loopback, …) never groups.
 * 3. **Fold.** Rule and entity make the group. A detection joins the open alert of its group to whose
 *    span of event time it lies at most `foldGapMs` apart and whose span would not grow beyond
 *    `foldMaxMs`; of several the nearest, then the oldest. Otherwise it opens an alert.
 *    A finding of another product folds by product and its uid alone, whatever the time between.
 * 4. **Closed stays closed.** What comes after is a new alert that names the one closed last as its
 *    predecessor. A finding's update opens a new one only when its product opened it again; else it
 *    is noted on the closed alert.
 * 5. **Cap.** A rule (for findings: a product) opens at most `floodCap` alerts in an hour of
 *    processing. Beyond it detections are stored and counted as flooded, the rule is marked, and
 *    open alerts go on taking theirs.
 * 6. **Incident.** An alert that belongs to none joins the open incident, or makes one with the lone
 *    open alert, that shares an entity (never one of the never-group list) with the detection and
 *    lies at most `incidentGapMs` of event time away; of several the nearest, an incident before a
 *    lone alert, then the oldest. An incident spans at most `incidentMaxMs` and holds at most
 *    `incidentMaxAlerts`. Incidents never merge by themselves, and an alert never moves by itself
 *    from one to another. What a person took out stays out; what a person closed takes nothing more.
 * 7. **Order.** Detections are taken one by one in the order of the store's sequence, so that how
 *    they are cut into batches changes nothing.
 */
import type { Instant } from '../../base/clock.ts';
import { hashId } from '../../base/ids.ts';
import type { Detection } from '../../model/detection.ts';
import type { EntityRef } from '../../model/entity.ts';

export interface FoldPolicy {
  readonly foldGapMs: number;
  readonly foldMaxMs: number;
  readonly floodCap: number;
  readonly incidentGapMs: number;
  readonly incidentMaxMs: number;
  readonly incidentMaxAlerts: number;
}

const hourMs = 3_600_000;

export const defaultFoldPolicy: FoldPolicy = {
  foldGapMs: 4 * hourMs,
  foldMaxMs: 24 * hourMs,
  floodCap: 50,
  incidentGapMs: 4 * hourMs,
  incidentMaxMs: 24 * hourMs,
  incidentMaxAlerts: 200,
};

/** Event time from the first to the last detection of an alert, or of an incident's alerts. */
export interface Span {
  readonly first: Instant;
  readonly last: Instant;
}

/** 0 inside. */
export function distance(span: Span, at: Instant): number {
  return Math.max(0, span.first - at, at - span.last);
}

export function widened(span: Span, other: Span): Span {
  return { first: Math.min(span.first, other.first), last: Math.max(span.last, other.last) };
}

export function reaches(span: Span, at: Instant, gapMs: number, maxMs: number): boolean {
  const { first, last } = widened(span, { first: at, last: at });
  return distance(span, at) <= gapMs && last - first <= maxMs;
}

/** What facets and caps count by: the rule, or the product of a finding. */
export function ruleKeyOf(detection: Pick<Detection, 'ruleId' | 'finding'>): string {
  return detection.finding?.product ?? detection.ruleId;
}

/** 32 hex digits. */
export function groupKeyOf(
  detection: Pick<Detection, 'tenant' | 'ruleId' | 'finding' | 'group'>,
  entity: EntityRef,
): string {
  const { tenant, ruleId, finding, group } = detection;
  // A correlation is about what its events have in common, whichever host the last of them names.
  if (group !== undefined) return hashId(tenant, ruleId, 'group', group);
  return finding === undefined
    ? hashId(tenant, ruleId, entity.kind, entity.id)
    : hashId(tenant, 'finding', finding.product, finding.uid);
}
