/** What the alerts feature takes and gives. */
import type { Instant } from '../../base/clock.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type {
  AlertEvidence,
  AlertStatus,
  AlertSummary,
  HistoryEntry,
  Verdict,
  Waiting,
} from '../../model/alert.ts';
import type { RuleId, TenantId } from '../../model/ids.ts';
import type { IncidentHistoryKind, IncidentSummary } from '../../model/incident.ts';
import type { NeverGroup } from '../../model/never-group.ts';
import type { Severity } from '../../model/severity.ts';
import type { FoldPolicy } from './policy.ts';

/** What an alert keeps of the rule that made it, frozen at creation. */
export interface RuleFacts {
  readonly title: string;
  readonly author: string;
  readonly license: string | null;
  /** The YAML document. */
  readonly source: string;
  readonly tags: readonly string[];
  readonly severity: Severity;
}

export interface FoldDeps {
  readonly now: Instant;
  /** Facts of a rule by its hash; throws when it knows none (a detection without its rule is a bug). */
  rules(tenant: TenantId, ruleId: RuleId, ruleHash: string): RuleFacts;
  /** Default: `defaultFoldPolicy`. */
  readonly policy?: FoldPolicy;
  /** Default: nothing is on the list. */
  readonly neverGroup?: NeverGroup;
}

export interface FoldReport {
  /** Detections that were not there before. */
  readonly inserted: number;
  readonly alertsCreated: number;
  /** Open alerts that took further detections. */
  readonly alertsTouched: number;
}

export interface AlertQuery {
  readonly status?: readonly AlertStatus[] | undefined;
  readonly severity?: readonly Severity[] | undefined;
  /** Identity ids, `me`, or `none` for unowned; any of them. */
  readonly owner?: readonly string[] | undefined;
  readonly ruleId?: string | undefined;
  /** Substring of title, host or user, in any case. */
  readonly text?: string | undefined;
  readonly limit: number;
  /** `nextCursor` of the page before, under the same filter. */
  readonly cursor?: string | undefined;
}

export interface AlertCounts {
  /** Under the filter without its status. */
  readonly status: Readonly<Record<AlertStatus, number>>;
  /** Under the filter without its severity. */
  readonly severity: Readonly<Record<Severity, number>>;
}

export interface AlertPage {
  readonly items: readonly AlertSummary[];
  /** Under the whole filter, all pages. */
  readonly total: number;
  readonly counts: AlertCounts;
  readonly nextCursor: string | null;
}

/** The rule as it was when the alert was made. */
export interface AlertRule {
  readonly id: string;
  readonly hash: string;
  readonly title: string;
  readonly author: string;
  readonly license: string | null;
  readonly description: string;
  readonly condition: string;
  readonly source: string;
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
}

export interface AlertDetail extends AlertSummary {
  readonly rule: AlertRule;
  readonly evidence: readonly AlertEvidence[];
  readonly history: readonly HistoryEntry[];
}

/** Who may own an alert. */
export interface OwnerIdentity {
  readonly id: string;
  readonly name: string;
}

/** `id` is everywhere the alert's id or its display key; an alert outside the actor's scope is E_NOT_FOUND. */
export interface AlertsService {
  /** By severity, then newest first. Throws E_BAD_REQUEST for a cursor that is not one of ours. */
  list(actor: Scope & Pick<Actor, 'id'>, query: AlertQuery): Promise<AlertPage>;
  get(scope: Scope, id: string): Promise<AlertDetail>;
  /** `owner`: an identity id, `me`, or null for none. A new alert that gets an owner is in triage. */
  assign(actor: Actor, id: string, version: number, owner: string | null): Promise<AlertSummary>;
  /** Also on a closed alert: what is learned later belongs to it. Needs no version. */
  comment(actor: Actor, id: string, text: string): Promise<AlertSummary>;
  /** An alert that nobody owns becomes the closer's, so that every verdict names who gave it. */
  close(actor: Actor, id: string, version: number, verdict: Verdict, reason?: string): Promise<AlertSummary>;
  /** Withdraws the verdict. An incident that was closed with it opens again too. */
  reopen(actor: Actor, id: string, version: number, reason?: string): Promise<AlertSummary>;
  /** A new alert is in triage then; it keeps its owner, or none. */
  acknowledge(actor: Actor, id: string, version: number): Promise<AlertSummary>;
  /** Throws E_BAD_REQUEST for a time that is over. */
  wait(actor: Actor, id: string, version: number, waiting: Waiting): Promise<AlertSummary>;
  create(actor: Actor, alert: ManualAlert): Promise<AlertSummary>;
}

/** An alert as a person makes it. */
export interface ManualAlert {
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly host: string;
  readonly user: string;
  readonly tags: readonly string[];
  /** When it happened; now where nothing is said. */
  readonly at?: Instant | undefined;
}

export interface ManualIncident {
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  /** Ids or keys. */
  readonly alerts: readonly string[];
}

export interface IncidentHistoryEntry {
  readonly id: string;
  readonly at: Instant;
  readonly actor: Pick<Actor, 'kind' | 'id' | 'name'>;
  readonly kind: IncidentHistoryKind;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface IncidentDetail extends IncidentSummary {
  /** By event time, at most 500. */
  readonly members: readonly AlertSummary[];
  readonly history: readonly IncidentHistoryEntry[];
}

/** As with alerts: `id` is an id or a display key, a stale version is E_CONFLICT with the incident in its details. */
export interface IncidentsService {
  get(scope: Scope, id: string): Promise<IncidentDetail>;
  create(actor: Actor, incident: ManualIncident): Promise<IncidentSummary>;
  rename(actor: Actor, id: string, version: number, title: string): Promise<IncidentSummary>;
  /** Its open alerts too. */
  assign(actor: Actor, id: string, version: number, owner: string | null): Promise<IncidentSummary>;
  /** Its new alerts too. */
  acknowledge(actor: Actor, id: string, version: number): Promise<IncidentSummary>;
  wait(actor: Actor, id: string, version: number, waiting: Waiting): Promise<IncidentSummary>;
  comment(actor: Actor, id: string, text: string): Promise<IncidentSummary>;
  /** Its open alerts too, with the same verdict. */
  close(
    actor: Actor,
    id: string,
    version: number,
    verdict: Verdict,
    reason?: string,
  ): Promise<IncidentSummary>;
  /** With the alerts that its closing closed. */
  reopen(actor: Actor, id: string, version: number, reason?: string): Promise<IncidentSummary>;
  /** Takes in alerts and the alerts of other incidents; an automatic one left without alerts ends. */
  merge(
    actor: Actor,
    id: string,
    version: number,
    what: { readonly alerts: readonly string[]; readonly incidents: readonly string[] },
  ): Promise<IncidentSummary>;
  /** Takes alerts out; nothing but a person puts them into an incident again. */
  split(actor: Actor, id: string, version: number, alerts: readonly string[]): Promise<IncidentSummary>;
}
