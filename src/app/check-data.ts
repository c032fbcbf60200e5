/** Checks that the two stores tell one story: after a restore, after a crash, or when in doubt. */
import { sql } from 'kysely';
import { sha256Hex } from '../base/ids.ts';
import { mainTenant } from '../model/ids.ts';
import { detectCursor } from '../pipeline/detect-consumer.ts';
import type { EventStore } from '../store/events.ts';
import type { Records } from '../store/records.ts';

export interface DataCheck {
  readonly ok: boolean;
  readonly events: number;
  readonly alerts: number;
  readonly evidence: number;
  /** One sentence for each contradiction found. */
  readonly faults: readonly string[];
}

const page = 200;
const maxFaults = 100;

export async function checkData(stores: {
  readonly records: Records;
  readonly events: EventStore;
}): Promise<DataCheck> {
  const { records, events } = stores;
  const faults: string[] = [];
  const fault = (text: string): void => {
    if (faults.length < maxFaults) faults.push(text);
  };
  const { rows } = await events.stats();
  const lastSeq = await events.lastSeq();
  const sequence = await records.db
    .selectFrom('sequences')
    .select('reserved_to')
    .where('name', '=', 'ingest')
    .executeTakeFirst();
  if (lastSeq > (sequence?.reserved_to ?? 0)) {
    fault(
      `events go up to seq ${lastSeq}, but the records have reserved only up to ${sequence?.reserved_to ?? 0}`,
    );
  }
  const cursor = await records.db
    .selectFrom('cursors')
    .select('seq')
    .where('name', '=', detectCursor)
    .executeTakeFirst();
  if ((cursor?.seq ?? 0) > (sequence?.reserved_to ?? 0))
    fault(`the cursor of detection (${cursor?.seq}) is ahead of the sequence`);
  await checkCounts(records, fault);
  await checkQueue(records, fault);
  const evidence = await checkEvidence(records, fault);
  const alerts = await records.db
    .selectFrom('alerts')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return { ok: faults.length === 0, events: rows, alerts: Number(alerts.n), evidence, faults };
}

/** Every alert counts the detections that name it. */
async function checkCounts(records: Records, fault: (text: string) => void): Promise<void> {
  const wrong = await records.db
    .selectFrom('alerts')
    .leftJoin('detections', (join) =>
      join.onRef('detections.tenant', '=', 'alerts.tenant').onRef('detections.alert_id', '=', 'alerts.id'),
    )
    .select(['alerts.number', 'alerts.detections', (eb) => eb.fn.count<string>('detections.id').as('found')])
    .groupBy(['alerts.tenant', 'alerts.id', 'alerts.number', 'alerts.detections'])
    .having((eb) => eb(eb.fn.count('detections.id'), '<>', sql<number>`alerts.detections`))
    .limit(maxFaults)
    .execute();
  for (const row of wrong)
    fault(`ALR-${row.number} counts ${row.detections} detections, ${row.found} name it`);
}

/** Every open alert is in a row of the queue, and the counters are what the rows would be counted to. */
async function checkQueue(records: Records, fault: (text: string) => void): Promise<void> {
  const { rows: lost } = await sql<{ number: number }>`
    select a.number from alerts a
    where a.status <> 'closed' and not exists (
      select from queue_rows q where q.tenant = a.tenant and q.id = coalesce(a.incident_id, a.id))
    limit ${maxFaults}`.execute(records.db);
  for (const { number } of lost) fault(`ALR-${number} is open and in no row of the queue`);
  const { rows: wrong } = await sql<{ facet: string; value: string; kept: number; counted: number }>`
    with counted as (
      select tenant, '' as facet, '' as value, count(*) as rows from queue_rows group by 1
      union all
      select tenant, split_part(term, '=', 1), substr(term, strpos(term, '=') + 1), count(*)
      from queue_rows, unnest(terms) term group by 1, 2, 3
    ), kept as (
      select tenant, facet, value, sum(rows) as rows from queue_counts
      where facet in ('', 'rule', 'host', 'user', 'source', 'tag') group by 1, 2, 3
    )
    select coalesce(k.facet, c.facet) as facet, coalesce(k.value, c.value) as value,
      coalesce(k.rows, 0)::int as kept, coalesce(c.rows, 0)::int as counted
    from kept k full join counted c on c.tenant = k.tenant and c.facet = k.facet and c.value = k.value
    where coalesce(k.rows, 0) <> coalesce(c.rows, 0) limit ${maxFaults}`.execute(records.db);
  for (const { facet, value, kept, counted } of wrong)
    fault(
      `the queue counts ${kept} rows for ${facet === '' ? 'all' : `${facet} ${value}`}, there are ${counted}`,
    );
}

/** Every piece of evidence has the hash that was taken when it was frozen. */
async function checkEvidence(records: Records, fault: (text: string) => void): Promise<number> {
  let count = 0;
  let after = { alert: '', event: '' };
  for (;;) {
    const rows = await records.db
      .selectFrom('alert_evidence')
      .select(['alert_id', 'event_id', 'raw', 'sha256'])
      .where('tenant', '=', mainTenant)
      .where((eb) => eb(eb.refTuple('alert_id', 'event_id'), '>', eb.tuple(after.alert, after.event)))
      .orderBy('alert_id')
      .orderBy('event_id')
      .limit(page)
      .execute();
    for (const row of rows) {
      if (sha256Hex(row.raw) !== row.sha256)
        fault(`evidence ${row.event_id} of alert ${row.alert_id} does not have its hash`);
    }
    count += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return count;
    after = { alert: last.alert_id, event: last.event_id };
  }
}
