/** The embedded event store: chDB on a directory of this process. */
import { mkdirSync } from 'node:fs';
import { AppError } from '../../base/errors.ts';
import { type EventStoreOptions, openEventStore } from '../clickhouse/store.ts';
import type { EventStore } from '../events.ts';
import { chdbClient } from './client.ts';
import { detachStandardInput } from './stdin.ts';

export interface ChdbOptions extends EventStoreOptions {
  /** Data directory of the engine; made when missing. One process at a time, and one directory a process. */
  readonly directory: string;
  /** Hunts (and one export) that may run at the same time; further ones wait. Default 3. */
  readonly concurrentHunts?: number;
}

/**
 * Opens the store; `migrate` has to follow. Throws AppError E_DATA_LOCKED when another process has
 * the directory open (the engine holds a lock on it), or this process has another one.
 */
export async function openChdbEventStore(options: ChdbOptions): Promise<EventStore> {
  const { directory, concurrentHunts = 3 } = options;
  detachStandardInput();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const admin = chdbClient(directory, 1);
  try {
    await admin.run('SELECT 1');
  } catch (thrown) {
    throw new AppError(
      'E_DATA_LOCKED',
      `the event store in ${directory} can't be opened: another process uses it, or it is damaged (the engine's own message is on stderr)`,
      { directory },
      thrown,
    );
  }
  const clients = {
    writer: chdbClient(directory, 1),
    reader: chdbClient(directory, 2),
    hunter: chdbClient(directory, concurrentHunts),
    admin,
  };
  return openEventStore(clients, options);
}
