/** The pages of sources and of a rule, by keyboard and by eye. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noViolationsInBoth } from '../support/axe.ts';
import { type Browser, chromiumPath, openBrowser } from '../support/browser.ts';
import {
  repoRoot,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';

let data: Awaited<ReturnType<typeof temporaryData>>;
let service: ServiceProcess;
let browser: Browser;
let page: Page;

const lines = [
  'Oct 11 22:14:15 web-1 appd[123]: request 17 took 12 ms',
  'Oct 12 22:14:16 web-1 appd[124]: request 18 took 9 ms',
  '{"x":1,"y":"a"}',
].join('\n');

describe.skipIf(chromiumPath === null)('sources and rules in the console', () => {
  beforeAll(async () => {
    data = await temporaryData('sources');
    service = await startServiceProcess(data.dir);
    const odd = join(data.dir, 'odd.ndjson');
    await writeFile(odd, lines);
    const at = ['--data', data.dir];
    await runWatchfloor(['import', `${repoRoot}/test/fixtures/finance-intrusion.ndjson`, ...at]);
    await runWatchfloor(['import', odd, '--format', 'json', '--source', 'lab', ...at]);
    await runWatchfloor(['sources', 'add', 'dc-01', 'domain controller', ...at]);
    browser = await openBrowser();
    page = await browser.context.newPage();
    await page.goto(service.signInUrl());
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await data?.remove();
  });

  it('lists every source with its state, also one that has only imports and one that never sent', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    const grid = page.getByRole('grid', { name: 'Sources' });
    await grid.getByText('dc-01').waitFor();
    expect(await grid.locator('[data-source]').count()).toBe(3);
    await grid.locator('[data-source=dc-01]').getByText('Never sent').waitFor();
    await noViolationsInBoth(page);
  });

  it('by keyboard: opens a source, shows the shapes of what could not be read, and leads to its records', async () => {
    for (let step = 0; step < 3; step++) {
      await page.keyboard.press('j');
      if (page.url().includes('row=lab')) break;
    }
    const drawer = page.getByRole('complementary', { name: 'Source lab' });
    await drawer.getByText('By shape').waitFor();
    const shape = drawer.getByText('‹time› web-‹n› appd[‹n›]: request ‹n› took ‹n› ms');
    await shape.waitFor();
    await shape.click();
    await drawer.getByText(lines.split('\n')[1] ?? '').waitFor();
    await noViolationsInBoth(page);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
  });

  it('what is expected of a source can be set, and stays', async () => {
    await page.goto(`${new URL(service.signInUrl()).origin}/sources?row=lab`);
    const choice = page.getByLabel('Raise an alert');
    await choice.selectOption({ label: 'after an hour' });
    await page.getByText('A silence of more than 60 min raises an alert.').waitFor();
    await page.reload();
    expect(await choice.inputValue()).toBe('3600000');
  });

  it('a rule has a page: source, matches by day, its alerts; Enter opens it, o switches it, the history says who', async () => {
    const { items } = await service.api<{ items: { ruleId: string; key: string; title: string }[] }>(
      'GET',
      '/alerts?limit=1',
    );
    const alert = items[0];
    if (alert === undefined) throw new Error('the demo raised nothing');
    await page.goto(`${new URL(service.signInUrl()).origin}/rules?row=${alert.ruleId}`);
    await page.getByRole('complementary', { name: 'Rule' }).getByText('Rule page').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/rules/${alert.ruleId}$`));
    const source = page.getByRole('region', { name: 'Sigma source of the rule' });
    await source.getByText('logsource', { exact: true }).waitFor();
    await page.getByRole('img', { name: /^\d+ match(?:es)? from 2026-11-20 to 2026-11-20$/ }).waitFor();
    await page.getByRole('link', { name: alert.key, exact: true }).waitFor();
    await noViolationsInBoth(page);
    await page.keyboard.press('o');
    await page.getByText('turned it off').waitFor();
    await page.keyboard.press('u');
    await page.getByText('set it to alert').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/rules\?row=/);
  });

  it('a page that can not be loaded leaves the others, and comes by itself when the service is back', async () => {
    const other = await browser.context.newPage();
    const away = (pattern: string) => other.route(pattern, (route) => route.abort());
    await away('**/assets/sources-page*');
    await other.goto(`${new URL(service.signInUrl()).origin}/rules`);
    await other.getByRole('grid', { name: 'Rules' }).waitFor();
    await away('**/health/live');
    await other.keyboard.press('g');
    await other.keyboard.press('s');
    await other.getByText('This page could not be loaded').waitFor();
    await other.getByText('The service does not answer').waitFor();
    await noViolationsInBoth(other);
    await other.keyboard.press('g');
    await other.keyboard.press('r');
    await other.getByRole('grid', { name: 'Rules' }).waitFor();
    await other.keyboard.press('g');
    await other.keyboard.press('s');
    await other.getByText('The service does not answer').waitFor();
    await other.unroute('**/assets/sources-page*');
    await other.unroute('**/health/live');
    await other.getByRole('grid', { name: 'Sources' }).getByText('dc-01').waitFor();
    await other.close();
  });
});
