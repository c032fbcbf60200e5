/** Rows of a condition that nobody has to look at: counted, and the newest of them told, without reading raw. */
import type { EventHead, EventScan, RowTally } from '../events.ts';
import type { Params } from './engine.ts';
import { checkLimit, conditionSql } from './search.ts';
import { type Hunting, stream } from './stream.ts';

const dayMs = 86_400_000;

export async function* tally(
  hunting: Hunting,
  query: EventScan,
  signal?: AbortSignal,
): AsyncGenerator<RowTally, void, void> {
  const { from, params } = exactly(hunting, query);
  const sql = `SELECT intDiv(toUnixTimestamp64Milli(time), ${dayMs}) * ${dayMs} AS day, host, ${whenNone(['host'], 'user')} AS whom, ${whenNone(['host', 'user'], 'source')} AS from_where, count() AS rows FROM ${from} GROUP BY day, host, whom, from_where`;
  type Row = Pick<RowTally, 'day' | 'host' | 'rows'> & { readonly whom: string; readonly from_where: string };
  for await (const { whom, from_where, ...row } of stream<Row>(hunting, sql, params, signal)) {
    yield { ...row, user: whom, source: from_where };
  }
}

/** The column where the others are empty: what is told apart by them is one group. */
function whenNone(others: readonly string[], column: string): string {
  return `if(${others.map((one) => `${one} = ''`).join(' AND ')}, toString(${column}), '')`;
}

export async function newest(
  hunting: Hunting,
  query: EventScan,
  limit: number,
  signal?: AbortSignal,
): Promise<readonly EventHead[]> {
  checkLimit(limit);
  const { from, params } = exactly(hunting, query);
  const sql = `SELECT event_id, toUnixTimestamp64Milli(time) AS time_ms, host, user FROM ${from} ORDER BY time DESC, event_id LIMIT {limit:UInt32}`;
  const found: EventHead[] = [];
  type Row = Omit<EventHead, 'time'> & { readonly time_ms: number };
  for await (const { time_ms: time, ...row } of stream<Row>(hunting, sql, { ...params, limit }, signal)) {
    found.push({ ...row, time });
  }
  return found;
}

function exactly(hunting: Hunting, query: EventScan): { readonly from: string; readonly params: Params } {
  const { from, params, confirm } = conditionSql(hunting, query);
  if (confirm !== null) throw new Error('rows that have to be confirmed can not be counted alone');
  return { from, params };
}
