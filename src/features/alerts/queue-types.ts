/** What the queue is asked and answers. */
import type { Instant } from '../../base/clock.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { AlertStatus, Verdict } from '../../model/alert.ts';
import type { FacetName, GroupField, QueueRow, QueueSort, RowKind, TimeBasis } from '../../model/queue.ts';
import type { Severity } from '../../model/severity.ts';

/** What is absent does not narrow; what is an empty list finds nothing. */
export interface QueueFilter {
  readonly status?: readonly AlertStatus[] | undefined;
  readonly severity?: readonly Severity[] | undefined;
  /** Identity ids, `me`, `none`, `others`; any of them. */
  readonly owner?: readonly string[] | undefined;
  readonly kind?: readonly RowKind[] | undefined;
  readonly rule?: readonly string[] | undefined;
  readonly host?: readonly string[] | undefined;
  readonly user?: readonly string[] | undefined;
  readonly source?: readonly string[] | undefined;
  readonly tag?: readonly string[] | undefined;
  /** `FACET=VALUE`. */
  readonly exclude?: readonly string[] | undefined;
  /** `FACET=VALUE`, hosts and users by their ids: one alert of the row has all of them. */
  readonly together?: readonly string[] | undefined;
  readonly text?: string | undefined;
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
  readonly timeBasis: TimeBasis;
}

export interface QueueQuery extends QueueFilter {
  readonly sort: QueueSort;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface QueuePage {
  readonly items: readonly QueueRow[];
  readonly total: number;
  /** False: there are more than `total`. */
  readonly totalExact: boolean;
  readonly nextCursor: string | null;
}

export interface FacetValue {
  readonly value: string;
  readonly label: string;
  readonly rows: number;
}

export interface Facets {
  readonly facets: Readonly<Record<FacetName, readonly FacetValue[]>>;
  readonly exact: boolean;
  /** Rows that were counted. */
  readonly counted: number;
}

export interface HistogramBucket {
  readonly at: Instant;
  readonly rows: number;
  readonly severity: Readonly<Record<Severity, number>>;
}

export interface Histogram {
  readonly buckets: readonly HistogramBucket[];
  readonly exact: boolean;
  readonly range: { readonly from: Instant; readonly to: Instant } | null;
}

export interface QueueGroup {
  readonly values: readonly { readonly field: GroupField; readonly value: string; readonly label: string }[];
  readonly rows: number;
  readonly hosts: number;
  readonly users: number;
  /** All its rows were looked at; else hosts and users are the least there are, and rows too where no counter knows. */
  readonly whole: boolean;
  readonly severity: Readonly<Record<Severity, number>>;
  readonly priority: number;
  readonly lastEventAt: Instant;
}

export interface RowRef {
  readonly kind: RowKind;
  readonly id: string;
  readonly version: number;
}

export interface SimilarAlerts {
  readonly count: number;
  readonly items: readonly (RowRef & {
    readonly key: string;
    readonly title: string;
    readonly host: string;
  })[];
}

export type BulkChange =
  | { readonly action: 'assign'; readonly owner: string | null }
  | { readonly action: 'acknowledge' }
  | { readonly action: 'wait'; readonly for: string; readonly until: Instant }
  | { readonly action: 'close'; readonly verdict: Verdict; readonly reason?: string | undefined }
  | { readonly action: 'reopen'; readonly reason?: string | undefined };

export interface UnchangedItem {
  readonly kind: RowKind;
  readonly id: string;
  readonly key: string;
  readonly code: string;
  readonly reason: string;
  readonly current: QueueRow | null;
}

export interface BulkReport {
  /** For undo; null when nothing was changed. */
  readonly operation: string | null;
  readonly changed: readonly (RowRef & { readonly key: string })[];
  readonly unchanged: readonly UnchangedItem[];
}

type Asker = Scope & Pick<Actor, 'id'>;
export type TermFacet = 'rule' | 'host' | 'user' | 'source' | 'tag';

export interface QueueService {
  /** Throws E_BAD_REQUEST for a cursor that is not one of ours. */
  list(asker: Asker, query: QueueQuery): Promise<QueuePage>;
  /** By id or key; of an alert that belongs to an incident, the incident's. Throws E_NOT_FOUND. */
  row(scope: Scope, id: string): Promise<QueueRow>;
  facets(asker: Asker, filter: QueueFilter, values: number): Promise<Facets>;
  facet(
    asker: Asker,
    filter: QueueFilter,
    facet: TermFacet,
    search: string,
    values: number,
  ): Promise<{ readonly values: readonly FacetValue[]; readonly exact: boolean }>;
  histogram(asker: Asker, filter: QueueFilter, bucket: 'day' | 'hour'): Promise<Histogram>;
  groups(
    asker: Asker,
    filter: QueueFilter,
    by: readonly GroupField[],
    limit: number,
  ): Promise<{ readonly groups: readonly QueueGroup[]; readonly exact: boolean }>;
  similar(scope: Scope, id: string, by: 'rule_entity' | 'rule'): Promise<SimilarAlerts>;
  bulk(actor: Actor, items: readonly RowRef[], change: BulkChange): Promise<BulkReport>;
  /** Throws E_NOT_FOUND for an operation that is not the actor's, E_CONFLICT when it was undone before. */
  undo(actor: Actor, operation: string): Promise<BulkReport>;
}
