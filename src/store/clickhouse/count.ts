/** Counts of what a filter means: values, buckets of time, columns. In the engine where it can tell alone, else one by one. */
import type { Instant } from '../../base/clock.ts';
import {
  type ColumnFacts,
  type CountFilter,
  type Histogram,
  type HistogramSearch,
  type TopColumn,
  type TopSearch,
  type TopValue,
  topColumns,
} from '../events.ts';
import { type FilterSql, filterSql, timeColumn } from './filter.ts';
import { checkLimit, scan } from './search.ts';
import { type Hunting, stream } from './stream.ts';

/** Values of a column with their number of events, most frequent first. */
export async function top(
  hunting: Hunting,
  query: TopSearch,
  column: TopColumn,
  signal?: AbortSignal,
): Promise<readonly TopValue[]> {
  checkLimit(query.limit);
  const filter = filterSql(query);
  if (filter.confirm !== null) return topOfMatches(hunting, query, column, signal);
  const order = query.rarest === true ? 'ASC' : 'DESC';
  const sql = `SELECT toString(${column}) AS value, count() AS count FROM ${hunting.table} WHERE ${filter.where} GROUP BY ${column} ORDER BY count ${order}, value LIMIT {limit:UInt32}`;
  return await all<TopValue>(hunting, sql, { ...filter.params, limit: query.limit }, signal);
}

async function topOfMatches(
  hunting: Hunting,
  query: TopSearch,
  column: TopColumn,
  signal: AbortSignal | undefined,
): Promise<readonly TopValue[]> {
  const counts = new Map<string, number>();
  for await (const event of scan(hunting, query, signal)) {
    const value = String(event[column]);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sign = query.rarest === true ? -1 : 1;
  return [...counts]
    .map(([text, count]) => ({ value: text, count }))
    .sort((a, b) => sign * (b.count - a.count) || (a.value < b.value ? -1 : 1))
    .slice(0, query.limit);
}

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];
/** Widths that people can read; multiples of each other as far as it goes, so that zooming keeps edges. */
const widths = [
  ...[1, 5, 20, 100, 250].map((ms) => ms),
  ...[1, 5, 15, 30].map((n) => n * second),
  ...[1, 5, 15, 30].map((n) => n * minute),
  ...[1, 3, 6, 12].map((n) => n * hour),
  ...[1, 7, 28, 91, 364, 1_820].map((n) => n * day),
];

/** The narrowest width of which at most `buckets` cover the range. */
export function bucketWidth(rangeMs: number, buckets: number): number {
  return widths.find((width) => rangeMs / width <= buckets) ?? widths.at(-1) ?? day;
}

interface Match {
  readonly at: Instant;
  readonly source: string;
}

export async function histogram(
  hunting: Hunting,
  query: HistogramSearch,
  signal?: AbortSignal,
): Promise<Histogram> {
  checkLimit(query.buckets, 400);
  const filter = filterSql(query);
  const time = timeColumn(query);
  if (filter.confirm === null) return engineHistogram(hunting, query, filter, signal);
  const matches: Match[] = [];
  for await (const event of scan(hunting, query, signal)) {
    matches.push({ at: event[time], source: event.source });
  }
  const newest = matches[0]?.at;
  const extent = newest === undefined ? null : { first: matches.at(-1)?.at ?? newest, last: newest };
  const range = rangeOf(query, extent);
  const bucketMs = range === null ? second : bucketWidth(range.to - range.from, query.buckets);
  const counts = new Map<string, { at: Instant; source: string; count: number }>();
  for (const { at, source } of matches.reverse()) {
    const start = Math.floor(at / bucketMs) * bucketMs;
    const key = `${start} ${source}`;
    const known = counts.get(key) ?? { at: start, source, count: 0 };
    known.count += 1;
    counts.set(key, known);
  }
  return { range, bucketMs, counts: [...counts.values()], total: matches.length };
}

async function engineHistogram(
  hunting: Hunting,
  query: HistogramSearch,
  { where, params }: FilterSql,
  signal: AbortSignal | undefined,
): Promise<Histogram> {
  const time = timeColumn(query);
  const ms = `toUnixTimestamp64Milli(${time})`;
  const [extent] = await all<{ total: number; first: number; last: number }>(
    hunting,
    `SELECT count() AS total, min(${ms}) AS first, max(${ms}) AS last FROM ${hunting.table} WHERE ${where}`,
    params,
    signal,
  );
  const total = extent?.total ?? 0;
  const range = rangeOf(query, extent === undefined || total === 0 ? null : extent);
  const bucketMs = range === null ? second : bucketWidth(range.to - range.from, query.buckets);
  if (total === 0) return { range, bucketMs, counts: [], total };
  const counts = await all<Histogram['counts'][number]>(
    hunting,
    `SELECT intDiv(${ms}, {bucket:Int64}) * {bucket:Int64} AS at, source, count() AS count FROM ${hunting.table} WHERE ${where} GROUP BY at, source ORDER BY at, source`,
    { ...params, bucket: bucketMs },
    signal,
  );
  return { range, bucketMs, counts, total };
}

/** What was asked for; an open end is where the events end (`to` is exclusive). */
function rangeOf(
  { from, to }: CountFilter,
  extent: { readonly first: Instant; readonly last: Instant } | null,
): Histogram['range'] {
  const start = from ?? extent?.first;
  const end = to ?? (extent === null ? undefined : extent.last + 1);
  return start === undefined || end === undefined || end <= start ? null : { from: start, to: end };
}

export async function columnFacts(
  hunting: Hunting,
  query: CountFilter,
  signal?: AbortSignal,
): Promise<readonly ColumnFacts[]> {
  const { where, params } = filterSql(query);
  const numbers = new Set<TopColumn>(['class_uid', 'dst_port']);
  const parts = topColumns.flatMap((column) => [
    `countIf(${column} != ${numbers.has(column) ? '0' : "''"}) AS ${column}_present`,
    `uniqIf(${column}, ${column} != ${numbers.has(column) ? '0' : "''"}) AS ${column}_distinct`,
  ]);
  const [row] = await all<Readonly<Record<string, number>>>(
    hunting,
    `SELECT ${parts.join(', ')} FROM ${hunting.table} WHERE ${where}`,
    params,
    signal,
  );
  return topColumns.map((column) => ({
    column,
    present: row?.[`${column}_present`] ?? 0,
    distinct: row?.[`${column}_distinct`] ?? 0,
  }));
}

async function all<T>(
  hunting: Hunting,
  sql: string,
  params: FilterSql['params'],
  signal: AbortSignal | undefined,
): Promise<T[]> {
  const rows: T[] = [];
  for await (const row of stream<T>(hunting, sql, params, signal)) rows.push(row);
  return rows;
}
