/** The service as a whole: start times, import, memory, size, and five hunts on the stored events. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TenantId } from '../src/model/ids.ts';
import { openChdbEventStore } from '../src/store/chdb/events.ts';
import type { EventSearch, EventStore } from '../src/store/events.ts';
import {
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
} from '../test/support/service.ts';
import { benchLines, writeRepeated } from './lines.ts';
import { medianAsync, memoryOf, perSecond, row } from './measure.ts';

const total = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);

export async function benchService(): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'wf-bench-'));
  try {
    const data = join(work, 'data');
    await startTimes(data);
    const { what, lines } = await benchLines();
    const file = join(work, 'events.ndjson');
    await writeRepeated(lines, total, file);
    await importAll(data, file, what);
    await hunts(join(data, 'events'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function timedStart(data: string): Promise<{ service: ServiceProcess; seconds: number }> {
  const start = performance.now();
  const service = await startServiceProcess(data);
  return { service, seconds: (performance.now() - start) / 1_000 };
}

async function pidOf(data: string): Promise<number> {
  return (JSON.parse(await readFile(join(data, 'service.json'), 'utf8')) as { pid: number }).pid;
}

async function startTimes(data: string): Promise<void> {
  console.log('\n### Start, built and installed: command to printed sign-in link\n');
  row('start', 'seconds', 'resident MiB 5 s later');
  row('---', '---:', '---:');
  for (const what of ['new data directory', 'the same again']) {
    const { service, seconds } = await timedStart(data);
    await pause(5_000);
    row(what, seconds.toFixed(1), (await memoryOf(await pidOf(data))).now);
    await service.stop();
  }
}

async function importAll(data: string, file: string, what: string): Promise<void> {
  const { service } = await timedStart(data);
  const pid = await pidOf(data);
  const start = performance.now();
  const result = await runWatchfloor(['import', file, '--json', '--data', data]);
  const seconds = (performance.now() - start) / 1_000;
  if (result.code !== 0) throw new Error(`import failed: ${result.stderr}`);
  const [report] = jsonLines(result.stdout);
  const memory = await memoryOf(pid);
  const status = await service.api<{
    events: { rows: number; bytesOnDisk: number };
    records: { bytes: number };
  }>('GET', '/system/status');
  console.log(
    `\n### Import of ${total.toLocaleString('en-US')} events (${what}, repeated with a changing field), starter rules on\n`,
  );
  row('measure', 'value');
  row('---', '---:');
  row('events/s, file to committed detections', perSecond(total, seconds));
  row('stored', Number(report?.['stored']).toLocaleString('en-US'));
  row('detections, alerts', `${Number(report?.['detections'])}, ${Number(report?.['alerts'])}`);
  row('bytes on disk per event', (status.events.bytesOnDisk / status.events.rows).toFixed(0));
  row('resident MiB: highest during the import', memory.peak);
  await pause(10_000);
  row('resident MiB: 10 s after it', (await memoryOf(pid)).now);
  await service.stop();
}

async function drain(store: EventStore, query: Omit<EventSearch, 'tenant'>): Promise<number> {
  let found = 0;
  for await (const _event of store.search({ tenant: 'main' as TenantId, ...query })) found += 1;
  return found;
}

async function hunts(directory: string): Promise<void> {
  const store = await openChdbEventStore({ directory });
  try {
    await store.migrate();
    const { rows } = await store.stats();
    const [sample] = await store.readAfter(0, 1);
    if (sample === undefined) throw new Error('no events to hunt in');
    const event = await store.get(sample.tenant, sample.eventId);
    if (event === null) throw new Error('the first event is not found by its id');
    const day = 24 * 3_600_000;
    const cases: [string, () => Promise<number>][] = [
      [
        'events of a host in 24 h (newest 1,000)',
        () =>
          drain(store, {
            host: event.host,
            from: event.time - day / 2,
            to: event.time + day / 2,
            limit: 1_000,
          }),
      ],
      ['substring over raw (1,000 hits)', () => drain(store, { text: 'lsass', limit: 1_000 })],
      ['substring over raw (no hit)', () => drain(store, { text: 'qzxv-not-there', limit: 1_000 })],
      [
        'one event by its id',
        async () => ((await store.get(sample.tenant, sample.eventId)) === null ? 0 : 1),
      ],
      [
        'top 10 processes',
        async () => (await store.top({ tenant: sample.tenant, limit: 10 }, 'process')).length,
      ],
      [
        'a native field without a column (1,000 hits)',
        () => drain(store, { field: { name: 'LogonType', value: '3' }, limit: 1_000 }),
      ],
    ];
    console.log(`\n### Hunts on ${rows.toLocaleString('en-US')} stored events, embedded store, warm\n`);
    row('hunt', 'rows', 'ms');
    row('---', '---:', '---:');
    for (const [name, hunt] of cases) {
      let found = 0;
      const seconds = await medianAsync(3, async () => {
        found = await hunt();
      });
      row(name, found, (seconds * 1_000).toFixed(0));
    }
  } finally {
    await store.close();
  }
}
