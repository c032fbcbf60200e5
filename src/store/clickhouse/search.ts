/** Hunts for events, page by page, each candidate confirmed where the engine alone can't tell. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { renderSql, splitByRaw } from '../../lang/sigma/index.ts';
import type { EventFilter, EventScan, EventSearch, HuntOptions, StoredEvent } from '../events.ts';
import type { Params } from './engine.ts';
import { type FilterSql, filterSql, timeColumn } from './filter.ts';
import { type EventSqlRow, eventColumnsSql, eventOf } from './rows.ts';
import { type Hunting, maxLimit, stream } from './stream.ts';

/** Where the next page goes on: strictly after this place in newest-first order. */
interface Place {
  readonly at: Instant;
  readonly seq: number;
  readonly idx: number;
}

const defaultMaxExamined = 200_000;
/** Looking at a candidate takes tens of microseconds; others want the thread in between. */
const examinedPerTurn = 250;

export async function* search(
  hunting: Hunting,
  query: EventSearch,
  signal?: AbortSignal,
): AsyncGenerator<StoredEvent, void, void> {
  checkLimit(query.limit);
  const filter = filterSql(query);
  const confirm = both(query.confirm ?? null, filter.confirm);
  yield* found(hunting, query, { ...filter, confirm }, query.limit, signal);
}

/** Every event that a filter means, newest first. */
export function scan(
  hunting: Hunting,
  query: EventFilter & HuntOptions,
  signal?: AbortSignal,
): AsyncGenerator<StoredEvent, void, void> {
  return found(hunting, query, filterSql(query), Number.POSITIVE_INFINITY, signal);
}

async function* found(
  hunting: Hunting,
  query: EventFilter & HuntOptions,
  filter: FilterSql,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<StoredEvent, void, void> {
  const { confirm } = filter;
  const { maxExamined = defaultMaxExamined, onProgress } = query;
  const time = timeColumn(query);
  // Without confirmation every row counts; with it, rows fall out and further pages may be needed.
  const page = confirm === null ? Math.min(limit, maxLimit) : Math.min(maxLimit, Math.max(1_000, limit * 2));
  const started = performance.now();
  let given = 0;
  let examined = 0;
  let after: Place | undefined;
  const reading = { rowsRead: 0, rowsTotal: 0 };
  const tell = () => onProgress?.({ ...reading, examined });
  const options =
    onProgress === undefined
      ? {}
      : {
          onRead: (rowsRead: number, rowsTotal: number) => {
            Object.assign(reading, { rowsRead, rowsTotal });
            tell();
          },
        };
  while (given < limit) {
    let seen = 0;
    const { sql, params } = pageSql(hunting.table, filter, time, page, after);
    for await (const row of stream<EventSqlRow>(hunting, sql, params, signal, options)) {
      seen++;
      const event = eventOf(row);
      after = { at: event[time], seq: event.seq, idx: event.idx };
      if (confirm !== null) {
        examined++;
        if (examined % examinedPerTurn === 0) {
          tell();
          await turn();
        }
      }
      if (confirm === null || confirm(event)) {
        yield event;
        given++;
        // Without confirmation the page ends here by itself.
        if (given === limit && confirm !== null) return;
      }
      const late =
        examined % examinedPerTurn === 0 && performance.now() - started > hunting.limits.maxSeconds * 1_000;
      if (confirm !== null && (late || examined >= maxExamined)) {
        query.onStopped?.(event[time], late ? 'time' : 'examined');
        return;
      }
    }
    if (seen < page) return;
  }
}

function both(
  first: ((event: StoredEvent) => boolean) | null,
  second: ((event: StoredEvent) => boolean) | null,
): ((event: StoredEvent) => boolean) | null {
  if (first === null || second === null) return first ?? second;
  return (event) => first(event) && second(event);
}

/**
 * The rows of a filter and a condition, as what stands after FROM. What asks for columns only goes first and alone:
 * left to the engine, searches in raw are made over rows that a column rules out, which takes minutes.
 */
export function conditionSql(
  { table }: Pick<Hunting, 'table'>,
  query: EventScan,
): { readonly from: string; readonly params: Params; readonly confirm: FilterSql['confirm'] } {
  const { where, params, confirm } = filterSql(query);
  const [byColumns, withRaw] = splitByRaw(query.condition);
  const { texts, params: own } = renderSql({ byColumns, withRaw });
  return {
    from: `${table} PREWHERE ${texts.byColumns} WHERE ${where} AND ${texts.withRaw}`,
    params: { ...params, ...own },
    confirm,
  };
}

/** Every event that a filter and a condition of a rule let through, in no order. */
export async function* scanCondition(
  hunting: Hunting,
  query: EventScan,
  signal?: AbortSignal,
): AsyncGenerator<StoredEvent, void, void> {
  const { from, params, confirm } = conditionSql(hunting, query);
  const sql = `SELECT ${eventColumnsSql} FROM ${from}`;
  for await (const row of stream<EventSqlRow>(hunting, sql, params, signal)) {
    const event = eventOf(row);
    if (confirm === null || confirm(event)) yield event;
  }
}

export function checkLimit(limit: number, most = maxLimit): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return;
  throw new AppError('E_BAD_REQUEST', `limit must be a whole number from 1 to ${most}`, { limit });
}

function pageSql(
  table: string,
  { where, params }: FilterSql,
  time: string,
  page: number,
  after: Place | undefined,
): { readonly sql: string; readonly params: Params } {
  const paged: Params = { ...params, page };
  const order = `ORDER BY ${time} DESC, seq DESC, idx DESC LIMIT {page:UInt32}`;
  if (after === undefined) {
    return { sql: `SELECT ${eventColumnsSql} FROM ${table} WHERE ${where} ${order}`, params: paged };
  }
  const instant = "fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC')";
  const further = `${time} <= ${instant} AND (${time}, seq, idx) < (${instant}, {afterSeq:UInt64}, {afterIdx:UInt32})`;
  return {
    sql: `SELECT ${eventColumnsSql} FROM ${table} WHERE ${where} AND ${further} ${order}`,
    params: { ...paged, afterTime: after.at, afterSeq: after.seq, afterIdx: after.idx },
  };
}
