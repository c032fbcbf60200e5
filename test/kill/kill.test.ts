import { rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import {
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';
import { burstId, deliveryBody, encodedId, random, runScenario, type Scenario } from './scenario.ts';

const scenario: Scenario = { seed: 20_261_124, deliveries: 60, recordsPerDelivery: 40, kills: 6 };
const directories: { remove(): Promise<void> }[] = [];
afterAll(() => Promise.all(directories.map((one) => one.remove())));

async function run(kills: number) {
  const data = await temporaryData('kill');
  directories.push(data);
  return runScenario(data.dir, { ...scenario, kills });
}

it('a service that is killed again and again ends with the alerts of one that never was', async () => {
  const unbroken = await run(0);
  const suspicious = Array.from({ length: scenario.deliveries }, (_, n) => deliveryBody(scenario, n))
    .join('')
    .split('\n')
    .filter((line) => line.includes('-enc ')).length;
  const detections = Object.values(unbroken.alerts).reduce((sum, alert) => sum + alert.detections, 0);
  expect(unbroken.rows).toBe(scenario.deliveries * scenario.recordsPerDelivery);
  expect(detections).toBeGreaterThanOrEqual(suspicious);
  expect(suspicious).toBeGreaterThan(50);
  const bursts = Object.entries(unbroken.alerts).filter(([key]) => key.startsWith(burstId));
  expect(bursts.length).toBeGreaterThan(1);

  const broken = await run(scenario.kills);
  expect(broken.kills).toBe(scenario.kills);
  expect(broken.rows).toBe(unbroken.rows);
  expect(broken.alerts).toEqual(unbroken.alerts);
});

it('a file whose import is killed and begun again is stored once, whole, and detected once', async () => {
  const data = await temporaryData('kill-import');
  directories.push(data);
  const file = join(data.dir, '..', `${basename(data.dir)}.ndjson`);
  const bodies = Array.from({ length: 400 }, (_, n) => deliveryBody(scenario, n)).join('');
  const records = 400 * scenario.recordsPerDelivery;
  const suspicious = bodies.split('\n').filter((line) => line.includes('-enc ')).length;
  await writeFile(file, bodies);
  // Small batches, so that kills fall between them.
  const args = ['--config', await smallBatches(data.dir)];
  const next = random(scenario.seed);
  try {
    for (let kills = 0; kills < 4; kills++) {
      const service = await startServiceProcess(data.dir, args);
      const importing = runWatchfloor(['import', file, '--json', '--data', data.dir]);
      await pause(300 + next() * 900);
      await service.kill();
      await importing;
    }
    const service = await startServiceProcess(data.dir, args);
    const last = await runWatchfloor(['import', file, '--json', '--data', data.dir]);
    expect(last.code).toBe(0);
    const [report] = jsonLines(last.stdout);
    expect(Number(report?.['stored']) + Number(report?.['duplicate'])).toBe(records);
    const status = await service.api<{ events: { rows: number } }>('GET', '/system/status');
    expect(status.events.rows).toBe(records);
    await expect.poll(() => detectionsOf(service), { timeout: 30_000 }).toBe(suspicious);
    expect(await service.stop()).toBe(0);
    const check = await runWatchfloor(['check', '--json', '--data', data.dir]);
    expect(jsonLines(check.stdout)[0]).toMatchObject({ ok: true, events: records });
  } finally {
    await rm(file, { force: true });
  }
});

async function smallBatches(dir: string): Promise<string> {
  const file = `${dir}.yml`;
  await writeFile(file, 'intake:\n  batchRecords: 500\n');
  directories.push({ remove: () => rm(file, { force: true }) });
  return file;
}

async function detectionsOf(service: ServiceProcess): Promise<number> {
  const { items } = await service.api<{ items: { detections: number }[] }>(
    'GET',
    `/alerts?limit=500&ruleId=${encodedId}`,
  );
  return items.reduce((sum, alert) => sum + alert.detections, 0);
}
