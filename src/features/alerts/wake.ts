/** What waited until now wakes. */
import type { Clock } from '../../base/clock.ts';
import type { Records, RecordsTx } from '../../store/records.ts';
import { writeAlerts, writeIncidents } from './change.ts';
import { systemActor } from './journal.ts';
import { refresh } from './refresh.ts';
import { wake } from './verbs.ts';

const wokenAtOnce = 500;

/** Returns how many alerts and incidents woke. */
export async function wakeDue(records: Pick<Records, 'transaction'>, clock: Clock): Promise<number> {
  let total = 0;
  for (;;) {
    const woken = await records.transaction((tx) => wakeSome(tx, clock.now()));
    total += woken;
    if (woken < wokenAtOnce) return total;
  }
}

async function wakeSome(tx: RecordsTx, now: number): Promise<number> {
  const due = async (table: 'alerts' | 'incidents') =>
    await tx
      .selectFrom(table)
      .select(['tenant', 'id', 'version', 'status', 'verdict', 'owner_id', 'owner_name', 'waiting_for'])
      .select(['waiting_until', 'acknowledged_at', 'closed_at'])
      .where('status', '=', 'waiting')
      .where('waiting_until', '<=', new Date(now))
      .orderBy('id')
      .limit(wokenAtOnce)
      .forUpdate()
      .execute();
  const [alerts, incidents] = [await due('alerts'), await due('incidents')];
  for (const tenant of new Set([...alerts, ...incidents].map((row) => row.tenant))) {
    const decided = (rows: typeof alerts) =>
      rows.flatMap((row) => {
        const change = row.tenant === tenant ? wake(row, row.id) : null;
        return change === null ? [] : [{ row, change }];
      });
    await writeAlerts(tx, tenant, decided(alerts), systemActor, now);
    await writeIncidents(tx, tenant, decided(incidents), systemActor, now);
    await refresh(tx, tenant, now, {
      alerts: decided(alerts).map(({ row }) => row.id),
      incidents: decided(incidents).map(({ row }) => row.id),
    });
  }
  return Math.max(alerts.length, incidents.length);
}
