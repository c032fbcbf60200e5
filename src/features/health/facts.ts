/** Facts of sources, read no more often than they cost: two weeks of a busy store are not read every minute. */
import type { Instant } from '../../base/clock.ts';
import type { TenantId } from '../../model/ids.ts';
import type { EventStore, SourceFacts } from '../../store/events.ts';

/** The window is read again after this many times as long as reading it took. */
const restPerRead = 20;
/** What changes by the minute is read anew each time. */
const recentMs = 15 * 60_000;

interface Read {
  readonly facts: readonly SourceFacts[];
  /** By the clock of this process, ms. */
  readonly goodUntil: number;
}

export type ReadFacts = (tenant: TenantId, now: Instant) => Promise<readonly SourceFacts[]>;

/** Newest receipts are of `now`; counts of the whole window may be older by a twentieth of its cost. */
export function factsReader(events: Pick<EventStore, 'sourceFacts'>, windowMs: number): ReadFacts {
  const known = new Map<TenantId, Promise<Read>>();

  async function read(tenant: TenantId, now: Instant): Promise<Read> {
    const started = performance.now();
    const facts = await events.sourceFacts(tenant, now - windowMs, now);
    const ended = performance.now();
    return { facts, goodUntil: ended + restPerRead * (ended - started) };
  }

  return async (tenant, now) => {
    const before = await known.get(tenant);
    if (before !== undefined && performance.now() < before.goodUntil) {
      return withRecent(before.facts, await events.sourceFacts(tenant, now - recentMs, now));
    }
    const reading = read(tenant, now);
    known.set(tenant, reading);
    // A failed read is no knowledge.
    reading.catch(() => known.delete(tenant));
    return (await reading).facts;
  };
}

function withRecent(whole: readonly SourceFacts[], recent: readonly SourceFacts[]): readonly SourceFacts[] {
  const fresh = new Map(recent.map((one) => [one.source, one]));
  const merged = whole.map((one) => {
    const newer = fresh.get(one.source);
    fresh.delete(one.source);
    if (newer === undefined) return { ...one, lastQuarter: 0 };
    return {
      ...one,
      lastReceived: newer.lastReceived,
      lastEvent: Math.max(one.lastEvent, newer.lastEvent),
      lastQuarter: newer.lastQuarter,
    };
  });
  return [...merged, ...fresh.values()];
}
