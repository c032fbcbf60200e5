/** The health of a source in words and numbers for people. */
import type { SourceHealth } from '../../lib/types.ts';

export const stateNames: Readonly<Record<SourceHealth['state'], string>> = {
  silent: 'Silent',
  sending: 'Sending',
  idle: 'Idle',
  never: 'Never sent',
};

const ranks: readonly SourceHealth['state'][] = ['silent', 'sending', 'never', 'idle'];

/** What needs somebody comes first. */
export function rankOf({ state }: SourceHealth): number {
  return ranks.indexOf(state);
}

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** `340 ms`, `12 s`, `9 min`, `3 h`, `12 days`. */
export function spanText(ms: number): string {
  const size = Math.abs(ms);
  if (size < second) return `${Math.round(size)} ms`;
  if (size < 2 * minute) return `${Math.round(size / second)} s`;
  if (size < 2 * hour) return `${Math.round(size / minute)} min`;
  if (size < 2 * day) return `${Math.round(size / hour)} h`;
  return `${Math.round(size / day).toLocaleString('en')} days`;
}

/** Records a minute: whole ones where they are many. */
export function rateText(rate: number): string {
  if (rate === 0) return '0';
  if (rate >= 10) return Math.round(rate).toLocaleString('en');
  return rate >= 0.1 ? rate.toFixed(1) : '<0.1';
}

/** `0`, `<0.1 %`, `12 %`. */
export function shareText(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return '<0.1 %';
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Lag that is worth a look: an analyst would miss what happens now. */
export function isLate({ lagMedianMs, state }: SourceHealth): boolean {
  return state === 'sending' && lagMedianMs !== null && lagMedianMs > 5 * minute;
}

/** A clock that is ahead by more than the network explains. */
export function isAhead({ clockAheadMs }: SourceHealth): boolean {
  return clockAheadMs > 2 * second;
}
