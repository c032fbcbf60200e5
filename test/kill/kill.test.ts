import { afterAll, expect, it } from 'vitest';
import { temporaryData } from '../support/service.ts';
import { deliveryBody, runScenario, type Scenario } from './scenario.ts';

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

  const broken = await run(scenario.kills);
  expect(broken.kills).toBe(scenario.kills);
  expect(broken.rows).toBe(unbroken.rows);
  expect(broken.alerts).toEqual(unbroken.alerts);
});
