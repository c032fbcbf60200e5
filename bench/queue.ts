/** The queue with 100,000 open among 1,000,000 alerts, on the embedded records store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { fakeClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/logger.ts';
import { createQueue } from '../src/features/alerts/index.ts';
import { refresh } from '../src/features/alerts/refresh.ts';
import type { Actor } from '../src/model/actor.ts';
import { mainTenant } from '../src/model/ids.ts';
import { openPgliteRecords } from '../src/store/pglite/records.ts';
import { fillQueueSql, queueIndexesSql } from '../src/store/postgres/migrations/003-queue.ts';
import type { Records } from '../src/store/records.ts';
import { cachedSeed } from '../test/support/records.ts';
import { percentiles, row } from './measure.ts';

const total = Number(process.env['BENCH_ALERTS'] ?? 1_000_000);
const open = total / 10;
const part = 50_000;
const runs = 40;
const startAt = Date.UTC(2026, 10, 24);
const me: Actor = { kind: 'person', id: 'p1', name: 'Ana Lyst', tenant: mainTenant, roles: ['analyst'] };

export async function benchQueue(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'wf-bench-queue-'));
  const records = await openPgliteRecords({ directory, seed: await cachedSeed(), logger: silentLogger });
  try {
    await records.migrate();
    await fill(records);
    await measure(records);
  } finally {
    await records.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * 3,000 rules, 5,000 hosts, 8,000 users, 12 sources, 60 tags, ten owners, over 200 days; the newest tenth is open. A quarter
 * of that are in incidents: two fifths of them in twenty large ones, the rest by five.
 */
async function fill(records: Records): Promise<void> {
  const started = performance.now();
  for (let from = 0; from < total; from += part) {
    await run(
      records,
      `insert into alerts (tenant, id, group_key, rule_id, rule_hash, rule_author, rule_source, title, severity,
         severity_rank, status, verdict, host, user_name, source, tags, owner_id, owner_name, detections,
         first_event_at, last_event_at, created_at, updated_at, closed_at, rule_key, entity_kind, entity_id,
         priority, priority_reasons, incident_id)
       select 'main', 'a' || lpad(n::text, 9, '0'), 'g' || (n % 400000), 'rule-' || rule, 'h', 'Someone', 'title: x',
         'Suspicious activity of kind ' || rule, (array['informational','low','medium','high','critical'])[rank + 1], rank,
         case when n < ${total - open} then 'closed' when n % 3 = 0 then 'in_triage' else 'new' end,
         case when n < ${total - open} then (array['true_positive','benign_positive','false_positive','inconclusive'])[n % 4 + 1] end,
         'ws-' || host || '.corp.example', 'CORP\\user' || (n::bigint * 31 % 8000), 'source-' || (n % 12),
         jsonb_build_array('attack.t' || (1000 + rule % 50), 'attack.execution'),
         case when n < ${total - open} or n % 3 = 0 then 'p' || (n % 10) end,
         case when n < ${total - open} or n % 3 = 0 then 'Person ' || (n % 10) end, 1 + n % 7,
         at, at, at, at, case when n < ${total - open} then at + interval '1 hour' end,
         'rule-' || rule, 'host', 'ws-' || host || '.corp.example',
         (array[10, 25, 45, 65, 80])[rank + 1] + n % 17,
         jsonb_build_array(jsonb_build_object('factor', 'severity', 'points', 45, 'text', 'rule says so')),
         case when n >= ${total - open} and n % 4 = 0 then 'i' ||
           case when n < ${total - open * 0.6} then n / 4 % 20 else 20 + n / 20 end end
       from (select n, (n::bigint * 7919 % 3000) as rule, (n::bigint * 104729 % 5000) as host, (array[0,1,1,2,2,2,3,3,3,4])[n % 10 + 1] as rank,
           timestamptz '2026-11-24 00:00Z' - (${total} - n) * interval '17 seconds' as at
         from generate_series(${from}, ${Math.min(total, from + part) - 1}) n) made`,
    );
    process.stderr.write(`\r${from + part} alerts in ${Math.round((performance.now() - started) / 1_000)} s`);
  }
  const inIncidents = await fillIncidents(records);
  // As the migration does it: the rows first.
  for (const name of ['priority', 'any', 'newest', 'event', 'owner', 'terms'])
    await run(records, `drop index queue_rows_${name}`);
  await run(records, 'drop index queue_counts_top');
  await run(records, fillQueueSql);
  await run(records, queueIndexesSql);
  await records.maintain();
  await records.transaction((tx) => refresh(tx, mainTenant, startAt, { alerts: [], incidents: inIncidents }));
  await records.maintain();
  process.stderr.write(`\rfilled in ${Math.round((performance.now() - started) / 1_000)} s\n`);
}

/** Their rows are made of their alerts later. */
async function fillIncidents(records: Records): Promise<readonly string[]> {
  await run(
    records,
    `insert into alert_entities (tenant, alert_id, kind, id, name, grouping)
     select tenant, id, e.kind, lower(e.name), e.name, true from alerts,
       lateral (values ('host', host), ('user', user_name)) e(kind, name) where incident_id is not null`,
  );
  await run(
    records,
    `insert into incidents (tenant, id, title, origin, severity, severity_rank, priority, status,
       first_event_at, last_event_at, created_at, updated_at)
     select 'main', incident_id, 'Several rules', 'automatic', 'low', 1, 25, 'new', min(at), max(at), max(at), max(at)
     from (select incident_id, created_at as at from alerts where incident_id is not null) a group by 2`,
  );
  const made = await records.db.selectFrom('incidents').select('id').execute();
  return made.map(({ id }) => id);
}

async function run(records: Records, sql: string): Promise<void> {
  await records.db.executeQuery(CompiledQuery.raw(sql));
}

async function measure(records: Records): Promise<void> {
  const queue = createQueue({ records, clock: fakeClock(startAt), identities: () => Promise.resolve(null) });
  const mine = {
    status: ['new', 'in_triage', 'waiting'] as const,
    owner: ['me', 'none'],
    timeBasis: 'alert' as const,
  };
  const list = (filter: object) => queue.list(me, { ...mine, sort: 'priority', limit: 100, ...filter });
  const page = async (filter: object) => {
    const items = await list(filter);
    await queue.facets(me, { ...mine, ...filter }, 10);
    return items;
  };
  const incidents = { ...mine, kind: ['incident'] as const };
  const cases: [string, () => Promise<unknown>][] = [
    ['first page of 100 rows, open, mine or unowned', () => list({})],
    ['the same with all facets', () => page({})],
    ['the same, severity high and critical', () => page({ severity: ['high', 'critical'] })],
    ['the same, one host (facets counted on its rows)', () => page({ host: ['ws-17.corp.example'] })],
    ['the same, one rule', () => page({ rule: ['rule-17'] })],
    ['a text that few rows have', () => list({ text: 'kind 2999' })],
    ['histogram by day', () => queue.histogram(me, mine, 'day')],
    ['grouped by rule', () => queue.groups(me, mine, ['rule'], 200)],
    ['the same, critical ones', () => queue.groups(me, { ...mine, severity: ['critical'] }, ['rule'], 100)],
    ['grouped by host and rule', () => queue.groups(me, mine, ['host', 'rule'], 200)],
    ['the same, incidents', () => queue.groups(me, incidents, ['host', 'rule'], 200)],
    [
      'the same, by host, user and technique',
      () => queue.groups(me, incidents, ['host', 'user', 'tag'], 200),
    ],
    [
      'rows and facets of one such group',
      () => page({ together: ['host=ws-0.corp.example', 'rule=rule-0'] }),
    ],
    [
      'rows and facets of a wide one, by source and technique',
      () => page({ together: ['source=source-0', 'tag=attack.execution'] }),
    ],
    ['all facets of everything, closed too', () => queue.facets(me, { timeBasis: 'alert' }, 10)],
  ];
  console.log(
    `\n### Queue of ${open.toLocaleString('en-US')} open among ${total.toLocaleString('en-US')} alerts, embedded store\n`,
  );
  row('question', 'p50 ms', 'p95 ms');
  row('---', '---:', '---:');
  for (const [name, work] of cases) {
    const { p50, p95 } = await percentiles(runs, work);
    row(name, p50.toFixed(0), p95.toFixed(0));
  }
  await changes(records, queue);
}

/** A change moves its row and its counters. */
async function changes(records: Records, queue: ReturnType<typeof createQueue>): Promise<void> {
  const filter = { status: ['new'] as const, timeBasis: 'alert' as const };
  const page = await queue.list(me, { ...filter, sort: 'priority', limit: 500 });
  const rows = [...page.items];
  const close = { action: 'close', verdict: 'false_positive' } as const;
  const { p50, p95 } = await percentiles(runs, async () => {
    const one = rows.pop();
    if (one !== undefined)
      await queue.bulk(me, [{ kind: one.kind, id: one.id, version: one.version }], close);
  });
  row('closing one', p50.toFixed(0), p95.toFixed(0));
  const many = rows.splice(0, 200).map(({ kind, id, version }) => ({ kind, id, version }));
  const start = performance.now();
  await queue.bulk(me, many, close);
  row('closing 200 at once', (performance.now() - start).toFixed(0), '');
  const { rows: wrong } = await records.db.executeQuery<{ n: number }>(
    CompiledQuery.raw(
      `select count(*)::int as n from (select sum(rows) as rows from queue_counts where facet = '' and status = 'closed') c
       where c.rows <> (select count(*) from queue_rows where status = 'closed')`,
    ),
  );
  if (wrong[0]?.n !== 0) throw new Error('the counters do not tell what the rows tell');
}
