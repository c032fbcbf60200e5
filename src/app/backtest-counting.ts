/** The part of a backtest that the store does alone: rows of which SQL is certain are counted, not read. */
import type { Instant } from '../base/clock.ts';
import type { SqlCondition } from '../lang/sigma/index.ts';
import type { TenantId } from '../model/ids.ts';
import type { EventStore } from '../store/events.ts';
import { type BacktestCounts, samplesShown, type TestedEntity } from './backtest-counts.ts';

interface Range {
  readonly tenant: TenantId;
  readonly from: Instant;
  readonly to: Instant;
}

export interface Counting {
  /** Adds the rows of a range of event time; ranges are later and later. */
  count(range: Range): Promise<void>;
  /** Adds the newest of all that were counted to the samples. */
  addNewest(): Promise<void>;
  /** Rows counted so far. */
  counted(): number;
}

/** Errors and abort as those of the store. */
export function createCounting(
  events: Pick<EventStore, 'tally' | 'newest'>,
  condition: SqlCondition,
  counts: BacktestCounts,
  signal: AbortSignal,
): Counting {
  const filled: { readonly range: Range; readonly rows: number }[] = [];
  let counted = 0;
  return {
    async count(range) {
      if (condition.kind === 'none') return;
      const before = counted;
      for await (const { day, host, user, source, rows } of events.tally({ ...range, condition }, signal)) {
        counts.addMany(day, entityOf(host, user, source), rows);
        counted += rows;
      }
      if (counted > before) filled.push({ range, rows: counted - before });
    },
    async addNewest() {
      let wanted = samplesShown;
      for (const { range, rows } of filled.toReversed()) {
        if (wanted <= 0) return;
        const newest = await events.newest({ ...range, condition }, samplesShown, signal);
        for (const { event_id: eventId, time, host, user } of newest) {
          counts.sample({ eventId, time, host, user });
        }
        wanted -= rows;
      }
    },
    counted: () => counted,
  };
}

/** What a match is counted under: its host, else its user, else its source (ADR 8). */
export function entityOf(host: string, user: string, source: string): TestedEntity {
  if (host !== '') return { kind: 'host', name: host.toLowerCase() };
  return user !== '' ? { kind: 'user', name: user } : { kind: 'source', name: source };
}
