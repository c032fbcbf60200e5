/**
 * The embedded engine's directory: `data/` is either whole or not there. It is made under another
 * name (`data.new-…`), brought to the disk and renamed, so that a kill during the first start leaves
 * only a leftover that the next start removes.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { DurableFs, startParams } from './durable-fs.ts';
import { unpackSeed } from './seed.ts';

export interface EngineOptions {
  readonly directory: string;
  /** Seed file, or null to run initdb. */
  readonly seed: string | null;
  readonly seedKey: string;
  /** Off only in tests: commits then survive a kill, but not a power loss. */
  readonly durable: boolean;
}

/** How `data/` came to be: for the log. */
export type Origin = 'reopened' | 'seed' | 'created';

export async function openEngine(options: EngineOptions): Promise<{ engine: PGlite; origin: Origin }> {
  const { directory, durable } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  await removeLeftovers(directory);
  const data = join(directory, 'data');
  const origin = existsSync(data) ? 'reopened' : await prepare(options, data);
  return { engine: await start(data, durable), origin };
}

async function start(data: string, durable: boolean): Promise<PGlite> {
  return PGlite.create({ fs: new DurableFs(data), startParams: startParams(durable) });
}

async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith('data.new-')) await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function prepare(options: EngineOptions, data: string): Promise<Origin> {
  const fresh = `${data}.new-${randomBytes(6).toString('hex')}`;
  const { seed } = options;
  const seeded = seed !== null && existsSync(seed) && (await unpackSeed(seed, fresh, options.seedKey));
  if (!seeded) {
    const engine = await start(fresh, false);
    await engine.close();
  }
  if (options.durable) await syncTree(fresh);
  await rename(fresh, data);
  if (options.durable) await syncPath(options.directory);
  return seeded ? 'seed' : 'created';
}

/** A checkpoint only syncs what was written since the last one: what lies there before must be on disk already. */
async function syncTree(root: string): Promise<void> {
  const paths = [root, ...(await readdir(root, { recursive: true })).map((path) => join(root, path))];
  const lanes = Array.from({ length: 8 }, async (_, lane) => {
    for (let i = lane; i < paths.length; i += 8) await syncPath(paths[i] ?? root);
  });
  await Promise.all(lanes);
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
