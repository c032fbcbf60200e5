/** Chromium for end-to-end tests; null, with a line saying so, where there is none. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = process.env['WATCHFLOOR_CHROMIUM'] ?? '/usr/bin/chromium';

export const chromiumPath: string | null = existsSync(executablePath) ? executablePath : null;
if (chromiumPath === null)
  console.warn(`browser tests are skipped: no Chromium at ${executablePath} (set WATCHFLOOR_CHROMIUM)`);

/** How many times slower pages run, to find tests and pages that rest on timing; 1 when absent. */
const slowdown = Number(process.env['WATCHFLOOR_SLOW_BROWSER'] ?? '1');

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
}

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export async function openBrowser(
  options: {
    readonly colorScheme?: 'dark' | 'light';
    readonly width?: number;
    readonly height?: number;
  } = {},
): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'wf-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath ?? '',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    colorScheme: options.colorScheme ?? 'dark',
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
  });
  if (slowdown > 1) context.on('page', (page) => void slowDown(page));
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
