/** How each source does, from the rows it has sent: one read over the key's first columns. */
import type { Instant } from '../../base/clock.ts';
import type { TenantId } from '../../model/ids.ts';
import type { SourceFacts } from '../events.ts';
import { allRows, type EngineClient, settingsClause } from './engine.ts';

interface FactsRow
  extends Omit<
    SourceFacts,
    'hours' | 'pauseMs' | 'longestPauseMs' | 'deliveries' | 'lagMedianMs' | 'lagHighMs' | 'lagLeastMs'
  > {
  readonly lags: readonly number[];
  readonly timed: number;
  readonly least: number;
}

interface PaceRow {
  readonly source: string;
  readonly hours: readonly (readonly [number, number])[];
  readonly receipts: readonly number[];
}

/** Two threads: it is asked for every minute, beside everything else. */
const settings = settingsClause({ max_threads: 2 });
/** Newest receipts from which pauses are told. */
const receiptsRead = 2_000;

export async function sourceFacts(
  reader: EngineClient,
  table: string,
  tenant: TenantId,
  since: Instant,
  now: Instant,
): Promise<readonly SourceFacts[]> {
  const instant = (name: string) => `fromUnixTimestamp64Milli({${name}:Int64}, 'UTC')`;
  const where = `tenant = {tenant:String} AND received >= ${instant('since')} AND received <= ${instant('now')}`;
  const params = { tenant, since, now };
  const own = "time_origin = 'event'";
  const lag = 'toUnixTimestamp64Milli(received) - toUnixTimestamp64Milli(time)';
  const rows = await allRows<FactsRow>(
    reader,
    `SELECT source, toUnixTimestamp64Milli(max(received)) AS lastReceived, toUnixTimestamp64Milli(max(time)) AS lastEvent,
      count() AS records,
      countIf(received > ${instant('now')} - INTERVAL 1 HOUR) AS lastHour,
      countIf(received > ${instant('now')} - INTERVAL 15 MINUTE) AS lastQuarter,
      countIf(unparsed != '') AS unparsed, countIf(${own}) AS timed, minIf(${lag}, ${own}) AS least,
      arrayMap(q -> if(isNaN(q), 0, q), quantilesIf(0.5, 0.95)(${lag}, ${own})) AS lags
    FROM ${table} WHERE ${where} GROUP BY source ORDER BY source${settings}`,
    params,
  );
  const paces = await allRows<PaceRow>(
    reader,
    `SELECT source, arraySort(groupArray((at, records))) AS hours, arraySort(arrayFlatten(groupArray(times))) AS receipts FROM (
      SELECT source, toUnixTimestamp(toStartOfHour(received)) * 1000 AS at, count() AS records,
        groupUniqArray(${receiptsRead})(toUnixTimestamp64Milli(received)) AS times
      FROM ${table} WHERE ${where} GROUP BY source, at
    ) GROUP BY source${settings}`,
    params,
  );
  const paceOf = new Map(paces.map((pace) => [pace.source, pace]));
  return rows.map(({ lags, timed, least, ...facts }) => {
    const pace = paceOf.get(facts.source);
    const [median = 0, high = 0] = lags;
    return {
      ...facts,
      lagMedianMs: timed === 0 ? null : Math.round(median),
      lagHighMs: timed === 0 ? null : Math.round(high),
      lagLeastMs: timed === 0 ? null : least,
      hours: (pace?.hours ?? []).map(([at, records]) => ({ at, records })),
      ...pausesOf(pace?.receipts ?? []),
      deliveries: pace?.receipts.length ?? 0,
    };
  });
}

function pausesOf(receipts: readonly Instant[]): Pick<SourceFacts, 'pauseMs' | 'longestPauseMs'> {
  const pauses: number[] = [];
  for (const [i, at] of receipts.entries()) {
    const before = receipts[i - 1];
    if (before !== undefined) pauses.push(at - before);
  }
  pauses.sort((a, b) => a - b);
  const usual = pauses[Math.min(pauses.length - 1, Math.floor(pauses.length * 0.99))];
  return { pauseMs: usual ?? null, longestPauseMs: pauses.at(-1) ?? null };
}
