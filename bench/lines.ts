/** Input for the benchmarks: recorded Windows events when they are there, else made-up ones. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { deliveryBody } from '../test/kill/scenario.ts';
import { sharedPath } from '../test/support/shared.ts';

export interface Lines {
  readonly what: string;
  readonly lines: readonly string[];
}

export async function benchLines(): Promise<Lines> {
  const path = sharedPath('sigma', 'perf-50k.ndjson.gz');
  if (path === null) {
    const scenario = { seed: 1, deliveries: 500, recordsPerDelivery: 100, kills: 0 };
    const lines = Array.from({ length: 500 }, (_, n) =>
      deliveryBody(scenario, n).trimEnd().split('\n'),
    ).flat();
    return { what: '50,000 made-up process creations (no recorded events here)', lines };
  }
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) }))
    if (line !== '') lines.push(line);
  return { what: `${lines.length.toLocaleString('en-US')} recorded Windows events`, lines };
}

/** Writes `total` lines, the given ones again and again with event time moved by a second each round. */
export async function writeRepeated(lines: readonly string[], total: number, file: string): Promise<void> {
  const out = createWriteStream(file);
  let written = 0;
  for (let round = 0; written < total; round++) {
    for (const line of lines) {
      if (written >= total) break;
      written += 1;
      // One more field makes each round's records different ones, as a shipper's sequence number would.
      if (!out.write(`${line.slice(0, -1)},"Round":${round}}\n`)) await once(out, 'drain');
    }
  }
  out.end();
  await once(out, 'finish');
}
