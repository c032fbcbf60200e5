/** A detection: one match of a rule on one event, with what is needed to explain it later. */
import type { Instant } from '../base/clock.ts';
import type { Finding } from './finding.ts';
import type { DetectionId, EventId, RuleId, SourceId, TenantId } from './ids.ts';
import type { Severity } from './severity.ts';

/** How many events an alert keeps as evidence: the first ones. */
export const evidencePerAlert = 25;

/** A field that made the rule match: which selection, which condition, what value. */
export interface MatchedField {
  /** Name of the selection in the rule's `detection`. */
  readonly selection: string;
  /** Field with its modifiers as written, `Image|endswith`; empty for keywords. */
  readonly field: string;
  /** The pattern of the rule that matched, as written. */
  readonly pattern: string;
  /** The event's value (as a string; the raw event beside it has the original). */
  readonly value: string;
}

/** The event frozen into the alert: retention and better parsers can't change what an alert says. */
export interface Evidence {
  readonly eventId: EventId;
  readonly time: Instant;
  readonly receivedAt: Instant;
  readonly raw: Uint8Array;
  readonly native: Readonly<Record<string, unknown>>;
  readonly matched: readonly MatchedField[];
  /** `name@version` of the parser that read it. */
  readonly parser: string;
}

export interface Detection {
  readonly id: DetectionId;
  readonly tenant: TenantId;
  readonly ruleId: RuleId;
  readonly ruleHash: string;
  readonly title: string;
  readonly severity: Severity;
  readonly eventId: EventId;
  /** Sequence of the batch and index in it: where the event stands in the store. */
  readonly seq: number;
  readonly idx: number;
  readonly eventTime: Instant;
  /** What the alert is about. Empty strings where the event names none. */
  readonly host: string;
  readonly user: string;
  readonly source: SourceId;
  /** Addresses that it comes from, where the event names any. */
  readonly ips?: readonly string[];
  /** Its rule observes only: it is counted and opens no alert. */
  readonly observed?: true;
  /** Id of the rule's exception that it falls under: it is counted and opens no alert. */
  readonly exception?: string;
  /**
   * Set where no rule matched, but the record is a finding of another product: `ruleId` and `ruleHash`
   * are '' then, and the finding's product and uid are what detections fold by.
   */
  readonly finding?: Finding;
  /**
   * Null for one that opens no alert, and when 25 earlier detections of the same rule, entity and hour
   * of event time in the same batch carry theirs: an alert keeps the first 25, so no more can be needed.
   */
  readonly evidence: Evidence | null;
  /** Of a rule over many events: the others that it rests on, beside `evidence`, which completed it. */
  readonly contributing?: readonly Evidence[];
  /** Of a rule over many events: what they have in common, which its detections fold by. */
  readonly group?: string;
}
