/** A rule as the service keeps it: the Sigma document with what was decided about it here. */
import type { Instant } from '../base/clock.ts';
import type { Logsource } from './event.ts';
import type { RuleId } from './ids.ts';
import type { Severity } from './severity.ts';

/** `off`: not evaluated. `alert`: a match is a detection and opens or joins an alert. */
export type RuleState = 'off' | 'alert';

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
  readonly state: RuleState;
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
