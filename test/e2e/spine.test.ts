/** The whole path, as its user walks it: an empty directory, a file, an alert on the screen, a verdict that stays. */
import { rm, writeFile } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoScenario } from '../../src/app/demo/scenario.ts';
import { type Browser, chromiumPath, openBrowser } from '../support/browser.ts';
import { ndjson } from '../support/events.ts';
import {
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';
import { sharedPath } from '../support/shared.ts';

const recording = sharedPath('samples', 'windows-json', 'otrf', 'psh_lsass_memory_dump_comsvcs.ndjson');
if (recording === null)
  console.warn(
    'the recording is not here (WATCHFLOOR_SHARED): the end-to-end test runs on the made-up demo instead',
  );

async function noViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`),
  ).toEqual([]);
}

describe.skipIf(chromiumPath === null)('from a log line to a closed alert', () => {
  let data: Awaited<ReturnType<typeof temporaryData>>;
  let service: ServiceProcess;
  let browser: Browser;
  let page: Page;
  let file: string;
  const foreign: string[] = [];

  beforeAll(async () => {
    data = await temporaryData('e2e');
    file = recording ?? `${data.dir}.ndjson`;
    if (recording === null) {
      const { windows } = demoScenario(Date.parse('2019-03-04T14:30:00Z'));
      await writeFile(file, ndjson(windows));
    }
    service = await startServiceProcess(data.dir);
    browser = await openBrowser();
    page = await browser.context.newPage();
    page.on('request', (request) => {
      if (
        !request.url().startsWith(new URL(service.signInUrl()).origin) &&
        !request.url().startsWith('data:')
      )
        foreign.push(request.url());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await data?.remove();
    if (recording === null) await rm(file, { force: true });
  });

  it('signs in with the link that the start printed, and only once', async () => {
    await page.goto(service.signInUrl());
    await page.getByText('./watchfloor import').first().waitFor();
    expect(page.url()).not.toContain('token');
    await noViolations(page);
    const other = await openBrowser();
    const second = await other.context.newPage();
    await second.goto(service.signInUrl());
    await second.getByText('sign-in-link').first().waitFor();
    await other.close();
  });

  it('shows the alert of an imported file without any time filter, however old the events are', async () => {
    const imported = await runWatchfloor(['import', file, '--json', '--data', data.dir]);
    expect(imported.stderr).toBe('');
    expect(imported.code).toBe(0);
    const [report] = jsonLines(imported.stdout);
    expect(report).toMatchObject({ file, duplicate: 0, unparsed: 0 });
    expect(report?.['stored']).toBe(report?.['read']);
    expect(Number(report?.['alerts'])).toBeGreaterThan(0);
    // Nothing is being read in an empty list, so the new alerts come by themselves.
    await page.getByRole('grid', { name: 'Alerts' }).getByRole('row').nth(1).waitFor();
    expect(
      await page
        .getByRole('grid', { name: 'Alerts' })
        .getByText(/comsvcs/i)
        .count(),
    ).toBeGreaterThan(0);
  });

  it('explains why it fired: matched field, value, condition, author', async () => {
    await page
      .getByRole('grid', { name: 'Alerts' })
      .getByText(/comsvcs/i)
      .first()
      .click();
    const drawer = page.getByRole('complementary', { name: /^Alert ALR-/ });
    await drawer.waitFor();
    await drawer
      .getByText(/MiniDump/i)
      .first()
      .waitFor();
    await drawer.getByText('Watchfloor contributors').first().waitFor();
    await drawer
      .getByText(/condition/i)
      .first()
      .waitFor();
    await noViolations(page);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/alerts\/ALR-\d+/);
    await page
      .getByText(/MiniDump/i)
      .first()
      .waitFor();
    await noViolations(page);
  });

  it('closes as a true positive by keyboard, and keeps it with its history over a reload', async () => {
    const key = /ALR-\d+/.exec(page.url())?.[0] ?? '';
    await page.keyboard.press('n');
    await page.keyboard.type('seen on the finance host');
    await page.keyboard.press('Control+Enter');
    await page.getByText('seen on the finance host').first().waitFor();
    await page.keyboard.press('Escape');
    await page.goto(`${new URL(service.signInUrl()).origin}/alerts/${key}`);
    await page.getByText('seen on the finance host').first().waitFor();
    await page.keyboard.press('c');
    await page.keyboard.press('t');
    await expect
      .poll(async () => (await service.api<{ status: string }>('GET', `/alerts/${key}`)).status)
      .toBe('closed');
    await page.goto(`${new URL(service.signInUrl()).origin}/alerts/${key}`);
    await page.reload();
    await page
      .getByText(/true positive/i)
      .first()
      .waitFor();
    const alert = await service.api<{
      verdict: string;
      history: { kind: string; actor: { name: string } }[];
    }>('GET', `/alerts/${key}`);
    expect(alert.verdict).toBe('true_positive');
    expect(alert.history.map((one) => one.kind)).toEqual(
      expect.arrayContaining(['created', 'commented', 'closed']),
    );
    expect(alert.history.find((one) => one.kind === 'closed')?.actor.name).toBe('admin');
    const { items } = await service.api<{ items: { action: string }[] }>('GET', '/audit?limit=500');
    expect(items.some((one) => /clos/.test(one.action))).toBe(true);
  });

  it('asks no other host for anything', () => {
    expect(foreign).toEqual([]);
  });
});
