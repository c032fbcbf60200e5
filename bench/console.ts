/** The console in Chromium: from a key to the frame that shows what it did, in a queue of thousands of rows. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chromiumPath, openBrowser } from '../test/support/browser.ts';
import { ndjson, processEvent, suspicious } from '../test/support/events.ts';
import { runWatchfloor, startServiceProcess } from '../test/support/service.ts';
import { percentilesOf, row } from './measure.ts';

const rows = Number(process.env['BENCH_ROWS'] ?? 3_000);
const presses = 60;

export async function benchConsole(): Promise<void> {
  if (chromiumPath === null) return;
  const work = await mkdtemp(join(tmpdir(), 'wf-bench-console-'));
  const data = join(work, 'data');
  // One alert for each host and user, which no cap holds back.
  await writeFile(join(work, 'watchfloor.yml'), 'alerts:\n  floodCap: 100000\n');
  const file = join(work, 'events.ndjson');
  const events = Array.from({ length: rows }, (_, n) =>
    processEvent(n, { ...suspicious, Computer: `WS-${n}`, User: `CORP\\user-${n}` }),
  );
  await writeFile(file, ndjson(events));
  const service = await startServiceProcess(data, ['--config', join(work, 'watchfloor.yml')]);
  const browser = await openBrowser();
  try {
    await runWatchfloor(['import', file, '--data', data]);
    const page = await browser.context.newPage();
    await page.goto(service.signInUrl());
    await page.locator('[data-key]').nth(5).waitFor();
    console.log(`\n### A key in the queue of ${rows.toLocaleString('en-US')} rows, to the next frame\n`);
    row('key', 'p50 ms', 'p95 ms');
    row('---', '---:', '---:');
    report('j, drawer closed', await keyTimes(page, 'j'));
    await page.keyboard.press(' ');
    await page.getByRole('complementary', { name: /^(?:Alert|Incident)/ }).waitFor();
    report('j, drawer open', await keyTimes(page, 'j'));
  } finally {
    await browser.close();
    await service.stop();
    await rm(work, { recursive: true, force: true });
  }
}

function report(name: string, times: readonly number[]): void {
  const { p50, p95 } = percentilesOf(times);
  row(name, p50.toFixed(0), p95.toFixed(0));
}

/** As fast as a person who holds a key down: one press each 150 ms. */
async function keyTimes(page: Page, key: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let press = 0; press < presses; press++) {
    times.push(
      await page.evaluate<number>(`new Promise((resolve) => {
        const start = performance.now();
        const key = new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true });
        (document.activeElement ?? document.body).dispatchEvent(key);
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
      })`),
    );
    await page.waitForTimeout(150);
  }
  return times;
}
