/**
 * The embedded records store: PGlite (PostgreSQL compiled to WebAssembly) in a worker thread, behind
 * a unix socket, reached by the same code as a server.
 *
 * - Isolation. All clients of the socket share one session, and the socket server queues single wire
 *   messages: it keeps others out between BEGIN and COMMIT, but a Parse of one client may come between
 *   the Parse and the Bind of another. So there is ONE client: the pool's size is 1, every statement
 *   and every transaction waits for it, and no other pool may be opened on the socket.
 * - A SIGKILL loses no committed transaction, and neither does a power loss, provided that the disk
 *   honours fsync (`durable-fs.ts`; with `durable: false` a power loss may corrupt the directory).
 *   One known gap in PGlite: its rename is unlink + rename. PostgreSQL renames over an existing file
 *   only for things that it can rebuild, and for the map of system catalogs under VACUUM FULL or
 *   REINDEX of those, which this program never runs.
 * - A clean stop writes a checkpoint and closes the engine.
 * - The directory is not locked by the engine. The data directory's lock is the caller's; a second
 *   process that finds the first one's socket answering is refused as well.
 */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Migration } from '../postgres/migrate.ts';
import { openPostgresRecords } from '../postgres/records.ts';
import type { Records } from '../records.ts';
import { seedKey } from './seed.ts';
import { socketPlace, socketPort } from './socket.ts';
import { startCheckpoints, vacuum } from './upkeep.ts';
import { startWorker } from './worker-host.ts';

export interface PgliteRecordsOptions {
  /** Made when missing. */
  readonly directory: string;
  readonly logger: Logger;
  /** File made by `tools/records-seed.ts`: used for a fresh directory when it fits, else ignored. */
  readonly seed?: string;
  /** Called once if the engine's thread dies; the store then refuses everything with E_STORE_UNAVAILABLE. */
  readonly onFailure?: (error: Error) => void;
  /**
   * The worker's file. By default `worker.ts` beside this one when run from source, else
   * `records-worker.js` beside the bundle that this file is in.
   */
  readonly workerUrl?: URL;
  /** Whether a commit waits for the disk; default true. */
  readonly durable?: boolean;
  readonly waitMs?: number;
  readonly migrations?: readonly Migration[];
}

const sourceRun = import.meta.url.endsWith('.ts');

/** The running engine with its socket, before anybody speaks to it. */
export interface PgliteEngine {
  /** For the one pool, of one client, that may be open on it at a time. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** Closes the engine cleanly; close the pool first. */
  stop(): Promise<void>;
}

export async function openPgliteRecords(options: PgliteRecordsOptions): Promise<Records> {
  const engine = await openPgliteEngine(options);
  try {
    const records = await openPostgresRecords({
      connection: engine.connection,
      poolMax: 1,
      logger: options.logger,
      ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
      ...(options.migrations === undefined ? {} : { migrations: options.migrations }),
    });
    return embedded(records, engine, options);
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

export async function openPgliteEngine(options: PgliteRecordsOptions): Promise<PgliteEngine> {
  const { directory, logger } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const place = await socketPlace(directory);
  const input = {
    directory,
    socketPath: place.path,
    seed: options.seed ?? null,
    seedKey: await seedKey(options.migrations),
    durable: options.durable ?? true,
  };
  const workerUrl =
    options.workerUrl ?? new URL(sourceRun ? './worker.ts' : './records-worker.js', import.meta.url);
  const onFailure = (error: Error) => {
    logger.error({ error: messageOf(error) }, 'the embedded records engine has ended: restart the service');
    options.onFailure?.(error);
  };
  const worker = await startWorker(workerUrl, input, onFailure).catch(async (error: unknown) => {
    await place.remove();
    throw new AppError(
      'E_STORE_UNAVAILABLE',
      `the embedded records engine did not start in ${directory}: ${messageOf(error)}`,
      {},
      error,
    );
  });
  logger.debug({ directory, origin: worker.origin }, 'the embedded records engine is open');
  return {
    connection: { host: place.host, port: socketPort, user: 'postgres', database: 'postgres' },
    async stop() {
      await worker.stop();
      await place.remove();
    },
  };
}

function embedded(
  records: Records,
  engine: PgliteEngine,
  { directory, logger }: PgliteRecordsOptions,
): Records {
  const stopCheckpoints = startCheckpoints(records.db, logger);
  let closing: Promise<void> | null = null;
  const close = async () => {
    await stopCheckpoints();
    await records.close();
    await engine.stop();
  };
  return {
    ...records,
    maintain: () => vacuum(records.db),
    sizeBytes: () => treeBytes(directory),
    close: () => (closing ??= close()),
  };
}

async function treeBytes(directory: string): Promise<number> {
  let total = 0;
  for (const path of await readdir(directory, { recursive: true })) {
    // The engine may remove a file between the listing and the look at it.
    const info = await stat(join(directory, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (info?.isFile() === true) total += info.blocks * 512;
  }
  return total;
}
