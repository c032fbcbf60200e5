/** An alert: the unit of triage. Its status says where it stands, its verdict what it was. */
import type { Instant } from '../base/clock.ts';
import type { Actor } from './actor.ts';
import type { MatchedField } from './detection.ts';
import type { EntityRef } from './entity.ts';
import type { AlertId, EventId, RuleId } from './ids.ts';
import type { PriorityReason } from './priority.ts';
import type { Severity } from './severity.ts';

/** `waiting`: for what and until when is said beside it; it wakes by itself. */
export const alertStatuses = ['new', 'in_triage', 'waiting', 'closed'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

/** What it waits for and until when. */
export interface Waiting {
  readonly for: string;
  readonly until: Instant;
}

export const verdicts = ['true_positive', 'benign_positive', 'false_positive', 'inconclusive'] as const;
export type Verdict = (typeof verdicts)[number];

/** What opened it: a rule, another product's finding, a person, or a source that fell silent. */
export const alertKinds = ['rule', 'finding', 'manual', 'visibility'] as const;
export type AlertKind = (typeof alertKinds)[number];

/** What another product says of its finding; shown, it closes nothing here. */
export interface VendorFacts {
  readonly product: string;
  readonly uid: string;
  readonly status: 'open' | 'resolved' | 'suppressed' | 'unknown';
  /** The finding in the product's own console. */
  readonly link: string | null;
}

/** Another alert or incident, as far as a link needs it. */
export interface KeyRef {
  readonly id: string;
  readonly key: string;
}

/** How an alert or an incident stands, on its own and as a row of the queue. */
export interface Standing {
  readonly severity: Severity;
  /** 0 to 100; the reasons' points add up to it. */
  readonly priority: number;
  readonly priorityReasons: readonly PriorityReason[];
  readonly status: AlertStatus;
  /** Set while it waits. */
  readonly waiting: Waiting | null;
  readonly verdict: Verdict | null;
  readonly owner: string | null;
  readonly ownerName: string | null;
  readonly firstEventAt: Instant;
  readonly lastEventAt: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Grows with every change; a change made on an older one is a conflict. */
  readonly version: number;
}

export interface AlertSummary extends Standing {
  readonly id: AlertId;
  /** Display key, `ALR-42`. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly title: string;
  /** What a person or another product says of it; '' for an alert of a rule. */
  readonly description: string;
  /** '' where no rule made it. */
  readonly ruleId: RuleId;
  readonly ruleAuthor: string;
  readonly host: string;
  readonly user: string;
  /** What detections folded by, beside the rule. */
  readonly entity: EntityRef;
  readonly tags: readonly string[];
  readonly source: string;
  readonly vendor: VendorFacts | null;
  readonly incident: KeyRef | null;
  /** The alert of the same rule and entity that was closed before this one opened. */
  readonly predecessor: KeyRef | null;
  /** Number of detections folded into it. */
  readonly detections: number;
  /** When a person first took notice: acknowledged, took, commented or closed it. */
  readonly acknowledgedAt: Instant | null;
  readonly closedAt: Instant | null;
}

export interface AlertEvidence {
  readonly eventId: EventId;
  readonly time: Instant;
  readonly receivedAt: Instant;
  /** The record as received; bytes that are not UTF-8 appear as U+FFFD here (the stored bytes are exact). */
  readonly raw: string;
  /** SHA-256 of the stored bytes, hex. */
  readonly sha256: string;
  readonly native: Readonly<Record<string, unknown>>;
  readonly matched: readonly MatchedField[];
  readonly ruleHash: string;
  readonly parser: string;
}

export const historyKinds = [
  'created',
  'detections_added',
  'assigned',
  'unassigned',
  'acknowledged',
  'waiting',
  'woke',
  'commented',
  'closed',
  'reopened',
  'undone',
  'vendor_status',
  'joined_incident',
  'left_incident',
] as const;
export type HistoryKind = (typeof historyKinds)[number];

export interface HistoryEntry {
  readonly id: string;
  readonly at: Instant;
  readonly actor: Pick<Actor, 'kind' | 'id' | 'name'>;
  readonly kind: HistoryKind;
  /** Comment text, verdict and reason, new owner: by kind. */
  readonly data: Readonly<Record<string, unknown>>;
}
