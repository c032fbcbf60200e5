/** What is known of a source's health, and what the feature asks of others. */
import type { Instant } from '../../base/clock.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { SourceId, TenantId } from '../../model/ids.ts';
import type { RecordsTx } from '../../store/records.ts';

/**
 * How long a source may be quiet before that is an alert. `auto`: told from its own history, where it
 * has enough of one; `off`: never; `set`: by a person.
 */
export type Expectation =
  | { readonly kind: 'auto' }
  | { readonly kind: 'off' }
  | { readonly kind: 'set'; readonly pauseMs: number };

/**
 * `sending`: something came within what is expected. `silent`: nothing did. `idle`: nothing is expected
 * of it, as of an archive that was imported. `never`: it was added, and has sent nothing.
 */
export type SourceState = 'sending' | 'silent' | 'idle' | 'never';

export interface SourceHealth {
  readonly source: SourceId;
  /** Null for a name that records came under without a source of its own (imports). */
  readonly description: string | null;
  readonly state: SourceState;
  /** The newest receipt and event time in the window; null when nothing came in it. */
  readonly lastReceivedAt: Instant | null;
  readonly lastEventAt: Instant | null;
  /** Since when it is silent. */
  readonly silentSince: Instant | null;
  readonly expectation: Expectation;
  /** The longest pause that is no silence; null when nothing is expected. */
  readonly pauseMs: number | null;
  /** Records in the window. */
  readonly records: number;
  readonly unparsed: number;
  /** Records a minute in the last quarter of an hour. */
  readonly perMinuteNow: number;
  /** The same in the median hour since the first one in the window; null with too little history. */
  readonly perMinuteUsual: number | null;
  /** Receipt minus event time; null without events that name their time. */
  readonly lagMedianMs: number | null;
  readonly lagHighMs: number | null;
  /** By how much, at least, its clock is ahead of ours; 0 when it is not. */
  readonly clockAheadMs: number;
  /** Records of each hour of the window that has any, oldest first. */
  readonly hours: readonly { readonly at: Instant; readonly records: number }[];
  /** Of the expectation; a change names the one it was made on. */
  readonly version: number;
}

/** Records that could not be read, by their structure. */
export interface UnparsedShape {
  /** The structure, with values left out. */
  readonly shape: string;
  readonly reason: string;
  readonly count: number;
  readonly example: { readonly eventId: string; readonly raw: string };
}

export interface UnparsedShapes {
  /** Newest unparsed records that were looked at. */
  readonly sampled: number;
  /** Most frequent first. */
  readonly shapes: readonly UnparsedShape[];
}

/** What a visibility alert says. */
export interface SilenceFacts {
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly lastReceivedAt: Instant;
  readonly pauseMs: number;
}

/**
 * Raises the alert that a source has fallen silent, within the transaction that remembers it.
 * Filled by whoever owns alerts.
 */
export type RaiseVisibility = (tx: RecordsTx, facts: SilenceFacts) => Promise<void>;

/** What is said when a source that was silent sends again. */
export interface ResumedFacts {
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly silentSince: Instant;
  readonly lastReceivedAt: Instant;
}

/** Notes it on the alert of the silence, within the transaction that forgets it. */
export type NoteResumed = (tx: RecordsTx, facts: ResumedFacts) => Promise<void>;

export interface HealthService {
  /** Every source that is known or has sent something in the window, by name. */
  list(scope: Scope): Promise<readonly SourceHealth[]>;
  /** The most frequent shapes among the newest unparsed records. */
  shapes(scope: Scope, source: string, signal: AbortSignal): Promise<UnparsedShapes>;
  /** Throws E_CONFLICT for another version, E_BAD_REQUEST for a pause out of range. */
  expect(actor: Actor, source: string, version: number, expectation: Expectation): Promise<SourceHealth>;
  /** Looks once at every source of the tenant: what fell silent is raised, what sends again is forgotten. */
  watch(tenant: TenantId): Promise<void>;
}
