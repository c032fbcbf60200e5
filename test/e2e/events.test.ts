/** Searching stored events: in the console by keyboard and by mouse, and on the command line. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noViolationsInBoth } from '../support/axe.ts';
import { type Browser, chromiumPath, openBrowser } from '../support/browser.ts';
import {
  jsonLines,
  repoRoot,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';

/** Made up: 82 Windows events of one day. */
const file = `${repoRoot}/test/fixtures/finance-intrusion.ndjson`;

let data: Awaited<ReturnType<typeof temporaryData>>;
let service: ServiceProcess;

beforeAll(async () => {
  data = await temporaryData('events');
  service = await startServiceProcess(data.dir);
  const imported = await runWatchfloor(['import', file, '--data', data.dir]);
  expect(imported.code).toBe(0);
  // The events are of another day: what was imported is offered with its own range.
  expect(imported.stderr).toContain('82 events from 2026-11-20T');
  expect(imported.stderr).toContain('/events?q=source%3A+import&from=2026-11-20');
});
afterAll(async () => {
  await service?.stop();
  await data?.remove();
});

const search = (...args: string[]) => runWatchfloor(['events', 'search', ...args, '--data', data.dir]);

describe('on the command line', () => {
  it('finds by columns, by fields without a column and by text, and prints one object a line', async () => {
    const found = await search('EventID: 1 and Image: *\\rundll32.exe and "comsvcs.dll"', '--json');
    expect(found.code).toBe(0);
    const events = jsonLines(found.stdout);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(String(event['commandLine'])).toMatch(/comsvcs/i);
    expect(found.stderr).toContain(`${events.length} event`);
  });

  it('prints the fields that are asked for, with a heading that stands once', async () => {
    const { stdout } = await search('LogonType: *', '--fields', 'LogonType,host');
    const [heading, ...rows] = stdout.trim().split('\n');
    expect(heading).toMatch(/^TIME\s+LogonType\s+host$/);
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) expect(row).toMatch(/^2026-11-20T\S+\s+\d+\s+\S+$/);
  });

  it('says that there may be more, because a cut list must not look whole', async () => {
    const { stdout, stderr } = await search('--limit', '3', '--json');
    expect(jsonLines(stdout)).toHaveLength(3);
    expect(stderr).toContain('There may be more before 2026-11-20T');
  });

  it('a query that cannot be read is wrong usage, shown with the place and the way out', async () => {
    const { code, stderr, stdout } = await search('host = web-1');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('host = web-1\n     ^\n');
    expect(stderr).toContain('Write host: VALUE');
  });

  it('the old options still narrow, and join the query', async () => {
    const all = await search('--host', 'WS-FIN-07.corp.example', '--json', '--limit', '1000');
    const some = await search('event_code: 10', '--host', 'WS-FIN-07.corp.example', '--json');
    expect(jsonLines(all.stdout).length).toBeGreaterThan(jsonLines(some.stdout).length);
    expect(jsonLines(some.stdout).every((event) => event['host'] === 'WS-FIN-07.corp.example')).toBe(true);
  });
});

describe.skipIf(chromiumPath === null)('in the console', () => {
  let browser: Browser;
  let page: Page;
  const origin = () => new URL(service.signInUrl()).origin;
  const grid = () => page.getByRole('grid', { name: 'Events' });
  const rows = () => grid().locator('[data-event]');
  const drawer = () => page.getByRole('complementary', { name: 'Event', exact: true });
  const query = () => page.getByRole('combobox', { name: 'Query' });
  const settled = (text: RegExp | string) =>
    page.getByRole('status').filter({ hasText: text }).first().waitFor();

  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.context.newPage();
    await page.goto(service.signInUrl());
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  });
  afterAll(() => browser?.close());

  it('shows events of any age without a time filter, newest first, with their histogram and fields', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await settled('82 events');
    expect(await rows().count()).toBeGreaterThan(10);
    await page
      .getByRole('button', { name: /^2026-11-20 .* events$/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'LogonType', exact: true }).waitFor();
    await noViolationsInBoth(page);
  });

  it('by keyboard alone: a query, a row, its views, and back', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('event_code: 10 and host: ws-fin-07.*');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=event_code/);
    await settled(/^\d events? in/);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await drawer().getByRole('heading', { name: /10$/ }).waitFor();
    await page.waitForURL(/row=[0-9a-f]{32}/);
    await drawer().getByText('GrantedAccess').waitFor();
    await page.keyboard.press('2');
    await drawer().getByText('class_uid').first().waitFor();
    await page.keyboard.press('3');
    await drawer().getByText('stored whole').waitFor();
    await noViolationsInBoth(page);
    await page.keyboard.press('Escape');
    await drawer().waitFor({ state: 'detached' });
    await page.keyboard.press('f');
    await page.getByRole('complementary', { name: 'Fields' }).waitFor({ state: 'detached' });
    await page.keyboard.press('f');
  });

  it('a fault is underlined and explained where the query is typed, and nothing is searched', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('host = x');
    await page.keyboard.press('Enter');
    await page.getByText('Fields are compared with a colon.').waitFor();
    expect(await query().getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator('[data-wrong]').textContent()).toBe('=');
    expect(page.url()).toContain('q=event_code');
    await noViolationsInBoth(page);
    await page.keyboard.press('Escape');
  });

  it('the menu of a value narrows, excludes and adds columns, all of it in the address', async () => {
    await page.goto(`${origin()}/events`);
    await settled('82 events');
    await page.getByRole('button', { name: 'host', exact: true }).click();
    await page.getByRole('button', { name: 'WS-FIN-07.corp.example' }).first().click();
    await page.getByRole('menuitem', { name: 'Only this' }).waitFor();
    await noViolationsInBoth(page);
    await page.keyboard.press('o');
    await page.waitForURL(/q=host/);
    await settled(/^29 events/);
    await page.getByRole('button', { name: 'Column LogonType' }).click();
    await page.waitForURL(/cols=.*LogonType/);
    await grid()
      .getByRole('columnheader', { name: /LogonType/ })
      .waitFor();
    await page.reload();
    await settled(/^29 events/);
    await grid()
      .getByRole('columnheader', { name: /LogonType/ })
      .waitFor();
    expect(await query().inputValue()).toBe('host: WS-FIN-07.corp.example');
  });

  it('a drag over the histogram zooms, and Back returns', async () => {
    await page.goto(`${origin()}/events`);
    await settled('82 events');
    const plot = page.getByRole('group', { name: /bars; arrows move/ });
    const box = await plot.boundingBox();
    if (box === null) throw new Error('the histogram is not drawn');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + 10, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=2026-11-20.*to=2026-11-20/);
    await settled(/^(?!82)\d+ events in/);
    await page.goBack();
    await settled('82 events');
  });

  it('a time without events says what the newest one is and leads there', async () => {
    await page.goto(`${origin()}/events?last=15m`);
    await page.getByText('No stored event matches').waitFor();
    await page.getByText('The newest stored event is of 2026-11-20 14:28:13').waitFor();
    await noViolationsInBoth(page);
    await page.getByRole('button', { name: 'Search the newest day of data' }).click();
    await settled('82 events');
  });

  it('links of other pages become a query that can be changed', async () => {
    await page.goto(`${origin()}/events?host=DC-01.corp.example&kind=unparsed`);
    await page.getByText('No stored event matches').waitFor();
    expect(await query().inputValue()).toBe('host: DC-01.corp.example and unparsed: *');
  });

  it('is readable on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.goto(`${origin()}/events`);
    await settled('82 events');
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await noViolationsInBoth(page);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
});
