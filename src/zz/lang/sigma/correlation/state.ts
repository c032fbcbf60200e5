/** What a stateful rule remembers, as the correlator sees it: observations in, matches out. */
import type { ByteReader, ByteWriter } from './bytes.ts';
import type { Entry, Place } from './entries.ts';

/** What one event of one input says to a stateful rule. */
export interface Observation extends Place {
  /** Id of the stateful rule. */
  readonly rule: string;
  /** Which of its rules. */
  readonly input: number;
  /** Keys of the groups it belongs to: one, but for a field of several values. */
  readonly groups: readonly string[];
  /** Values of the counted field or fields, in the case of the event. */
  readonly values: readonly string[];
  /** Fields that rules built on this one read, by name. */
  readonly carry: Readonly<Record<string, readonly string[]>> | null;
  /** Event time, epoch milliseconds. */
  readonly time: number;
}

export interface StateMatch {
  readonly group: string;
  /** The number that the condition was held against; of new terms, 1. */
  readonly value: number;
  /** Those that together made the match, in the order of time; never empty. */
  readonly entries: readonly Entry[];
  readonly carry: Observation['carry'];
}

export interface StateLimits {
  /** Entries (observations, or terms) of one rule; beyond it, what was touched longest ago goes. */
  readonly maxEntries: number;
  /** Entries of one group, where not the condition itself bounds them. */
  readonly maxGroupEntries: number;
  /**
   * An event that is older than the newest of its group by no more than this is counted exactly, ms. A
   * later one is counted with what is still remembered, or left out beyond this and the time span.
   */
  readonly latenessMs: number;
}

export const defaultStateLimits: StateLimits = {
  maxEntries: 200_000,
  maxGroupEntries: 10_000,
  latenessMs: 5 * 60_000,
};

export interface StateStats {
  readonly groups: number;
  readonly entries: number;
  /** Entries that were dropped at a limit although they could still have counted. */
  readonly evicted: number;
  /** Observations that came too late for their group. */
  readonly late: number;
}

export interface RuleState {
  /** `receivedAt`: when the event's batch came, ms; it never goes back. */
  add(observation: Observation, receivedAt: number): readonly StateMatch[];
  /** Time of receipt goes on: ends groups that nothing comes to any more. True when anything changed. */
  advance(receivedAt: number, found: (match: StateMatch) => void): boolean;
  stats(): StateStats;
  write(writer: ByteWriter): void;
  read(reader: ByteReader): void;
}
