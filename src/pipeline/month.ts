/** The month that completes times without a year (RecordContext.month). */
import type { Instant } from '../base/clock.ts';

/** `YYYY-MM`, UTC. */
export function monthOf(at: Instant): string {
  return new Date(at).toISOString().slice(0, 7);
}
