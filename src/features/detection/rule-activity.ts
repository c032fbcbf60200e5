/** What a rule did: its detections by day. */
import { sql } from 'kysely';
import type { Scope } from '../../model/actor.ts';
import type { Records } from '../../store/records.ts';

export interface RuleActivityReader {
  /** By UTC day of event time, at most the `days` newest with any, newest last. */
  byDay(
    scope: Scope,
    ruleId: string,
    days: number,
  ): Promise<readonly { readonly day: string; readonly detections: number }[]>;
}

export function createRuleActivity(records: Pick<Records, 'db'>): RuleActivityReader {
  return {
    async byDay(scope, ruleId, days) {
      const day = sql<string>`to_char(event_time at time zone 'UTC', 'YYYY-MM-DD')`;
      const rows = await records.db
        .selectFrom('detections')
        .select([day.as('day'), (eb) => eb.fn.countAll<string>().as('detections')])
        .where('tenant', '=', scope.tenant)
        .where('rule_id', '=', ruleId.toLowerCase())
        .groupBy(day)
        .orderBy(day, 'desc')
        .limit(days)
        .execute();
      return rows.reverse().map((row) => ({ day: row.day, detections: Number(row.detections) }));
    },
  };
}
