/** Work on a data directory that no service runs on: restore and check. */

import { AppError } from '../base/errors.ts';
import { silentLogger } from '../base/logger.ts';
import { checkData, type DataCheck } from './check-data.ts';
import type { Config } from './config.ts';
import { acquireDataLock, checkDataFormat } from './lock.ts';
import { type RestoreReport, readBackup, restoreBackup } from './restore.ts';
import { StopStack } from './stop-stack.ts';
import { openStores, type Stores } from './stores.ts';
import { version } from './version.ts';

/** Throws AppError E_DATA_LOCKED while a service runs on the directory. */
export async function checkStores(config: Config): Promise<DataCheck> {
  return withStores(config, (stores) => checkData(stores));
}

/** Fills empty stores from a backup. Throws AppError E_DATA_INVALID when they are not empty, or the backup is damaged. */
export async function restoreInto(
  config: Config,
  source: string,
  onProgress: (what: string) => void,
): Promise<{ readonly restored: RestoreReport; readonly check: DataCheck }> {
  const backup = await readBackup(source);
  return withStores(config, async (stores) => {
    await refuseFilled(config, stores);
    const restored = await restoreBackup(stores, backup, onProgress);
    return { restored, check: await checkData(stores) };
  });
}

async function refuseFilled(config: Config, { events, records }: Stores): Promise<void> {
  const { rows } = await events.stats();
  const identity = await records.db.selectFrom('identities').select('id').limit(1).executeTakeFirst();
  if (rows > 0 || identity !== undefined) {
    throw new AppError(
      'E_DATA_INVALID',
      `${config.data} has data in it already; restore into a new directory (--data DIR)`,
    );
  }
}

async function withStores<T>(config: Config, work: (stores: Stores) => Promise<T>): Promise<T> {
  const stops = new StopStack({ logger: silentLogger });
  try {
    const lock = await acquireDataLock(config.data);
    stops.push('data directory lock', () => lock.release());
    await checkDataFormat(lock.dir, version);
    return await work(await openStores(config, silentLogger, stops, () => undefined));
  } finally {
    await stops.stop();
  }
}
