/** Third-party test data that lies outside of the repository; tests that need it are skipped without it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

function find(): string | null {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = resolve(process.env['WATCHFLOOR_SHARED'] ?? join(root, '../shared'));
  return existsSync(folder) ? folder : null;
}

/** Absolute path of the folder (`WATCHFLOOR_SHARED`, else `../shared` beside the repository), or null without it. */
export const sharedDir: string | null = find();

/** Absolute path of something in the shared folder; null when the folder is absent. */
export function sharedPath(...parts: string[]): string | null {
  return sharedDir === null ? null : join(sharedDir, ...parts);
}
