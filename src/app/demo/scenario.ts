/** The demo as records: two hours of an office, half an hour of an intruder in it. */
import type { Instant } from '../../base/clock.ts';
import { attackOf } from './attack.ts';
import type { AwsRecord } from './aws.ts';
import { createNoise, type Noise } from './noise.ts';
import { seededRandom } from './random.ts';
import type { WindowsRecord } from './windows.ts';

export interface Scenario {
  /** In order of time, as a shipper would send them. */
  readonly windows: readonly WindowsRecord[];
  readonly aws: readonly AwsRecord[];
}

const minute = 60_000;
const historyMs = 120 * minute;
/** The attack ends two minutes before the end. */
const attackMs = 32 * minute;
const seed = 20_260_301;

/** Everything that happened up to `end`: the same instant gives the same records to the byte. */
export function demoScenario(end: Instant): Scenario {
  const random = seededRandom(seed);
  const attack = attackOf(end - attackMs, random);
  const noise = createNoise(random);
  const windows = [...attack.windows];
  const aws = [...attack.aws];
  for (let at = end - historyMs; at < end - minute; at += random.int(15_000, 45_000)) {
    windows.push(...noise.windows(at));
    if (random.int(1, 6) === 1) aws.push(noise.aws(at));
  }
  return {
    windows: windows.toSorted((a, b) => compare(a['TimeCreated'], b['TimeCreated'])),
    aws: aws.toSorted((a, b) => compare(a['eventTime'], b['eventTime'])),
  };
}

/** The everyday that goes on while the demo runs; another one at each start. */
export function demoNoise(start: Instant): Noise {
  return createNoise(seededRandom(start % 0x1_0000_0000));
}

function compare(a: unknown, b: unknown): number {
  return String(a) < String(b) ? -1 : 1;
}
