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

async function shoot(page: Page, scheme: string, name: string): Promise<void> {
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(resolve(target), `${name}-${scheme}.png`) });
}

async function pictures(scheme: 'dark' | 'light', link: string): Promise<void> {
  const browser = await openBrowser({ colorScheme: scheme, width, height });
  const page = await browser.context.newPage();
  try {
    await page.goto(link);
    await page.getByRole('grid', { name: 'Alerts' }).getByRole('row').nth(1).waitFor();
    await shoot(page, scheme, 'queue-list');
    await page
      .getByRole('grid', { name: 'Alerts' })
      .getByText(/comsvcs/i)
      .first()
      .click();
    await page.getByRole('complementary', { name: /^Alert/ }).waitFor();
    await shoot(page, scheme, 'queue');
    await page.keyboard.press('c');
    await shoot(page, scheme, 'queue-close');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await shoot(page, scheme, 'help');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/alerts\//);
    await shoot(page, scheme, 'alert');
    for (const [key, name] of [
      ['e', 'events'],
      ['r', 'rules'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(key);
      await page.waitForURL(new RegExp(name));
      await shoot(page, scheme, name);
    }
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
