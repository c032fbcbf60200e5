/** Backup: both stores at one point of the sequence, while the service runs. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { type Clock, toIso } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { EventStore } from '../store/events.ts';
import type { Records } from '../store/records.ts';

export const manifestName = 'manifest.json';
const formatVersion = 1;

const FileEntry = z.object({ path: z.string(), rows: z.int(), sha256: z.string(), bytes: z.int() });
type FileEntry = z.infer<typeof FileEntry>;

export const BackupManifest = z.object({
  format: z.literal(formatVersion),
  createdAt: z.string(),
  createdBy: z.string(),
  schemaVersion: z.string(),
  /** Every event with seq up to this is in it, none beyond. */
  upToSeq: z.int(),
  records: z.array(FileEntry.extend({ table: z.string() })),
  events: z.array(FileEntry.extend({ day: z.string() })),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

export interface BackupReport {
  readonly directory: string;
  readonly events: number;
  readonly upToSeq: number;
  readonly records: number;
  readonly bytes: number;
}

export interface BackupDeps {
  readonly records: Records;
  readonly events: EventStore;
  readonly clock: Clock;
  readonly version: string;
  /** Runs `work` while nothing is appended; gives it the seq of the newest stored batch. */
  readonly paused: <T>(work: (lastSeq: number) => Promise<T>) => Promise<T>;
}

/**
 * Writes a backup to a new or empty directory. Appending pauses until the moment of the records is
 * fixed (on the embedded engine: until they are written). So the records name no event that the
 * backup lacks, and what detection had not yet seen is seen after a restore. The manifest is written
 * last: a directory without it is no backup.
 */
export async function writeBackup(deps: BackupDeps, target: string): Promise<BackupReport> {
  const directory = resolve(target);
  await makeEmptyDirectory(directory);
  await mkdir(join(directory, 'records'));
  await mkdir(join(directory, 'events'));
  const { upToSeq, records } = await dumpRecords(deps, directory);
  const events: BackupManifest['events'] = [];
  for await (const { day, rows, data } of deps.events.exportDays(upToSeq)) {
    events.push({ day, ...(await writeFileHashed(directory, `events/${day}.ndjson.gz`, data, rows)) });
  }
  const manifest: BackupManifest = {
    format: formatVersion,
    createdAt: toIso(deps.clock.now()),
    createdBy: deps.version,
    schemaVersion: deps.records.schemaVersion,
    upToSeq,
    records,
    events,
  };
  const temporary = join(directory, `${manifestName}.part`);
  await writeFile(temporary, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, join(directory, manifestName));
  const files = [...records, ...events];
  return {
    directory,
    upToSeq,
    events: sum(events.map((file) => file.rows)),
    records: sum(records.map((file) => file.rows)),
    bytes: sum(files.map((file) => file.bytes)),
  };
}

/** Resolves when the dump is written; the pause has ended as soon as the snapshot is fixed. */
async function dumpRecords(
  deps: BackupDeps,
  directory: string,
): Promise<Pick<BackupManifest, 'upToSeq' | 'records'>> {
  const files: BackupManifest['records'] = [];
  let dumped: Promise<void> = Promise.resolve();
  const upToSeq = await deps.paused(async (lastSeq) => {
    await new Promise<void>((fixed, failed) => {
      dumped = deps.records.dump(async ({ table, rows }) => {
        let count = 0;
        const lines = (async function* () {
          for await (const row of rows) {
            count += 1;
            yield `${JSON.stringify(row)}\n`;
          }
        })();
        const written = await writeFileHashed(
          directory,
          `records/${table}.ndjson.gz`,
          lines,
          0,
          createGzip(),
        );
        files.push({ table, ...written, rows: count });
      }, fixed);
      // A dump that ends without having said so has its moment behind it as well.
      dumped.then(fixed, failed);
    });
    return lastSeq;
  });
  await dumped;
  return { upToSeq, records: files };
}

async function makeEmptyDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const there = await readdir(directory);
  if (there.length > 0) {
    throw new AppError('E_BAD_REQUEST', `${directory} is not empty; name a new directory for each backup`, {
      directory,
    });
  }
}

async function writeFileHashed(
  directory: string,
  path: string,
  data: AsyncIterable<Uint8Array | string>,
  rows: number,
  compress?: Transform,
): Promise<FileEntry> {
  const hash = createHash('sha256');
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const file = createWriteStream(join(directory, path), { mode: 0o600, flags: 'wx' });
  if (compress === undefined) await pipeline(data, meter, file);
  else await pipeline(data, compress, meter, file);
  return { path, rows, sha256: hash.digest('hex'), bytes };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
