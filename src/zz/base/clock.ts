/** Time: an instant is epoch milliseconds in UTC inside, ISO-8601 with Z at the edges. */

/** Epoch milliseconds, UTC. */
export type Instant = number;

/** Where "now" comes from; passed in, so that tests own it. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is told to move. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

export function fakeClock(start: Instant): FakeClock {
  let at = start;
  return {
    now: () => at,
    advance: (ms) => {
      at += ms;
    },
  };
}

/** ISO-8601 with milliseconds and Z. Throws RangeError outside what a Date can hold (±8.64e15 ms). */
export function toIso(at: Instant): string {
  return new Date(at).toISOString();
}

/** The UTC day of an instant as `YYYY-MM-DD`. */
export function utcDay(at: Instant): string {
  return toIso(at).slice(0, 10);
}
