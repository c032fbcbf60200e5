/** The kill test at length: `npm run soak`; SOAK_ROUNDS (20) seeds, SOAK_KILLS (25) kills in each. */
import { afterAll, expect, it } from 'vitest';
import { runScenario, type Scenario } from '../kill/scenario.ts';
import { temporaryData } from '../support/service.ts';

const rounds = Number(process.env['SOAK_ROUNDS'] ?? 20);
const kills = Number(process.env['SOAK_KILLS'] ?? 25);
const directories: { remove(): Promise<void> }[] = [];
afterAll(() => Promise.all(directories.map((one) => one.remove())));

it.each(Array.from({ length: rounds }, (_, i) => ({ seed: Number(process.env['SOAK_SEED'] ?? 1) + i })))(
  'seed $seed: killed and unbroken runs end alike',
  async ({ seed }) => {
    const scenario: Scenario = { seed, deliveries: 200, recordsPerDelivery: 60, kills };
    const run = async (withKills: number) => {
      const data = await temporaryData('soak');
      directories.push(data);
      return runScenario(data.dir, { ...scenario, kills: withKills });
    };
    const unbroken = await run(0);
    const broken = await run(kills);
    expect(broken.rows).toBe(scenario.deliveries * scenario.recordsPerDelivery);
    expect(broken.alerts).toEqual(unbroken.alerts);
    for (const one of directories.splice(0)) await one.remove();
  },
);
