/** An alert: the unit of triage. Its status says where it stands, its verdict what it was. */
import type { Instant } from '../base/clock.ts';
import type { Actor } from './actor.ts';
import type { MatchedField } from './detection.ts';
import type { AlertId, EventId, RuleId } from './ids.ts';
import type { Severity } from './severity.ts';

export const alertStatuses = ['new', 'in_triage', 'closed'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

export const verdicts = ['true_positive', 'benign_positive', 'false_positive', 'inconclusive'] as const;
export type Verdict = (typeof verdicts)[number];

export interface AlertSummary {
  readonly id: AlertId;
  /** Display key, `ALR-42`. */
  readonly key: string;
  readonly title: string;
  readonly severity: Severity;
  readonly status: AlertStatus;
  readonly verdict: Verdict | null;
  readonly ruleId: RuleId;
  readonly ruleAuthor: string;
  readonly host: string;
  readonly user: string;
  readonly tags: readonly string[];
  readonly source: string;
  readonly owner: string | null;
  readonly ownerName: string | null;
  /** Number of detections folded into it. */
  readonly detections: number;
  readonly firstEventAt: Instant;
  readonly lastEventAt: Instant;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly closedAt: Instant | null;
  /** Grows with every change; a change made on an older one is a conflict. */
  readonly version: number;
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
  'commented',
  'closed',
  'reopened',
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
