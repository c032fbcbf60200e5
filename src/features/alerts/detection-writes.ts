/** The statements that store detections and keep the counts of their rules. */
import { sql } from 'kysely';
import { type Instant, utcDay } from '../../base/clock.ts';
import { uuidv7 } from '../../base/ids.ts';
import type { RecordsTx } from '../../store/records.ts';
import { type NewRow, pgText } from '../../store/schema.ts';
import { chunks, insertRows, systemActor } from './journal.ts';
import { hourOf } from './load.ts';
import type { Fate, Plan } from './plan.ts';

export async function insertDetections(tx: RecordsTx, fates: readonly Fate[], now: Instant): Promise<void> {
  const rows = fates.map(
    ({ detection, outcome, alertId }): NewRow<'detections'> => ({
      tenant: detection.tenant,
      id: detection.id,
      rule_id: detection.ruleId,
      rule_hash: detection.ruleHash,
      event_id: detection.eventId,
      seq: detection.seq,
      idx: detection.idx,
      event_time: new Date(detection.eventTime),
      alert_id: alertId,
      created_at: new Date(now),
      outcome,
      exception_id: outcome === 'excepted' ? (detection.exception ?? null) : null,
      host: pgText(detection.host),
      user_name: pgText(detection.user),
      source: detection.source,
    }),
  );
  await insertRows(tx, 'detections', rows);
}

/** By rule and day of event time, by exception, and by rule and hour of processing. */
export async function countDetections(
  tx: RecordsTx,
  tenant: string,
  plan: Plan,
  now: Instant,
): Promise<void> {
  const days = new Map<
    string,
    { rule_id: string; day: string; detections: number; observed: number; excepted: number; flooded: number }
  >();
  const exceptions = new Map<string, number>();
  for (const { detection, outcome } of plan.fates) {
    if (detection.exception !== undefined && outcome === 'excepted')
      exceptions.set(detection.exception, (exceptions.get(detection.exception) ?? 0) + 1);
    if (detection.ruleId === '') continue;
    const day = utcDay(detection.eventTime);
    const key = `${detection.ruleId} ${day}`;
    const count = days.get(key) ?? {
      rule_id: detection.ruleId,
      day,
      detections: 0,
      observed: 0,
      excepted: 0,
      flooded: 0,
    };
    days.set(key, count);
    count.detections += 1;
    if (outcome !== 'alert') count[outcome] += 1;
  }
  // In one order everywhere, so that two transactions never wait for each other's rows in a circle.
  const rows = [...days.values()].sort((a, b) =>
    `${a.rule_id} ${a.day}` < `${b.rule_id} ${b.day}` ? -1 : 1,
  );
  for (const part of chunks(rows, 2_000)) {
    await sql`
      insert into rule_days (tenant, rule_id, day, detections, observed, excepted, flooded)
      select ${tenant}::text, t.* from jsonb_to_recordset(${JSON.stringify(part)}::jsonb) as t(
        rule_id text, day date, detections int, observed int, excepted int, flooded int)
      on conflict (tenant, rule_id, day) do update set
        detections = rule_days.detections + excluded.detections,
        observed = rule_days.observed + excluded.observed,
        excepted = rule_days.excepted + excluded.excepted,
        flooded = rule_days.flooded + excluded.flooded`.execute(tx);
  }
  for (const [id, count] of exceptions) {
    await tx
      .updateTable('rule_exceptions')
      .set((eb) => ({ excepted: eb('excepted', '+', count) }))
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .execute();
  }
  await countHours(tx, tenant, plan, now);
}

async function countHours(tx: RecordsTx, tenant: string, plan: Plan, now: Instant): Promise<void> {
  const keys = [...new Set([...plan.opened.keys(), ...plan.flooded.keys()])].sort();
  if (keys.length === 0) return;
  const rows = keys.map((key) => ({
    rule_key: pgText(key),
    alerts: plan.opened.get(key) ?? 0,
    flooded: plan.flooded.get(key) ?? 0,
  }));
  await sql`
    insert into rule_hours (tenant, rule_key, hour, alerts, flooded)
    select ${tenant}::text, t.rule_key, ${new Date(hourOf(now))}::timestamptz, t.alerts, t.flooded
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(rule_key text, alerts int, flooded int)
    on conflict (tenant, rule_key, hour) do update set
      alerts = rule_hours.alerts + excluded.alerts, flooded = rule_hours.flooded + excluded.flooded`.execute(
    tx,
  );
}

/** A rule that passed its cap is marked once an hour, in its history and to whoever listens. */
export async function markFlooding(tx: RecordsTx, tenant: string, plan: Plan, now: Instant): Promise<void> {
  if (plan.flooded.size === 0) return;
  const marked = await tx
    .updateTable('rules')
    .set({ flooding_since: new Date(now) })
    .where('tenant', '=', tenant)
    .where('id', '=', sql<string>`any(${[...plan.flooded.keys()]}::text[])`)
    .where((eb) =>
      eb.or([eb('flooding_since', 'is', null), eb('flooding_since', '<', new Date(hourOf(now)))]),
    )
    .returning('id')
    .execute();
  await insertRows(
    tx,
    'rule_history',
    marked.map(({ id }) => ({
      tenant,
      rule_id: id,
      id: uuidv7(now),
      at: new Date(now),
      actor_kind: systemActor.kind,
      actor_id: systemActor.id,
      actor_name: systemActor.name,
      kind: 'flooding',
      data: JSON.stringify({ flooded: plan.flooded.get(id) ?? 0 }),
    })),
  );
  await insertRows(
    tx,
    'outbox',
    marked.map(({ id }) => ({
      tenant,
      at: new Date(now),
      type: 'rule.flooding',
      payload: JSON.stringify({ ruleId: id }),
      dispatched_at: null,
    })),
  );
}
