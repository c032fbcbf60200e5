/** Expiry of detections that opened no alert: observed, excepted, flooded. Their counts by day stay (`rule_days`). */
import { sql } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Records } from '../../store/records.ts';

export interface DetectionExpiryDeps {
  readonly records: Pick<Records, 'db'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retentionMs: number;
}

/** Rows that one statement takes: the consumer waits for no longer than that. */
const atOnce = 5_000;

/**
 * Removes what is past the retention, counted from when the detection was made, but for the days (UTC) of a legal
 * hold. Answers how many there were. A replay of events whose detections are gone would count them again.
 */
export async function expireDetections({
  records,
  clock,
  logger,
  retentionMs,
}: DetectionExpiryDeps): Promise<number> {
  const before = new Date(clock.now() - retentionMs);
  let removed = 0;
  for (;;) {
    const { numAffectedRows } = await sql`
      delete from detections where (tenant, id) in (
        select d.tenant, d.id from detections d
        where d.outcome <> 'alert' and d.created_at < ${before}::timestamptz and not exists (
          select from legal_holds h where h.released_at is null
            and (d.created_at at time zone 'UTC')::date between h.from_day and h.to_day)
        order by d.created_at limit ${atOnce})`.execute(records.db);
    const count = Number(numAffectedRows ?? 0n);
    removed += count;
    if (count < atOnce) break;
  }
  await sql`delete from rule_hours where hour < ${before}::timestamptz`.execute(records.db);
  if (removed > 0)
    logger.info(
      { removed, before: before.toISOString() },
      'detections without an alert past their retention dropped',
    );
  return removed;
}
