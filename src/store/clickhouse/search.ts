/** Hunts as statements: filters, pages, counts; values travel as parameters only. */
import { AppError } from '../../base/errors.ts';
import { renderSql } from '../../lang/sigma/index.ts';
import type {
  EventFilter,
  EventScan,
  EventSearch,
  StoredEvent,
  TopColumn,
  TopSearch,
  TopValue,
} from '../events.ts';
import type { Params } from './engine.ts';
import { certainParts, textForms } from './match.ts';
import { type EventSqlRow, eventColumnsSql, eventOf } from './rows.ts';
import { type Hunting, maxLimit, stream } from './stream.ts';

/** Where the next page goes on: strictly after this place in newest-first order. */
interface Place {
  readonly time: number;
  readonly seq: number;
  readonly idx: number;
}

export async function* search(
  hunting: Hunting,
  query: EventSearch,
  signal?: AbortSignal,
): AsyncGenerator<StoredEvent, void, void> {
  checkLimit(query.limit);
  const { confirm, limit } = query;
  // Without confirmation every row counts; with it, rows fall out and further pages may be needed.
  const page = confirm === undefined ? limit : Math.min(maxLimit, Math.max(1_000, limit * 2));
  let given = 0;
  let after: Place | undefined;
  while (given < limit) {
    let seen = 0;
    const { sql, params } = pageSql(hunting.table, query, page, after);
    for await (const row of stream<EventSqlRow>(hunting, sql, params, signal)) {
      seen++;
      const event = eventOf(row);
      after = event;
      if (confirm !== undefined && !confirm(event)) continue;
      yield event;
      given++;
      // Without confirmation the page ends here by itself.
      if (given === limit && confirm !== undefined) return;
    }
    if (seen < page) return;
  }
}

export async function* scan(
  hunting: Hunting,
  query: EventScan,
  signal?: AbortSignal,
): AsyncGenerator<StoredEvent, void, void> {
  const { where, params } = filterSql(query);
  const condition = renderSql(query.condition);
  const sql = `SELECT ${eventColumnsSql} FROM ${hunting.table} WHERE ${where} AND ${condition.where}`;
  for await (const row of stream<EventSqlRow>(hunting, sql, { ...params, ...condition.params }, signal)) {
    yield eventOf(row);
  }
}

/** Values of a column with their number of events, most frequent first. */
export async function top(
  hunting: Hunting,
  query: TopSearch,
  column: TopColumn,
  signal?: AbortSignal,
): Promise<readonly TopValue[]> {
  checkLimit(query.limit);
  const { where, params } = filterSql(query);
  const order = query.rarest === true ? 'ASC' : 'DESC';
  const sql = `SELECT toString(${column}) AS value, count() AS count FROM ${hunting.table} WHERE ${where} GROUP BY ${column} ORDER BY count ${order}, value LIMIT {limit:UInt32}`;
  const values: TopValue[] = [];
  for await (const row of stream<TopValue>(hunting, sql, { ...params, limit: query.limit }, signal)) {
    values.push(row);
  }
  return values;
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return;
  throw new AppError('E_BAD_REQUEST', `limit must be a whole number from 1 to ${maxLimit}`, { limit });
}

function pageSql(table: string, query: EventSearch, page: number, after: Place | undefined) {
  const { where, params } = filterSql(query);
  const paged: Params = { ...params, page };
  const order = 'ORDER BY time DESC, seq DESC, idx DESC LIMIT {page:UInt32}';
  if (after === undefined) {
    return { sql: `SELECT ${eventColumnsSql} FROM ${table} WHERE ${where} ${order}`, params: paged };
  }
  const instant = "fromUnixTimestamp64Milli({afterTime:Int64}, 'UTC')";
  const further = `time <= ${instant} AND (time, seq, idx) < (${instant}, {afterSeq:UInt64}, {afterIdx:UInt32})`;
  return {
    sql: `SELECT ${eventColumnsSql} FROM ${table} WHERE ${where} AND ${further} ${order}`,
    params: { ...paged, afterTime: after.time, afterSeq: after.seq, afterIdx: after.idx },
  };
}

function filterSql(query: EventFilter): { readonly where: string; readonly params: Params } {
  const params: Record<string, string | number | readonly string[]> = { tenant: query.tenant };
  const where = ['tenant = {tenant:String}'];
  const instant = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
  if (query.from !== undefined) {
    params['from'] = query.from;
    where.push(`time >= ${instant('from')}`);
  }
  if (query.to !== undefined) {
    params['to'] = query.to;
    where.push(`time < ${instant('to')}`);
  }
  for (const column of ['source', 'host', 'user'] as const) {
    const value = query[column];
    if (value === undefined) continue;
    params[column] = value;
    where.push(`${column} = {${column}:String}`);
  }
  if (query.unparsedOnly === true) where.push("unparsed != ''");
  contains('text', query.text === undefined || query.text === '' ? [] : textForms(query.text));
  contains('part', query.field === undefined ? [] : certainParts(query.field.value));
  return { where: where.join(' AND '), params };

  function contains(name: string, needles: readonly string[]): void {
    if (needles.length === 0) return;
    params[name] = needles;
    where.push(`multiSearchAnyCaseInsensitive(raw, {${name}:Array(String)})`);
  }
}
