/** What a rule did: detections by day, what people said of its alerts, and its history. */
import { sql } from 'kysely';
import { type Instant, utcDay } from '../../base/clock.ts';
import { refusedCursor } from '../../base/cursor.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import { type Verdict, verdicts } from '../../model/alert.ts';
import type { RuleHistoryKind } from '../../model/rule.ts';
import type { RecordsDb } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import { logsourceSeen } from './coverage.ts';
import { listExceptions } from './exceptions.ts';
import type { DetectionSummary, RuleActivity } from './types.ts';

const dayMs = 24 * 3_600_000;
const historyShown = 200;

export async function ruleActivity(
  db: RecordsDb,
  scope: Scope,
  rule: Pick<Row<'rules'>, 'id' | 'logsource'>,
  days: number,
  now: Instant,
): Promise<RuleActivity> {
  const last = await lastDay(db, scope, rule.id, now);
  return {
    days: await byDay(db, scope, rule.id, last, days),
    ...(await alertsOf(db, scope, rule.id)),
    exceptions: await listExceptions(db, scope, rule.id),
    history: await historyOf(db, scope, rule.id),
    logsourceSeen: await logsourceSeen(db, scope, rule.logsource),
  };
}

/** Today, or the newest day with a detection where that is long ago: after an import of old records. */
async function lastDay(db: RecordsDb, scope: Scope, id: string, now: Instant): Promise<Instant> {
  const row = await db
    .selectFrom('rule_days')
    .select('day')
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', id)
    .orderBy('day', 'desc')
    .limit(1)
    .executeTakeFirst();
  const newest = row === undefined ? now : Date.parse(row.day);
  return newest < now - 30 * dayMs ? newest : now;
}

async function byDay(
  db: RecordsDb,
  scope: Scope,
  id: string,
  last: Instant,
  days: number,
): Promise<RuleActivity['days']> {
  const wanted = Array.from({ length: days }, (_, at) => utcDay(last - (days - 1 - at) * dayMs));
  const rows = await db
    .selectFrom('rule_days')
    .select(['day', 'detections', 'observed', 'excepted', 'flooded'])
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', id)
    .where('day', '>=', wanted[0] ?? '')
    .where('day', '<=', wanted.at(-1) ?? '')
    .execute();
  const known = new Map(rows.map((row) => [row.day, row]));
  return wanted.map((day) => known.get(day) ?? { day, detections: 0, observed: 0, excepted: 0, flooded: 0 });
}

async function alertsOf(
  db: RecordsDb,
  scope: Scope,
  id: string,
): Promise<Pick<RuleActivity, 'verdicts' | 'openAlerts'>> {
  const { rows } = await sql<{ verdict: Verdict | null; alerts: number }>`
    select case when status = 'closed' then verdict end as verdict, count(*)::int as alerts from alerts
    where tenant = ${scope.tenant} and rule_key = ${id} group by 1`.execute(db);
  const count = (verdict: Verdict | null) => rows.find((row) => row.verdict === verdict)?.alerts ?? 0;
  return {
    verdicts: Object.fromEntries(verdicts.map((verdict) => [verdict, count(verdict)])) as Record<
      Verdict,
      number
    >,
    openAlerts: count(null),
  };
}

async function historyOf(db: RecordsDb, scope: Scope, id: string): Promise<RuleActivity['history']> {
  const rows = await db
    .selectFrom('rule_history')
    .selectAll()
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', id)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(historyShown)
    .execute();
  return rows.reverse().map((row) => ({
    id: row.id,
    at: row.at.getTime(),
    actor: { kind: row.actor_kind as Actor['kind'], id: row.actor_id, name: row.actor_name },
    kind: row.kind as RuleHistoryKind,
    data: row.data,
  }));
}

/** Newest event time first. Throws E_BAD_REQUEST for a cursor that is not one of ours. */
export async function ruleDetections(
  db: RecordsDb,
  scope: Scope,
  id: string,
  limit: number,
  cursor: string | undefined,
): Promise<{ readonly items: readonly DetectionSummary[]; readonly nextCursor: string | null }> {
  let query = db
    .selectFrom('detections')
    .select(['id', 'rule_id', 'event_id', 'event_time', 'host', 'user_name', 'source', 'outcome', 'alert_id'])
    .where('tenant', '=', scope.tenant)
    .where('rule_id', '=', pgText(id).toLowerCase());
  if (cursor !== undefined) {
    const parts = /^(-?\d{1,15})\.([0-9a-f]{32})$/.exec(cursor);
    if (parts?.[1] === undefined || parts[2] === undefined) throw refusedCursor();
    query = query.where((eb) =>
      eb(eb.refTuple('event_time', 'id'), '<', eb.tuple(new Date(Number(parts[1])), parts[2] ?? '')),
    );
  }
  const rows = await query
    .orderBy('event_time', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => ({
    id: row.id,
    ruleId: row.rule_id,
    eventId: row.event_id,
    eventTime: row.event_time.getTime(),
    host: row.host,
    user: row.user_name,
    source: row.source,
    outcome: row.outcome,
    alertId: row.alert_id,
  }));
  const last = items.at(-1);
  return {
    items,
    nextCursor: rows.length > limit && last !== undefined ? `${last.eventTime}.${last.id}` : null,
  };
}
