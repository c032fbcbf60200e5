/** Port: the event store. Every raw record that was acknowledged is in it, in the order of its sequence. */
import type { Instant } from '../base/clock.ts';
import type { QueryNode } from '../lang/query/index.ts';
import type { SqlCondition, VerbatimParser } from '../lang/sigma/index.ts';
import type { TimeBasis } from '../model/hunt.ts';
import type { EventId, SourceId, TenantId } from '../model/ids.ts';

/**
 * One row of the events table, as one line of the NDJSON that `append` takes. Column names are the
 * store's; text columns are '' and numbers 0 where an event has no such value. The OCSF attribute a
 * column comes from stands beside it. Column order here is the order in the table.
 */
export interface EventRow {
  tenant: string;
  source: string;
  /** ISO-8601 with milliseconds, UTC. */
  received: string;
  seq: number;
  /** Index of the record in its batch. */
  idx: number;
  event_id: string;
  /** Event time, ISO-8601; the time of receipt where `time_origin` is 'received'. */
  time: string;
  /** 'event': the record says so. 'received': the record says nothing, or something outside the accepted range. */
  time_origin: 'event' | 'received' | 'out_of_range';
  context: string;
  parser: string;
  parser_version: number;
  /** '' for an event, else the UnparsedReason. */
  unparsed: string;
  raw: string;
  /** 'utf8', or 'latin1' where the record was not valid UTF-8: each byte is then the code point of its value. */
  raw_encoding: 'utf8' | 'latin1';
  class_uid: number;
  activity_id: number;
  /** Sigma logsource. */
  product: string;
  service: string;
  category: string;
  /** Windows: channel and event code. */
  channel: string;
  event_code: string;
  /** device.hostname */
  host: string;
  /** actor.user.name, or user.name where the class has no actor */
  user: string;
  src_ip: string;
  dst_ip: string;
  dst_port: number;
  /** process.file.path or process.name */
  process: string;
  /** process.cmd_line */
  command_line: string;
  /** process.parent_process.file.path or .name */
  parent_process: string;
  /** file.path */
  file: string;
}

/** A batch's rows, ready to insert. */
export interface AppendBatch {
  readonly seq: number;
  /** Rows as UTF-8 NDJSON, one EventRow a line, all with this `seq`. */
  readonly rows: Uint8Array;
  readonly count: number;
}

/** A stored row as it is read back for a consumer: what re-parsing needs. */
export interface StoredRecord {
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly receivedAt: Instant;
  readonly seq: number;
  readonly idx: number;
  readonly eventId: EventId;
  readonly context: string;
  readonly unparsed: string;
  readonly raw: Uint8Array;
}

/** A row for people: every column, raw as text. */
export type StoredEvent = Omit<EventRow, 'received' | 'time'> & {
  readonly received: Instant;
  readonly time: Instant;
};

/** What a parser makes of a stored event today. */
export interface EventViews {
  readonly native: Readonly<Record<string, unknown>>;
  readonly ocsf: Readonly<Record<string, unknown>>;
}

/** A query of the search language, and what the store needs to answer it exactly. */
export interface EventQuery {
  readonly node: QueryNode;
  /** Called for candidates only, when the query asks for what has no column. Pure. */
  readonly views: (event: StoredEvent) => EventViews;
  readonly verbatim: readonly VerbatimParser[];
}

/** Which events: all that is given must hold. */
export interface EventFilter {
  readonly tenant: TenantId;
  /** From inclusive, to exclusive, in the time of `basis`. */
  readonly from?: Instant;
  readonly to?: Instant;
  /** Which time ranges, order and buckets are of; default `event`. */
  readonly basis?: TimeBasis;
  /** Received at or after this, whatever the basis is. */
  readonly receivedFrom?: Instant;
  readonly query?: EventQuery;
  /** Columns of the same names, equal to the character. */
  readonly source?: string;
  readonly host?: string;
  readonly user?: string;
  /**
   * Substring of raw, case-insensitive for ASCII. Found as it stands or as JSON escapes it, since
   * raw is mostly JSON: `C:\Windows` in a search means `C:\\Windows` in raw.
   */
  readonly text?: string;
  /**
   * Equality (ASCII case-insensitive) of a native field that may have no column. The store can only
   * narrow by the value as JSON text; `confirm` has to look at the parsed record. A number is looked
   * for as JSON.stringify writes it.
   */
  readonly field?: { readonly name: string; readonly value: string };
  readonly unparsedOnly?: boolean;
}

/** How far a hunt is. */
export interface HuntProgress {
  /** Rows that the engine has read for the statement that runs, and about how many it will. */
  readonly rowsRead: number;
  readonly rowsTotal: number;
  /** Candidates that were looked at one by one. */
  readonly examined: number;
}

/** What every hunt over candidates may set. */
export interface HuntOptions {
  /** Most candidates that are looked at one by one; default 200,000. */
  readonly maxExamined?: number;
  readonly onProgress?: (progress: HuntProgress) => void;
  /**
   * Called when it ends before all candidates were looked at, because they were `maxExamined` or it
   * took the store's cap of time: nothing before `at` was looked at.
   */
  readonly onStopped?: (at: Instant, cap: 'examined' | 'time') => void;
}

export interface EventSearch extends EventFilter, HuntOptions {
  /** Says of a candidate whether it is meant; what it refuses does not count towards the limit. Pure. */
  readonly confirm?: (event: StoredEvent) => boolean;
  /** Newest first. From 1 to 10,000. */
  readonly limit: number;
}

/** Rows for a condition over many of them, as a backtest has it; `field` needs a search. */
export interface EventScan extends Omit<EventFilter, 'field'> {
  /** What a rule says of the rows that it can match: a superset of them. */
  readonly condition: SqlCondition;
}

/** How many rows of a day are about the same: a host, else (host '') a user, else (user '' as well) a source. */
export interface RowTally extends Pick<EventRow, 'host' | 'user' | 'source'> {
  /** Start of the UTC day of event time. */
  readonly day: Instant;
  readonly rows: number;
}

/** The least that tells an event to a person. */
export type EventHead = Pick<StoredEvent, 'event_id' | 'time' | 'host' | 'user'>;

/** Columns that can be counted by value. */
export const topColumns = [
  'source',
  'parser',
  'unparsed',
  'product',
  'service',
  'category',
  'channel',
  'event_code',
  'class_uid',
  'host',
  'user',
  'src_ip',
  'dst_ip',
  'dst_port',
  'process',
  'command_line',
  'parent_process',
  'file',
] as const satisfies readonly (keyof EventRow)[];
export type TopColumn = (typeof topColumns)[number];

/** `field` is missing here: it is confirmed by the caller, who can't confirm a count. */
export type CountFilter = Omit<EventFilter, 'field'>;

export interface TopSearch extends CountFilter, HuntOptions {
  /** Rarest first instead of most frequent. */
  readonly rarest?: boolean;
  /** Number of values. From 1 to 10,000. */
  readonly limit: number;
}

export interface TopValue {
  readonly value: string;
  readonly count: number;
}

export interface HistogramSearch extends CountFilter, HuntOptions {
  /** About as many buckets, from 1 to 400. */
  readonly buckets: number;
}

export interface Histogram {
  /** The range that is shown: what was asked for, else from the first to the last event. Null when there is neither. */
  readonly range: { readonly from: Instant; readonly to: Instant } | null;
  readonly bucketMs: number;
  /** Buckets that have events, by source, oldest first. */
  readonly counts: readonly { readonly at: Instant; readonly source: string; readonly count: number }[];
  readonly total: number;
}

export interface ColumnFacts {
  readonly column: TopColumn;
  /** Events that have a value there. */
  readonly present: number;
  /** Different values, about. */
  readonly distinct: number;
}

/** A source as its rows of the last time tell it. */
export interface SourceFacts {
  readonly source: string;
  /** Newest receipt and newest event time. */
  readonly lastReceived: Instant;
  readonly lastEvent: Instant;
  /** Records received since `since`, and in the last hour and quarter of an hour of it. */
  readonly records: number;
  readonly lastHour: number;
  readonly lastQuarter: number;
  readonly unparsed: number;
  /** Receipt minus event time, ms, of events with a time of their own: median and 95 %; null without any. */
  readonly lagMedianMs: number | null;
  readonly lagHighMs: number | null;
  /** Least lag, ms: below zero the sender's clock is ahead by at least that. */
  readonly lagLeastMs: number | null;
  /** Records of each hour with any, oldest first. */
  readonly hours: readonly { readonly at: Instant; readonly records: number }[];
  /** Pause between two deliveries, ms, that 99 of 100 stay under, and the longest one; null with fewer than two. */
  readonly pauseMs: number | null;
  readonly longestPauseMs: number | null;
  readonly deliveries: number;
}

/** UTC days of receipt, inclusive at both ends, `YYYY-MM-DD`. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export interface EventStoreStats {
  readonly rows: number;
  readonly bytesOnDisk: number;
  readonly days: number;
}

/** A day of receipt on its way into a backup. `data` is read before the next day is asked for. */
export interface ExportedDay {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly rows: number;
  readonly data: AsyncIterable<Uint8Array>;
}

export interface EventStore {
  /** Brings the tables to this version. Throws AppError E_DATA_NEWER when they are of a newer one. */
  migrate(): Promise<void>;
  /**
   * Stores batches in order; returns when they are as durable as ADR 5 says. Batches of one UTC day
   * of receipt are one insert, of which all or nothing is stored (a batch has one time of receipt);
   * a later day is begun after an earlier one is stored. Calls wait for each other. Repeating a call
   * whose outcome is unknown (same seqs, same rows) stores nothing twice.
   * Throws AppError E_DISK_FULL or E_STORE_UNAVAILABLE; nothing else is retryable.
   */
  append(batches: readonly AppendBatch[]): Promise<void>;
  /** Which of these ids are stored for this tenant and source, received at or after `since`. */
  existing(
    tenant: TenantId,
    source: SourceId,
    since: Instant,
    ids: readonly EventId[],
  ): Promise<Set<EventId>>;
  /** Highest stored seq, 0 when empty. */
  lastSeq(): Promise<number>;
  /** Records with seq > after, ordered by (seq, idx), whole batches only, at least one batch if there is any, about `maxRows`. */
  readAfter(after: number, maxRows: number): Promise<readonly StoredRecord[]>;
  get(tenant: TenantId, id: EventId): Promise<StoredEvent | null>;
  /** Events at these places, in the order of (seq, idx); those that have expired are not among them. At most 1,000 places. */
  at(
    tenant: TenantId,
    places: readonly { readonly seq: number; readonly idx: number }[],
  ): Promise<readonly StoredEvent[]>;
  /**
   * Streams, as fast as it is read; aborting the signal, or leaving the loop, really stops the engine
   * (KILL QUERY). An abort ends it with an AbortError. Throws AppError E_TOO_LARGE when it runs into
   * the store's caps of time or memory, E_BAD_REQUEST for a limit out of range.
   */
  search(query: EventSearch, signal?: AbortSignal): AsyncIterable<StoredEvent>;
  /** Whether the engine answers a query alone, so that its counts cost no look at each candidate. */
  answersAlone(query: QueryNode): boolean;
  /** Every row that the filter and the condition let through, in no order; same errors and abort as `search`. */
  scan(query: EventScan, signal?: AbortSignal): AsyncIterable<StoredEvent>;
  /**
   * The same rows counted in the engine: by day, and by host, those without one by user, those without either by
   * source. The query must ask for nothing that has to be confirmed. Same errors and abort as `search`.
   */
  tally(query: EventScan, signal?: AbortSignal): AsyncIterable<RowTally>;
  /** The newest of these rows; of one time those with the least id first. Conditions, errors and abort as of `tally`. */
  newest(query: EventScan, limit: number, signal?: AbortSignal): Promise<readonly EventHead[]>;
  /** The most frequent (or rarest) values of a column with their number of events; same errors and abort as `search`. */
  top(query: TopSearch, column: TopColumn, signal?: AbortSignal): Promise<readonly TopValue[]>;
  /** How many events when; same errors and abort as `search`. */
  histogram(query: HistogramSearch, signal?: AbortSignal): Promise<Histogram>;
  /**
   * Which columns have values; same errors and abort as `search`. Of a query that the engine can't
   * answer alone, events that only may be meant count as well.
   */
  columnFacts(query: CountFilter, signal?: AbortSignal): Promise<readonly ColumnFacts[]>;
  /** The sources that have sent something from `since` to `now`. */
  sourceFacts(tenant: TenantId, since: Instant, now: Instant): Promise<readonly SourceFacts[]>;
  /**
   * Drops whole days of receipt before `before` (`YYYY-MM-DD`, exclusive) that lie in no `held` range.
   * Returns the days dropped, oldest first.
   */
  expire(before: string, held: readonly DayRange[]): Promise<readonly string[]>;
  stats(): Promise<EventStoreStats>;
  /**
   * Streams all rows with seq ≤ upTo, day by day: gzip of NDJSON, one EventRow a line, ordered by
   * tenant, source, received, seq, idx. No day is held in memory.
   */
  exportDays(upTo: number): AsyncIterable<ExportedDay>;
  /** Takes back what exportDays gave, into an empty store. Returns rows stored. */
  importDay(data: AsyncIterable<Uint8Array>): Promise<number>;
  /** Ends running searches, waits for the rest. After it every call throws AppError E_STORE_UNAVAILABLE. */
  close(): Promise<void>;
}
