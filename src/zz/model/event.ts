/** An event: one observation, in the vendor's words (native) and in OCSF's. */
import type { Instant } from '../base/clock.ts';
import type { UnparsedReason } from './batch.ts';
import type { Finding } from './finding.ts';
import type { OcsfEvent } from './ocsf.ts';

/**
 * The vendor's own field names and values, flat for Windows (System attributes joined with `_`,
 * EventData names without blanks): what Sigma reads and what an analyst knows.
 */
export type NativeFields = Readonly<Record<string, unknown>>;

/** Sigma's logsource triple, as far as the parser knows it. */
export interface Logsource {
  readonly product?: string;
  readonly service?: string;
  /** Other services whose rules are for this event, too: an sshd line is also one of `auth`. */
  readonly moreServices?: readonly string[];
  readonly category?: string;
}

export interface ParsedEvent {
  readonly kind: 'event';
  /** When it happened by the sender's clock; null when the record says nothing usable. */
  readonly time: Instant | null;
  readonly native: NativeFields;
  readonly logsource: Logsource;
  readonly ocsf: OcsfEvent;
  /** Set where the record is an alert of another product. */
  readonly finding?: Finding;
  /** Records of one batch with the same parser and group are one event: its `join` makes it. */
  readonly group?: string;
}

export interface Unparsed {
  readonly kind: 'unparsed';
  readonly reason: UnparsedReason;
}

export type ParseOutcome = ParsedEvent | Unparsed;
