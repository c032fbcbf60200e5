/** What the routes need for searches of stored events. */
import type { Instant } from '../../base/clock.ts';
import type { QueryNode } from '../../lang/query/index.ts';
import type { Scope } from '../../model/actor.ts';
import type { PartialReason, TimeBasis } from '../../model/hunt.ts';
import type { EventRecord } from './services.ts';

export interface HuntFilter {
  readonly query: QueryNode;
  /** From inclusive, to exclusive, in the time of `basis`. */
  readonly from?: Instant;
  readonly to?: Instant;
  readonly basis: TimeBasis;
}

/** What an answer lacks: nothing before `before` was looked at, null: nothing at all was. */
export interface PartialAnswer {
  readonly reason: PartialReason;
  readonly before: Instant | null;
}

export interface FoundEvent extends EventRecord {
  /** Values of the fields that were asked for. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export type HuntStep =
  | { readonly type: 'events'; readonly items: readonly FoundEvent[] }
  | {
      readonly type: 'progress';
      readonly found: number;
      readonly rowsRead: number;
      readonly rowsTotal: number;
      readonly examined: number;
    }
  | {
      readonly type: 'done';
      readonly found: number;
      readonly ms: number;
      readonly partial: PartialAnswer | null;
    };

export interface FieldCount {
  readonly name: string;
  readonly count: number;
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

export interface HuntsService {
  /** Newest first, in portions as they are found; aborting the signal stops the search in the store. */
  stream(
    scope: Scope,
    query: HuntFilter & { readonly fields: readonly string[]; readonly limit: number },
    signal: AbortSignal,
  ): AsyncIterable<HuntStep>;
  histogram(
    scope: Scope,
    query: HuntFilter & { readonly buckets: number },
    signal: AbortSignal,
  ): Promise<{
    readonly range: { readonly from: Instant; readonly to: Instant } | null;
    readonly bucketMs: number;
    readonly counts: readonly { readonly at: Instant; readonly source: string; readonly count: number }[];
    readonly total: number;
    readonly partial: PartialAnswer | null;
    /** Time of the newest event that is stored at all. */
    readonly newest: Instant | null;
  }>;
  /** Throws E_BAD_REQUEST for a column that can't be counted. */
  top(
    scope: Scope,
    query: HuntFilter & { readonly column: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<{
    readonly values: readonly { readonly value: string; readonly count: number }[];
    readonly partial: PartialAnswer | null;
  }>;
  fields(
    scope: Scope,
    query: HuntFilter,
    signal: AbortSignal,
  ): Promise<{
    readonly columns: readonly {
      readonly name: string;
      readonly present: number;
      readonly distinct: number;
    }[];
    readonly sampled: number;
    readonly native: readonly FieldCount[];
    readonly ocsf: readonly FieldCount[];
  }>;
}
