/** What the console's pages offer to an end-to-end test, in the words of the person who uses them. */
import type { Locator, Page } from 'playwright-core';

export interface QueuePage {
  /** Opens the queue, by default in its default view; `?status=any&owner=any` is all alerts. */
  open(search?: string): Promise<void>;
  rows(): Locator;
  row(key: string): Locator;
  /** Keys of the shown rows from top to bottom. */
  keys(): Promise<readonly string[]>;
  /** Selects a row, which opens the drawer; resolves when its details are there. */
  select(key: string): Promise<void>;
  drawer(key: string): Locator;
  /** The line that announces new rows and those that left the view. */
  news(): Locator;
  toast(text: string | RegExp): Locator;
}

/** Follows a one-time link and waits for the queue (or the first-use page). */
export async function signIn(page: Page, baseUrl: string, token: string): Promise<void> {
  await page.goto(`${baseUrl}/sign-in#token=${encodeURIComponent(token)}`);
  await page.getByRole('heading', { name: /^Queue/ }).waitFor();
}

export function queuePage(page: Page, baseUrl: string): QueuePage {
  const rows = () => page.locator('[role=grid][aria-label=Alerts] [data-key]');
  const row = (key: string) => page.locator(`[data-key="${key}"]`);
  const drawer = (key: string) => page.getByRole('complementary', { name: `Alert ${key}` });
  return {
    open: async (search = '') => {
      await page.goto(`${baseUrl}/${search}`);
      await page.getByRole('heading', { name: /^Queue/ }).waitFor();
    },
    rows,
    row,
    keys: () =>
      rows().evaluateAll((elements) => elements.map((element) => element.getAttribute('data-key') ?? '')),
    select: async (key) => {
      await row(key).click();
      await drawer(key).getByRole('heading', { name: 'Why it fired' }).waitFor();
    },
    drawer,
    news: () => page.getByRole('button', { name: /new|no longer in this view/ }),
    toast: (text) => page.getByRole('region', { name: 'Notices' }).getByText(text),
  };
}

/** Closes the selected (or shown) alert by keys. */
export async function closeByKeys(page: Page, verdict: 't' | 'b' | 'f' | 'i', reason = ''): Promise<void> {
  await page.keyboard.press('c');
  if (reason !== '') {
    await page.getByRole('textbox', { name: 'Reason' }).fill(reason);
    await page.getByRole('textbox', { name: 'Reason' }).press('Enter');
  }
  await page.keyboard.press(verdict);
}

/** The full page of one alert. */
export async function openAlert(page: Page, baseUrl: string, key: string): Promise<void> {
  await page.goto(`${baseUrl}/alerts/${key}`);
  await page.getByRole('heading', { name: 'Why it fired' }).waitFor();
}
