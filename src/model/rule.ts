/** A rule as the service keeps it: the Sigma document with what was decided about it here. */
import type { Instant } from '../base/clock.ts';
import type { Logsource } from './event.ts';
import type { RuleId } from './ids.ts';
import type { Severity } from './severity.ts';

/**
 * `off`: not evaluated. `observe`: a match is a detection, counted and searchable, and opens no alert.
 * `alert`: a match is a detection and opens or joins an alert.
 */
export const ruleStates = ['off', 'observe', 'alert'] as const;
export type RuleState = (typeof ruleStates)[number];

/** Who decided the state: the profile at the first load, or a person, whose word outlives updates. */
export type StateOrigin = 'profile' | 'person';

/** What a document is: what looks at events, what remembers (both kinds of it), and what tunes the others. */
export const ruleKinds = ['detection', 'correlation', 'filter', 'new_terms'] as const;
export type RuleKind = (typeof ruleKinds)[number];

export interface RuleSummary {
  readonly id: RuleId;
  /** SHA-256 of the YAML source, hex. */
  readonly hash: string;
  readonly kind: RuleKind;
  readonly title: string;
  readonly severity: Severity;
  readonly author: string;
  readonly logsource: Logsource;
  readonly tags: readonly string[];
  readonly path: string;
  /** Sigma's `status`; '' where the rule names none. */
  readonly status: string;
  /** The pack that it came with. */
  readonly pack: string;
  /** The text was changed here since its pack brought it: an update of the pack leaves it. */
  readonly edited: boolean;
  readonly state: RuleState;
  readonly stateOrigin: StateOrigin;
  /** It passed the cap of alerts an hour at this time and opens no new ones until the hour is over. */
  readonly floodingSince: Instant | null;
  readonly loadedAt: Instant;
  readonly version: number;
}

/** What a correlation or new terms rule remembers at the moment. */
export interface RuleMemory {
  readonly groups: number;
  readonly entries: number;
  /** Entries that were dropped at the limit although they could still have counted. */
  readonly evicted: number;
  /** Events that came too late to be counted. */
  readonly late: number;
}

/** A rule as the running service has it. */
export interface RuleInForce extends RuleDocument {
  /** Null for rules that do not remember, or are off. */
  readonly memory: RuleMemory | null;
  /** Why a rule that is on is not evaluated. */
  readonly problem: string | null;
}

export interface RuleDocument extends RuleSummary {
  readonly source: string;
  readonly description: string;
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
  readonly license: string | null;
}

/** Permanent tuning of a rule: what it matches stays a detection, counted as excepted, and opens no alert. */
export interface RuleException {
  readonly id: string;
  readonly ruleId: RuleId;
  /**
   * Fields as in a Sigma selection (`CommandLine|contains`: value or list of values), all of which
   * must hold on the event's native fields.
   */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly createdAt: Instant;
  /** Events received from then on are no longer excepted; null for never. */
  readonly expiresAt: Instant | null;
  /** Detections that it kept from alerting, so far. */
  readonly excepted: number;
}

/** What became of a detection. Only `alert` opened or joined one. */
export const detectionOutcomes = ['alert', 'observed', 'excepted', 'flooded'] as const;
export type DetectionOutcome = (typeof detectionOutcomes)[number];

export const ruleHistoryKinds = [
  'loaded',
  'changed',
  'edited',
  'removed',
  'state_changed',
  'exception_added',
  'exception_removed',
  'evidence_added',
  'evidence_removed',
  'flooding',
] as const;
export type RuleHistoryKind = (typeof ruleHistoryKinds)[number];
