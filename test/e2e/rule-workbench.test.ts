/** The rule page as a workbench: written, tried, proved, backtested and put in force by keyboard. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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

const encoded = '3f941955-e023-4a6e-b04f-f19fdaaa8878';
const notepad = JSON.stringify({
  EventID: 1,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Computer: 'ws-1',
  Image: 'C:\\Windows\\notepad.exe',
  CommandLine: 'notepad.exe <img src=x onerror=alert(1)>',
});

const open = (path: string) => page.goto(new URL(service.signInUrl()).origin + path);
const editor = () => page.locator('.cm-content');
const panel = () => page.getByRole('tabpanel');

async function type(text: string): Promise<void> {
  await editor().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

const source = (level: string, field = 'Image|endswith') => `title: Notepad is started
id: 0b4dcd0c-0d0f-4f2e-9a6a-5b7f6a1c0001
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    ${field}: '\\notepad.exe'
  condition: selection
level: ${level}
`;

it('the first view stays small: what is asked for later is no part of it', async () => {
  const folder = join(repoRoot, 'web', 'dist');
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const scripts = new Set(html.match(/assets\/[^"]+\.js/g));
  let size = 0;
  for (const script of scripts) size += gzipSync(await readFile(join(folder, script))).length;
  expect(size).toBeLessThan(180_000);
  const names = await readdir(join(folder, 'assets'));
  expect(names.some((name) => name.startsWith('code-editor'))).toBe(true);
  expect([...scripts].some((name) => name.includes('code-editor'))).toBe(false);
});

describe.skipIf(chromiumPath === null)('the rule workbench', () => {
  beforeAll(async () => {
    data = await temporaryData('workbench');
    service = await startServiceProcess(data.dir);
    const at = ['--data', data.dir];
    await runWatchfloor(['import', `${repoRoot}/test/fixtures/finance-intrusion.ndjson`, ...at]);
    browser = await openBrowser();
    page = await browser.context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(service.signInUrl());
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await data?.remove();
  });

  it('a new rule: errors in place, words to pick, tried as it is typed, made by key', async () => {
    await open('/rules');
    await page.getByRole('grid', { name: 'Rules' }).waitFor();
    await page.keyboard.press('n');
    await page.waitForURL(/\/new-rule/);
    await type(source('high', 'Image|endswit'));
    await page.getByText('did you mean endswith?').waitFor();
    await page.locator('.cm-lintRange-error').waitFor();
    expect(await page.getByRole('button', { name: /^Make it/ }).isDisabled()).toBe(true);
    await noViolationsInBoth(page);

    await type(source('high').replace('level: high\n', 'lev'));
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Control+ ');
    await page.locator('.cm-tooltip-autocomplete').getByText('level', { exact: true }).click();
    await page.keyboard.insertText('high');
    await page.getByText('finds nothing wrong').waitFor();

    await page.getByLabel(/^Paste events/).fill(notepad);
    await panel().getByText('1 of 1 event matches').waitFor();
    await page.getByLabel(/^Paste events/).fill(notepad.replace('notepad.exe"', 'calc.exe"'));
    await panel().getByText('0 of 1 event match').waitFor();
    await panel().getByText('It rests on').waitFor();
    await panel().getByRole('button', { name: 'line 8' }).first().click();
    expect(await page.evaluate('document.activeElement.className')).toContain('cm-content');
    await page.keyboard.press('Control+s');
    await page.waitForURL(/\/rules\/0b4dcd0c/);
    await page.getByText('Made, and off: Notepad is started').waitFor();
    await page.getByRole('region', { name: 'Sigma source of the rule' }).waitFor();
  });

  it('Tab is no trap: Esc and then Tab leave the editor', async () => {
    await page.keyboard.press('e');
    await editor().waitFor();
    await editor().click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.closest('.cm-editor') === null")).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Sigma source of the rule' }).waitFor();
  });

  it('unsaved text survives a reload, and a save that somebody overtook shows both sides', async () => {
    const id = '0b4dcd0c-0d0f-4f2e-9a6a-5b7f6a1c0001';
    await open(`/rules/${id}?edit=on`);
    await type(source('low'));
    await page.getByText('not saved').waitFor();
    await page.reload();
    await page.getByText('text of yours from').waitFor();
    await page.getByText('level: low').waitFor();
    const { version } = await service.api<{ version: number }>('GET', `/rules/${id}`);
    await service.api('PUT', `/rules/${id}/source`, {
      version,
      source: source('critical'),
      message: 'theirs',
    });
    await page.getByLabel('Why it is changed').fill('less loud');
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The rule was changed meanwhile').waitFor();
    await dialog.getByText('-level: critical').waitFor();
    await dialog.getByText('+level: low').waitFor();
    await noViolationsInBoth(page);
    await dialog.getByRole('button', { name: 'Save mine over it' }).click();
    await page.getByText('Saved: Notepad is started').waitFor();
    const { severity } = await service.api<{ severity: string }>('GET', `/rules/${id}`);
    expect(severity).toBe('low');
    await page.getByText('no change').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
  });

  it('versions say who and why, are compared, and one is restored as a new one', async () => {
    await page.keyboard.press('h');
    await panel().getByText('less loud').waitFor();
    await panel().getByText('+level: low').waitFor();
    await noViolationsInBoth(page);
    await panel().getByRole('button', { name: 'Restore version 1' }).click();
    await panel().getByText('Restored version 1').first().waitFor();
    expect(page.url()).toContain('tab=versions');
  });

  it('evidence is kept from a trial with one click, and a save that fails it asks', async () => {
    await page.keyboard.press('t');
    await page.getByLabel(/^Paste events/).fill(notepad);
    await panel().getByText('1 of 1 event matches').waitFor();
    await panel().getByRole('button', { name: 'Has to match' }).click();
    await page.getByText('Kept: has to match').waitFor();
    await page.getByRole('tab', { name: 'Evidence' }).click();
    await panel().getByText('All 1 pass').waitFor();
    await noViolationsInBoth(page);
    await page.getByRole('button', { name: /^Edit/ }).click();
    await type(source('high').replace('notepad.exe', 'calc.exe'));
    await panel().getByText('1 of 1 fail').waitFor();
    await page.getByText('finds nothing wrong').waitFor();
    await page.getByRole('button', { name: /^Save/ }).click();
    await page.getByRole('dialog').getByText('it no longer matches: ').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Go on editing' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('text of this rule that is not saved').waitFor();
    const { code, stdout } = await runWatchfloor(['rules', 'test', '--data', data.dir]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\d+ rules, \d+ events of evidence, 0 failed/)]);
  });

  it('a backtest comes before it alerts, and is never forced', async () => {
    await open(`/rules/${encoded}`);
    const state = page.getByLabel('State of PowerShell Runs a Hidden or Downloading Encoded Command');
    await state.selectOption('observe');
    await page.getByText('Observe: PowerShell').waitFor();
    await state.selectOption('alert');
    await page.getByRole('button', { name: 'Backtest first' }).click();
    await panel().getByLabel('Over the last').selectOption('365');
    await panel().getByRole('button', { name: 'Backtest', exact: true }).click();
    await panel().getByText('1 match, 1 alert').waitFor();
    await panel().getByRole('link', { name: 'Event', exact: true }).waitFor();
    await noViolationsInBoth(page);
    await panel().getByRole('button', { name: 'Alert from now on' }).click();
    await page.getByText('Alert: PowerShell').waitFor();
    await state.selectOption('off');
    await page.getByText('Off: PowerShell').waitFor();
    await expect.poll(() => state.inputValue()).toBe('off');
    await state.selectOption('alert');
    await page.getByRole('dialog').getByRole('button', { name: 'Alert from now on' }).click();
    await page.getByText('Alert: PowerShell').waitFor();
  });

  it('stored events are picked by a query and tried', async () => {
    await page.keyboard.press('t');
    await panel()
      .getByRole('button', { name: /^Pick stored events/ })
      .click();
    await panel().getByLabel('Query for stored events').fill('CommandLine: *-enc*');
    await panel().getByRole('button', { name: 'Find' }).click();
    await panel().locator('li label').first().locator('input').check();
    await panel()
      .getByText(/of 1 event/)
      .waitFor();
    await noViolationsInBoth(page);
  });

  it('what can never fire here is listed, and every number leads to what it counts', async () => {
    await open('/rules');
    await page.getByRole('grid', { name: 'Rules' }).waitFor();
    await page.keyboard.press('c');
    const view = page.getByRole('region', { name: 'Coverage' });
    const row = view.getByRole('row', { name: /aws · cloudtrail/ });
    const count = Number(await row.getByRole('link').textContent());
    await noViolationsInBoth(page);
    await row.getByRole('link').click();
    await page.getByText('Only with the logsource').waitFor();
    await expect.poll(() => page.locator('[data-rule]').count()).toBe(count);
  });

  it('a rule can be read on a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(`/rules/${encoded}`);
    await page.getByRole('region', { name: 'Sigma source of the rule' }).waitFor();
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(390);
  });
});
