/** The way back from a backup. Nothing is made before every file of it is known to be whole. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../base/errors.ts';
import type { EventStore } from '../store/events.ts';
import type { Records, TableDump } from '../store/records.ts';
import { BackupManifest, manifestName, sum } from './backup.ts';

export interface RestoreReport {
  readonly events: number;
  readonly upToSeq: number;
  readonly records: number;
}

/** A backup whose files are there, with the hashes that its manifest says. */
export interface Backup {
  readonly directory: string;
  readonly manifest: BackupManifest;
}

/** Reads and checks the manifest and the hash of every file. Throws AppError E_DATA_INVALID naming what is wrong. */
export async function readBackup(source: string): Promise<Backup> {
  const directory = resolve(source);
  let manifest: BackupManifest;
  try {
    manifest = BackupManifest.parse(JSON.parse(await readFile(join(directory, manifestName), 'utf8')));
  } catch (thrown) {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    const why = missing
      ? 'has no manifest.json: not a backup, or one that was not finished'
      : 'has a manifest.json that is not of this format';
    throw new AppError('E_DATA_INVALID', `${directory} ${why}`, { directory }, thrown);
  }
  for (const file of [...manifest.records, ...manifest.events]) {
    if ((await sha256OfFile(join(directory, file.path))) !== file.sha256) {
      throw new AppError(
        'E_DATA_INVALID',
        `${file.path} in ${directory} is damaged: its hash is not the manifest's`,
        { file: file.path },
      );
    }
  }
  return { directory, manifest };
}

async function sha256OfFile(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
  return hash.digest('hex');
}

/**
 * Fills empty, migrated stores from a backup that was read; the caller has checked that they are empty.
 * Throws AppError E_DATA_INVALID for a backup of another schema, or one that gives other counts than it says.
 */
export async function restoreBackup(
  stores: { readonly records: Records; readonly events: EventStore },
  { directory, manifest }: Backup,
  onProgress: (what: string) => void = () => undefined,
): Promise<RestoreReport> {
  if (manifest.schemaVersion !== stores.records.schemaVersion) {
    throw new AppError(
      'E_DATA_INVALID',
      `the backup was made with records schema ${manifest.schemaVersion}, this version has ${stores.records.schemaVersion}: restore it with version ${manifest.createdBy}, then upgrade`,
    );
  }
  let events = 0;
  for (const file of manifest.events) {
    const stored = await stores.events.importDay(createReadStream(join(directory, file.path)));
    if (stored !== file.rows)
      throw new AppError(
        'E_DATA_INVALID',
        `${file.path}: ${stored} events restored, the manifest says ${file.rows}`,
      );
    events += stored;
    onProgress(`events received on ${file.day}: ${stored}`);
  }
  const counts = await stores.records.restore(dumpFiles(directory, manifest));
  for (const file of manifest.records) {
    const restored = counts[file.table] ?? 0;
    if (restored !== file.rows)
      throw new AppError(
        'E_DATA_INVALID',
        `${file.table}: ${restored} rows restored, the manifest says ${file.rows}`,
      );
  }
  onProgress(`records: ${sum(Object.values(counts))}`);
  return { events, upToSeq: manifest.upToSeq, records: sum(Object.values(counts)) };
}

async function* dumpFiles(directory: string, manifest: BackupManifest): AsyncGenerator<TableDump> {
  for (const file of manifest.records)
    yield { table: file.table, rows: readRows(join(directory, file.path)) };
}

async function* readRows(path: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const file = createReadStream(path);
  const lines = createInterface({ input: file.pipe(createGunzip()), crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) if (line !== '') yield JSON.parse(line) as Record<string, unknown>;
  } finally {
    lines.close();
    file.destroy();
    if (!file.closed) await once(file, 'close');
  }
}
