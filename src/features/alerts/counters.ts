/** Rows of the queue and their counters: written together, so that the counters are always right. */
import { sql } from 'kysely';
import { utcDay } from '../../base/clock.ts';
import type { RecordsTx } from '../../store/records.ts';
import { chunks } from './journal.ts';
import type { QueueRowValues } from './rows-of.ts';

/** What a row counts under. */
interface Counted {
  readonly kind: string;
  readonly status: string;
  readonly owner_id: string;
  readonly severity_rank: number;
  readonly terms: readonly string[];
  readonly created_at: Date;
  readonly last_event_at: Date;
}

type Cell = {
  facet: string;
  value: string;
  status: string;
  owner_id: string;
  severity_rank: number;
  rows: number;
};

const rowsAStatement = 500;

/**
 * Replaces the rows of `ids` by `rows` (an id without a row goes) and moves the counters by the
 * difference. The rows are locked in the order of their ids.
 */
export async function writeQueueRows(
  tx: RecordsTx,
  tenant: string,
  ids: readonly string[],
  rows: readonly QueueRowValues[],
): Promise<void> {
  const cells = new Map<string, Cell>();
  for (const part of chunks(ids, 5_000)) {
    const before = await tx
      .selectFrom('queue_rows')
      .select(['kind', 'status', 'owner_id', 'severity_rank', 'terms', 'created_at', 'last_event_at'])
      .where('tenant', '=', tenant)
      .where('id', '=', sql<string>`any(${part}::text[])`)
      .orderBy('id')
      .forUpdate()
      .execute();
    for (const row of before) count(cells, row, -1);
  }
  const kept = new Set(rows.map((row) => row.id));
  const gone = ids.filter((id) => !kept.has(id));
  if (gone.length > 0) {
    await tx
      .deleteFrom('queue_rows')
      .where('tenant', '=', tenant)
      .where('id', '=', sql<string>`any(${gone}::text[])`)
      .execute();
  }
  for (const part of chunks(rows, rowsAStatement)) await upsert(tx, part);
  for (const row of rows) count(cells, { ...row, owner_id: row.owner_id ?? '' }, 1);
  await move(
    tx,
    tenant,
    [...cells.values()].filter((cell) => cell.rows !== 0),
  );
}

function count(cells: Map<string, Cell>, row: Counted, by: 1 | -1): void {
  const values: [string, string][] = [
    ['', ''],
    ['kind', row.kind],
    ['alert_day', utcDay(row.created_at.getTime())],
    ['event_day', utcDay(row.last_event_at.getTime())],
    ...row.terms.map((term): [string, string] => {
      const equals = term.indexOf('=');
      return [term.slice(0, equals), term.slice(equals + 1)];
    }),
  ];
  for (const [facet, value] of values) {
    const { status, owner_id, severity_rank } = row;
    const key = JSON.stringify([facet, value, status, owner_id, severity_rank]);
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, { facet, value, status, owner_id, severity_rank, rows: by });
    else cell.rows += by;
  }
}

async function upsert(tx: RecordsTx, rows: readonly QueueRowValues[]): Promise<void> {
  await tx
    .insertInto('queue_rows')
    .values([...rows])
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'id']).doUpdateSet((eb) => ({
        title: eb.ref('excluded.title'),
        reason: eb.ref('excluded.reason'),
        severity_rank: eb.ref('excluded.severity_rank'),
        priority: eb.ref('excluded.priority'),
        priority_reasons: eb.ref('excluded.priority_reasons'),
        status: eb.ref('excluded.status'),
        open: eb.ref('excluded.open'),
        waiting_for: eb.ref('excluded.waiting_for'),
        waiting_until: eb.ref('excluded.waiting_until'),
        verdict: eb.ref('excluded.verdict'),
        owner_id: eb.ref('excluded.owner_id'),
        owner_name: eb.ref('excluded.owner_name'),
        alerts: eb.ref('excluded.alerts'),
        detections: eb.ref('excluded.detections'),
        facts: eb.ref('excluded.facts'),
        rule_count: eb.ref('excluded.rule_count'),
        host_count: eb.ref('excluded.host_count'),
        user_count: eb.ref('excluded.user_count'),
        terms: eb.ref('excluded.terms'),
        search: eb.ref('excluded.search'),
        first_event_at: eb.ref('excluded.first_event_at'),
        last_event_at: eb.ref('excluded.last_event_at'),
        updated_at: eb.ref('excluded.updated_at'),
        version: eb.ref('excluded.version'),
      })),
    )
    .execute();
}

/** In the order of the key, so that two transactions never wait for each other's counters in a circle. */
async function move(tx: RecordsTx, tenant: string, cells: readonly Cell[]): Promise<void> {
  const sorted = cells
    .map((cell) => ({ cell, key: JSON.stringify(cell) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ cell }) => cell);
  for (const part of chunks(sorted, 5_000)) {
    await sql`
      insert into queue_counts (tenant, facet, value, status, owner_id, severity_rank, rows)
      select ${tenant}::text, t.* from jsonb_to_recordset(${JSON.stringify(part)}::jsonb) as t(
        facet text, value text, status text, owner_id text, severity_rank int, rows int)
      on conflict (tenant, facet, value, status, owner_id, severity_rank) do update set
        rows = queue_counts.rows + excluded.rows`.execute(tx);
  }
  const less = sorted.filter((cell) => cell.rows < 0);
  if (less.length === 0) return;
  await sql`
    delete from queue_counts c using jsonb_to_recordset(${JSON.stringify(less)}::jsonb) as t(
      facet text, value text, status text, owner_id text, severity_rank int)
    where c.tenant = ${tenant} and c.facet = t.facet and c.value = t.value and c.status = t.status
      and c.owner_id = t.owner_id and c.severity_rank = t.severity_rank and c.rows = 0`.execute(tx);
}
