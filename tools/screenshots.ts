/**
 * Retakes the pictures of the documentation: `npx tsx tools/screenshots.ts [DIR [WIDTHxHEIGHT]]`. Starts
 * a service of its own with the demo's records.
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/support/browser.ts';
import { repoRoot, runWatchfloor, startServiceProcess, temporaryData } from '../test/support/service.ts';

const [target = join(repoRoot, 'docs', 'img'), size = '1280x800'] = process.argv.slice(2);
const [width = 1280, height = 800] = size.split('x').map(Number);

type Shoot = (name: string) => Promise<void>;

function shooter(page: Page, scheme: string): Shoot {
  return async (name) => {
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(resolve(target), `${name}-${scheme}.png`) });
  };
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** The queue: the list, an incident with its alerts, the drawer, closing, groups, palette, dialogs. */
async function queuePictures(page: Page, shoot: Shoot): Promise<void> {
  const grid = page.getByRole('grid', { name: 'Alerts' });
  await grid.getByRole('row').nth(1).waitFor();
  await shoot('queue-list');
  await grid
    .getByRole('button', { name: /^Show the alerts of/ })
    .first()
    .click();
  await grid
    .locator('[data-key^="ALR-"]')
    .getByText(/comsvcs/i)
    .first()
    .click();
  await page.getByRole('complementary', { name: /^Alert/ }).waitFor();
  await page.getByText('Process tree').first().waitFor();
  await shoot('queue');
  await press(page, 'c', 't');
  await shoot('queue-close');
  await press(page, 'Escape', 'Escape', 'e');
  await page.getByRole('dialog').waitFor();
  await shoot('escalate');
  await press(page, 'Escape', '?');
  await shoot('help');
  await press(page, 'Escape', 'Control+k');
  await shoot('palette');
  await press(page, 'Escape');
}

async function pages(page: Page, shoot: Shoot): Promise<void> {
  await press(page, 'Enter');
  await page.waitForURL(/\/alerts\//);
  await shoot('alert');
  await page.getByRole('link', { name: /^INC-/ }).click();
  await page.waitForURL(/\/incidents\//);
  await page.getByRole('tab', { name: 'Timeline' }).waitFor();
  await shoot('incident');
  const origin = new URL(page.url()).origin;
  await page.goto(`${origin}/?group=host,rule`);
  await page.getByRole('grid', { name: 'Alerts' }).getByRole('row').nth(1).waitFor();
  await shoot('queue-groups');
  for (const [key, name] of [
    ['e', 'events'],
    ['r', 'rules'],
  ] as const) {
    await press(page, 'g', key);
    await page.waitForURL(new RegExp(name));
    await shoot(name);
  }
}

async function pictures(scheme: 'dark' | 'light', link: string): Promise<void> {
  const browser = await openBrowser({ colorScheme: scheme, width, height });
  const page = await browser.context.newPage();
  try {
    await page.goto(link);
    const shoot = shooter(page, scheme);
    await queuePictures(page, shoot);
    await pages(page, shoot);
  } finally {
    await browser.close();
  }
}

await mkdir(resolve(target), { recursive: true });
const data = await temporaryData('pictures');
const service = await startServiceProcess(data.dir, ['--demo']);
try {
  for (const scheme of ['dark', 'light'] as const) {
    const link = await runWatchfloor(['sign-in-link', '--data', data.dir]);
    await pictures(scheme, link.stdout.trim());
  }
} finally {
  await service.stop();
  await data.remove();
}
