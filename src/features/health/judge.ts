/** From what a source sent to how it does. Pure. */
import type { Instant } from '../../base/clock.ts';
import type { SourceFacts } from '../../store/events.ts';
import type { Expectation, SourceState } from './types.ts';

/** A shorter silence is noticed by nobody, and batching senders are quiet for minutes. */
export const leastPauseMs = 10 * 60_000;
/** With less history no pace is told. */
const enoughDeliveries = 50;
const enoughHours = 12;

type Pace = Pick<SourceFacts, 'deliveries' | 'hours' | 'pauseMs' | 'longestPauseMs'>;

/**
 * The longest pause that is no silence; null when nothing can be expected. Told from history: three
 * times the pause that 99 of 100 stay under, and a quarter more than the longest one, so that a
 * source that rests at night is not raised each evening. An archive that was imported has too few
 * hours to have a pace.
 */
export function expectedPause(expectation: Expectation, pace: Pace | null): number | null {
  switch (expectation.kind) {
    case 'off':
      return null;
    case 'set':
      return expectation.pauseMs;
    case 'auto': {
      if (pace === null || pace.deliveries < enoughDeliveries || pace.hours.length < enoughHours) return null;
      const { pauseMs, longestPauseMs } = pace;
      if (pauseMs === null || longestPauseMs === null) return null;
      return Math.round(Math.max(leastPauseMs, 3 * pauseMs, 1.25 * longestPauseMs));
    }
  }
}

/**
 * Silence counts from the last receipt, but not from before this service was there to receive: its
 * own pause is nobody's silence.
 */
export function stateOf(
  lastReceivedAt: Instant | null,
  pauseMs: number | null,
  listeningSince: Instant,
  now: Instant,
): SourceState {
  if (lastReceivedAt === null) return 'never';
  if (pauseMs === null) return now - lastReceivedAt <= leastPauseMs ? 'sending' : 'idle';
  return now - Math.max(lastReceivedAt, listeningSince) > pauseMs ? 'silent' : 'sending';
}

const hourMs = 3_600_000;

/** Records a minute in the median hour from the first with any to the last whole one; 0 without a whole hour. */
export function usualRate(hours: SourceFacts['hours'], now: Instant): number {
  const [first] = hours;
  if (first === undefined) return 0;
  const known = new Map(hours.map((hour) => [hour.at, hour.records]));
  const counts: number[] = [];
  const current = Math.floor(now / hourMs) * hourMs;
  for (let at = first.at; at < current; at += hourMs) counts.push(known.get(at) ?? 0);
  counts.sort((a, b) => a - b);
  return (counts[Math.floor(counts.length / 2)] ?? 0) / 60;
}
