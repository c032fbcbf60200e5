/** Picks the adapters that the configuration names, and opens them: the only place that knows which. */
import { join } from 'node:path';
import type { Logger } from '../base/logger.ts';
import { openChdbEventStore } from '../store/chdb/events.ts';
import { openClickHouseEventStore } from '../store/clickhouse/events.ts';
import type { EventStore } from '../store/events.ts';
import { openPgliteRecords } from '../store/pglite/records.ts';
import { openPostgresRecords } from '../store/postgres/records.ts';
import type { Records } from '../store/records.ts';
import type { Config } from './config.ts';
import { paths, workers } from './paths.ts';
import type { StopStack } from './stop-stack.ts';

export interface Stores {
  readonly events: EventStore;
  readonly records: Records;
}

/** Both are open, migrated, and on the stop stack. `onFailure`: an engine ended by itself. */
export async function openStores(
  config: Config,
  logger: Logger,
  stops: StopStack,
  onFailure: (error: Error) => void,
): Promise<Stores> {
  const opening = Promise.allSettled([openEvents(config), openRecords(config, logger, onFailure)]);
  const [events, records] = await opening;
  if (events.status === 'fulfilled') stops.push('event store', () => events.value.close(), 30_000);
  if (records.status === 'fulfilled') stops.push('records store', () => records.value.close(), 30_000);
  if (events.status === 'rejected') throw events.reason;
  if (records.status === 'rejected') throw records.reason;
  const stores = { events: events.value, records: records.value };
  await Promise.all([stores.events.migrate(), stores.records.migrate()]);
  return stores;
}

async function openEvents(config: Config): Promise<EventStore> {
  const { store, clickhouse, searchTimeout, searchMaxMemory } = config.events;
  const hunt = { maxSeconds: searchTimeout / 1_000, maxMemoryBytes: searchMaxMemory };
  if (store === 'embedded') return openChdbEventStore({ directory: join(config.data, 'events'), hunt });
  return openClickHouseEventStore({
    url: clickhouse.url ?? '',
    user: clickhouse.user,
    database: clickhouse.database,
    ...(clickhouse.password === undefined ? {} : { password: clickhouse.password.reveal() }),
    hunt,
  });
}

async function openRecords(
  config: Config,
  logger: Logger,
  onFailure: (error: Error) => void,
): Promise<Records> {
  const { store, postgres } = config.records;
  if (store === 'embedded') {
    const directory = join(config.data, 'records');
    return openPgliteRecords({
      directory,
      logger,
      seed: paths.recordsSeed,
      workerUrl: workers.pglite,
      onFailure,
    });
  }
  const password = postgres.password?.reveal();
  const connection = { connectionString: postgres.url, ...(password === undefined ? {} : { password }) };
  return openPostgresRecords({ connection, poolMax: postgres.poolMax, logger });
}
