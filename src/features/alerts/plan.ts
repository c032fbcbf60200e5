/** Detections one by one to what each becomes: pure, over what `load.ts` read. The policy is in `policy.ts`. */
import type { Instant } from '../../base/clock.ts';
import type { Verdict } from '../../model/alert.ts';
import { type Detection, type Evidence, evidencePerAlert } from '../../model/detection.ts';
import type { EntityRef } from '../../model/entity.ts';
import type { NeverGroup } from '../../model/never-group.ts';
import type { DetectionOutcome } from '../../model/rule.ts';
import type { EntityBook, NamedEntity } from './entity-book.ts';
import { distance, type FoldPolicy, groupKeyOf, reaches, ruleKeyOf, type Span, widened } from './policy.ts';

/** A closed alert of a group: the last one, and what was said of it. */
export interface Predecessor {
  readonly id: string;
  readonly number: number;
  readonly verdict: Verdict | null;
  readonly vendorStatus: string | null;
}

export interface GroupPast {
  /** Alerts of the group before this call. */
  readonly earlier: number;
  readonly closed: Predecessor | null;
}

export interface KeptEvidence {
  readonly detectionId: string;
  readonly ruleHash: string;
  readonly evidence: Evidence;
}

export interface AlertEntity extends NamedEntity {
  readonly grouping: boolean;
}

/** An open alert, stored or planned, as it stands after the detections so far. */
export interface AlertState {
  readonly id: string;
  /** False: it is to be made. */
  readonly exists: boolean;
  readonly groupKey: string;
  readonly entity: EntityRef;
  span: Span;
  /** By `kind:id`. */
  readonly entities: Map<string, AlertEntity>;
  incident: IncidentState | null;
  readonly apart: boolean;
  /** Event ids of its evidence, stored ones too. */
  readonly evidenceOf: Set<string>;
  vendorStatus: string | null;
  // What this call adds.
  first: Detection | null;
  latest: Detection | null;
  count: number;
  user: string;
  readonly evidence: KeptEvidence[];
  readonly newEntities: AlertEntity[];
  /** It joined an incident by this call. */
  joined: boolean;
  readonly vendorChanges: { readonly at: Instant; readonly from: string; readonly to: string }[];
  past: GroupPast;
}

export interface IncidentState {
  readonly id: string;
  readonly exists: boolean;
  span: Span;
  alerts: number;
  /** Alerts that joined it by this call. */
  readonly joined: AlertState[];
}

/** What was read before: every open alert that a detection could join or share an entity with. */
export interface FoldState {
  /** Open alerts in the order of their numbers. */
  readonly alerts: AlertState[];
  readonly past: ReadonlyMap<string, GroupPast>;
  /** Alerts that each rule key opened in this hour of processing. */
  readonly opened: Map<string, number>;
}

export interface PlanDeps {
  readonly policy: FoldPolicy;
  readonly book: EntityBook;
  readonly neverGroup: NeverGroup;
  newId(): string;
}

export interface Fate {
  readonly detection: Detection;
  readonly outcome: DetectionOutcome;
  readonly alertId: string | null;
}

export interface Plan {
  readonly fates: readonly Fate[];
  /** Those that a detection joined or opened, or that joined an incident. */
  readonly alerts: readonly AlertState[];
  readonly incidents: readonly IncidentState[];
  /** Updates of findings whose alert is closed: noted there. */
  readonly notes: readonly { readonly alertId: string; readonly from: string; readonly to: string }[];
  /** Alerts opened and detections flooded, by rule key. */
  readonly opened: ReadonlyMap<string, number>;
  readonly flooded: ReadonlyMap<string, number>;
}

const noPast: GroupPast = { earlier: 0, closed: null };
/** Entities kept of an alert: what ten thousand addresses share is not seen by listing them. */
const entitiesPerAlert = 100;

export function planFold(detections: readonly Detection[], state: FoldState, deps: PlanDeps): Plan {
  const { policy } = deps;
  const byGroup = new Map<string, AlertState[]>();
  const byEntity = new Map<string, AlertState[]>();
  const index = (alert: AlertState): void => {
    push(byGroup, alert.groupKey, alert);
    for (const [key, entity] of alert.entities) if (entity.grouping) push(byEntity, key, alert);
  };
  state.alerts.forEach(index);
  /** Oldest first: the tie-break of the policy. */
  const order = new Map(state.alerts.map((alert, at) => [alert.id, at]));
  const fates: Fate[] = [];
  const touched = new Set<AlertState>();
  const incidents = new Set<IncidentState>();
  const notes = new Map<string, { alertId: string; from: string; to: string }>();
  const closedStatus = new Map<string, string>();
  const opened = new Map<string, number>();
  const flooded = new Map<string, number>();

  function entitiesOf(detection: Detection): readonly AlertEntity[] {
    return deps.book.of(detection).map((entity) => ({
      ...entity,
      grouping: mayGroup(entity, deps.neverGroup),
    }));
  }

  function take(detection: Detection): Fate {
    if (detection.observed === true) return { detection, outcome: 'observed', alertId: null };
    if (detection.exception !== undefined) return { detection, outcome: 'excepted', alertId: null };
    const entities = entitiesOf(detection);
    const about = entities.find((entity) => entity.grouping);
    const entity: EntityRef =
      about === undefined ? { kind: 'source', id: detection.source } : { kind: about.kind, id: about.id };
    const groupKey = groupKeyOf(detection, entity);
    const open = openAlert(byGroup.get(groupKey) ?? [], detection);
    if (open !== null) return fold(open, detection, entities);
    const past = state.past.get(groupKey) ?? noPast;
    const noted = noteOnClosed(past.closed, detection);
    if (noted !== null) return noted;
    const key = ruleKeyOf(detection);
    if ((state.opened.get(key) ?? 0) >= policy.floodCap) {
      flooded.set(key, (flooded.get(key) ?? 0) + 1);
      return { detection, outcome: 'flooded', alertId: null };
    }
    state.opened.set(key, (state.opened.get(key) ?? 0) + 1);
    opened.set(key, (opened.get(key) ?? 0) + 1);
    const earlier = past.earlier + (byGroup.get(groupKey) ?? []).filter((alert) => !alert.exists).length;
    const alert = begin(deps.newId(), groupKey, entity, detection, { ...past, earlier });
    order.set(alert.id, order.size);
    push(byGroup, groupKey, alert);
    return fold(alert, detection, entities);
  }

  function openAlert(group: readonly AlertState[], detection: Detection): AlertState | null {
    const at = detection.eventTime;
    if (detection.finding !== undefined) return group.at(-1) ?? null;
    const within = group.filter(({ span }) => reaches(span, at, policy.foldGapMs, policy.foldMaxMs));
    return nearest(within, (alert) => distance(alert.span, at));
  }

  /** An update of a finding that was closed here, unless its product opened it again. */
  function noteOnClosed(closed: Predecessor | null, detection: Detection): Fate | null {
    const { finding } = detection;
    if (finding === undefined || closed === null) return null;
    const from = closedStatus.get(closed.id) ?? closed.vendorStatus ?? 'unknown';
    const reopened = (from === 'resolved' || from === 'suppressed') && finding.status === 'open';
    if (reopened) return null;
    closedStatus.set(closed.id, finding.status);
    if (from !== finding.status) {
      const first = notes.get(closed.id)?.from ?? from;
      notes.set(closed.id, { alertId: closed.id, from: first, to: finding.status });
    }
    return { detection, outcome: 'observed', alertId: null };
  }

  function fold(alert: AlertState, detection: Detection, entities: readonly AlertEntity[]): Fate {
    touched.add(alert);
    alert.first ??= detection;
    alert.latest = detection;
    alert.count += 1;
    alert.span = widened(alert.span, { first: detection.eventTime, last: detection.eventTime });
    if (alert.user === '') alert.user = detection.user;
    for (const entity of entities) {
      const key = `${entity.kind}:${entity.id}`;
      if (alert.entities.has(key) || alert.entities.size >= entitiesPerAlert) continue;
      alert.entities.set(key, entity);
      alert.newEntities.push(entity);
      if (entity.grouping) push(byEntity, key, alert);
    }
    keepEvidence(alert, detection);
    noteVendor(alert, detection);
    if (alert.incident !== null) alert.incident.span = widened(alert.incident.span, alert.span);
    else if (!alert.apart) join(alert, detection, entities);
    if (alert.incident !== null) incidents.add(alert.incident);
    return { detection, outcome: 'alert', alertId: alert.id };
  }

  function join(alert: AlertState, detection: Detection, entities: readonly AlertEntity[]): void {
    const at = detection.eventTime;
    const candidates = new Set<AlertState>();
    for (const entity of entities) {
      if (!entity.grouping) continue;
      for (const other of byEntity.get(`${entity.kind}:${entity.id}`) ?? []) {
        if (other !== alert && !other.apart && mayJoin(alert, other, at)) candidates.add(other);
      }
    }
    const sorted = [...candidates].sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
    const found = nearest(
      sorted,
      // Half a millisecond: at the same distance an incident goes before a lone alert.
      (other) => distance(other.span, at) + (other.incident === null ? 0.5 : 0),
    );
    if (found === null) return;
    found.incident ??= makeIncident(found);
    add(found.incident, alert);
  }

  function mayJoin(alert: AlertState, other: AlertState, at: Instant): boolean {
    if (distance(other.span, at) > policy.incidentGapMs) return false;
    const { first, last } = widened(other.incident?.span ?? other.span, alert.span);
    return last - first <= policy.incidentMaxMs && (other.incident?.alerts ?? 1) < policy.incidentMaxAlerts;
  }

  function makeIncident(alert: AlertState): IncidentState {
    const incident = { id: deps.newId(), exists: false, span: alert.span, alerts: 0, joined: [] };
    add(incident, alert);
    return incident;
  }

  function add(incident: IncidentState, alert: AlertState): void {
    alert.incident = incident;
    alert.joined = true;
    incident.alerts += 1;
    incident.span = widened(incident.span, alert.span);
    incident.joined.push(alert);
    incidents.add(incident);
    touched.add(alert);
  }

  for (const detection of detections) fates.push(take(detection));
  return {
    fates,
    alerts: [...touched],
    incidents: [...incidents],
    notes: [...notes.values()],
    opened,
    flooded,
  };
}

/** Its name as written, and the one that it is known by. */
export function mayGroup({ kind, id, name }: NamedEntity, neverGroup: NeverGroup): boolean {
  return neverGroup.reason(kind, name) === null && neverGroup.reason(kind, id) === null;
}

function begin(
  id: string,
  groupKey: string,
  entity: EntityRef,
  detection: Detection,
  past: GroupPast,
): AlertState {
  return {
    id,
    exists: false,
    groupKey,
    entity,
    span: { first: detection.eventTime, last: detection.eventTime },
    entities: new Map(),
    incident: null,
    apart: false,
    evidenceOf: new Set(),
    vendorStatus: detection.finding?.status ?? null,
    first: null,
    latest: null,
    count: 0,
    user: '',
    evidence: [],
    newEntities: [],
    joined: false,
    vendorChanges: [],
    past,
  };
}

/** The first 25 events, each once, though two versions of a rule may match it. */
function keepEvidence(alert: AlertState, detection: Detection): void {
  for (const evidence of [...(detection.contributing ?? []), detection.evidence]) {
    if (
      evidence === null ||
      alert.evidenceOf.size >= evidencePerAlert ||
      alert.evidenceOf.has(evidence.eventId)
    )
      continue;
    alert.evidenceOf.add(evidence.eventId);
    alert.evidence.push({ detectionId: detection.id, ruleHash: detection.ruleHash, evidence });
  }
}

function noteVendor(alert: AlertState, { finding, eventTime }: Detection): void {
  if (finding === undefined || finding.status === alert.vendorStatus) return;
  alert.vendorChanges.push({ at: eventTime, from: alert.vendorStatus ?? 'unknown', to: finding.status });
  alert.vendorStatus = finding.status;
}

/** The first of those at the smallest distance. */
function nearest<T>(items: readonly T[], measure: (item: T) => number): T | null {
  let best: T | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const far = measure(item);
    if (far < least) [best, least] = [item, far];
  }
  return best;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
