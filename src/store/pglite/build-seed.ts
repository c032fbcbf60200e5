/** Makes the seed: a directory created, migrated and cleanly closed, then packed. */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { silentLogger } from '../../base/logger.ts';
import { openPgliteRecords } from './records.ts';
import { packSeed, seedKey } from './seed.ts';

/** Writes `file` whole or not at all, so that several builders may run at once. */
export async function buildSeed(file: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'watchfloor-seed-'));
  try {
    const directory = join(work, 'records');
    const records = await openPgliteRecords({ directory, logger: silentLogger, durable: false });
    try {
      await records.migrate();
    } finally {
      await records.close();
    }
    await mkdir(dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}.partial`;
    await packSeed(join(directory, 'data'), partial, await seedKey());
    await rename(partial, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
