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
const settleMs = 5_000;
/** A keyboard's own repetition. */
const repeatMs = 33;
const held = 60;

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
    // The first rows after an import are still being folded; what the service does then is not the key's.
    await page.waitForTimeout(settleMs);
    console.log(`\n### A key in the queue of ${rows.toLocaleString('en-US')} rows\n`);
    row('from the key to', 'p50 ms', 'p95 ms');
    row('---', '---:', '---:');
    report('the focus on the next row, drawer closed', (await keyTimes(page, 'j')).focus);
    await loadAll(page);
    report('the same with every row loaded', (await keyTimes(page, 'k')).focus);
    await page.keyboard.press(' ');
    await page.getByRole('complementary', { name: /^(?:Alert|Incident)/ }).waitFor();
    const open = await keyTimes(page, 'k');
    report('the focus, drawer open', open.focus);
    report('the next alert in the drawer', open.drawer);
    const { behind, settled } = await holdDown(page, 'k');
    console.log(
      `\nA key held down (${held} times each ${repeatMs} ms) ends ${behind.toFixed(0)} ms late; ` +
        `the last alert is in the drawer ${settled.toFixed(0)} ms after.`,
    );
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

interface KeyTimes {
  readonly focus: readonly number[];
  /** Until its head and what matched are there; empty while the drawer is closed. */
  readonly drawer: readonly number[];
}

/** Put into the page: what the key that is pressed there leads to, in frames that were drawn. */
const pressed = `(key, start) => new Promise((resolve) => {
  const before = document.activeElement?.dataset?.key;
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const open = document.querySelector('aside[aria-label^="Alert "]') !== null;
  let focus = null;
  const look = () => {
    const now = performance.now() - start;
    const at = document.activeElement?.dataset?.key;
    if (focus === null && at !== before) focus = now;
    const drawer = document.querySelector('aside[aria-label$=" ' + at + '"]');
    const done = focus !== null && (!open || drawer?.querySelector('[role=region] section') != null);
    if (done || now > 5000) resolve({ focus: focus ?? now, drawer: open ? now : null });
    else requestAnimationFrame(() => setTimeout(look));
  };
  requestAnimationFrame(() => setTimeout(look));
})`;

/** As fast as a person who reads what comes by: one press each 300 ms. */
async function keyTimes(page: Page, key: string): Promise<KeyTimes> {
  const focus: number[] = [];
  const drawer: number[] = [];
  for (let press = 0; press < presses; press++) {
    const times = await page.evaluate<{ focus: number; drawer: number | null }>(
      `(${pressed})('${key}', performance.now())`,
    );
    focus.push(times.focus);
    if (times.drawer !== null) drawer.push(times.drawer);
    await page.waitForTimeout(300);
  }
  return { focus, drawer };
}

/** Goes to the end again and again, until nothing more comes for two seconds. */
async function loadAll(page: Page): Promise<void> {
  const height = () => page.getByRole('grid').evaluate((element) => element.scrollHeight);
  let before = 0;
  for (let still = 0; still < 10; ) {
    await page.keyboard.press('G');
    await page.waitForTimeout(200);
    const now = await height();
    still = now > before ? 0 : still + 1;
    before = now;
  }
}

/** What the console is behind when the key is let go, and until the drawer has come after. */
async function holdDown(page: Page, key: string): Promise<{ behind: number; settled: number }> {
  return await page.evaluate(`new Promise((resolve) => {
    let left = ${held};
    const start = performance.now();
    const timer = setInterval(() => {
      if (--left > 0) {
        document.activeElement.dispatchEvent(
          new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true, repeat: true }));
        return;
      }
      clearInterval(timer);
      const behind = performance.now() - start - ${held * repeatMs};
      (${pressed})('${key}', performance.now()).then(({ drawer }) => resolve({ behind, settled: drawer }));
    }, ${repeatMs});
  })`);
}
