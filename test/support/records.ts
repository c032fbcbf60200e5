/** A migrated embedded records store in a temporary directory, for tests above the records port. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import type { TenantId } from '../../src/model/ids.ts';
import { buildSeed } from '../../src/store/pglite/build-seed.ts';
import { openPgliteRecords } from '../../src/store/pglite/records.ts';
import { seedKey } from '../../src/store/pglite/seed.ts';
import type { Records } from '../../src/store/records.ts';

const cache = fileURLToPath(new URL('../../node_modules/.cache/watchfloor/', import.meta.url));

/** The seed for this version's schema, built at the first use and kept under the key that it fits. */
export async function cachedSeed(): Promise<string> {
  const file = join(cache, `records-seed-${await seedKey()}.tar.gz`);
  if (!existsSync(file)) await buildSeed(file);
  return file;
}

/** Opens in about two seconds (the first time ever: ten). `close` also removes the directory. */
export async function openTestRecords(): Promise<{ records: Records; close: () => Promise<void> }> {
  const seed = await cachedSeed();
  const directory = await mkdtemp(join(tmpdir(), 'wf-records-'));
  const records = await openPgliteRecords({ directory, seed, logger: silentLogger, durable: false });
  await records.migrate();
  return {
    records,
    async close() {
      await records.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** One store for the tests of a file, each of them in a tenant of its own. Registers the hooks that open and close it. */
export function testRecords(): { readonly records: Records; readonly tenant: TenantId } {
  let opened: Awaited<ReturnType<typeof openTestRecords>> | null = null;
  let tests = 0;
  beforeAll(async () => {
    opened = await openTestRecords();
  }, 120_000);
  beforeEach(() => {
    tests += 1;
  });
  afterAll(() => opened?.close());
  return {
    get records() {
      if (opened === null) throw new Error('the store is open within tests only');
      return opened.records;
    },
    get tenant() {
      return `t${tests}` as TenantId;
    },
  };
}
