/**
 * The seed: a gzipped tar of an initialised and migrated engine directory, so that a first start
 * need not run initdb (8 CPU-seconds). Its first entry names what it was made with; any other engine
 * or schema finds that it does not fit.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { sha256Hex } from '../../base/ids.ts';
import { type Migration, schemaChecksum } from '../postgres/migrate.ts';
import { migrations as allMigrations } from '../postgres/migrations/index.ts';

const keyEntry = 'watchfloor-seed-key';

/** What a seed must have been made with to fit: the engine's exact version and the schema. */
export async function seedKey(migrations: readonly Migration[] = allMigrations): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest: unknown = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8'));
  const { version } = manifest as { version: string };
  return sha256Hex(`pglite ${version}\n${schemaChecksum(migrations)}`).slice(0, 32);
}

/** Packs a cleanly closed engine directory into `file`. */
export async function packSeed(directory: string, file: string, key: string): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createGzip({ level: 9 }), createWriteStream(file));
  tar.entry({ name: keyEntry }, key);
  for (const path of (await readdir(directory, { recursive: true })).sort()) {
    const full = join(directory, path);
    if ((await stat(full)).isDirectory()) tar.entry({ name: path, type: 'directory' });
    else tar.entry({ name: path }, await readFile(full));
  }
  tar.finalize();
  await written;
}

/** Unpacks a fitting seed into `directory`. False, and nothing written, when its key is another one. */
export async function unpackSeed(file: string, directory: string, key: string): Promise<boolean> {
  const entries = extract();
  const reading = pipeline(createReadStream(file), createGunzip(), entries);
  // Its failure also ends the loop below by the same error; this keeps it from counting as unhandled.
  reading.catch(() => {});
  let first = true;
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { name, type } = entry.header;
    if (first) {
      if (name !== keyEntry || body.toString('utf8') !== key) return false;
      first = false;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      continue;
    }
    const path = insideOf(directory, name);
    if (type === 'directory') await mkdir(path, { recursive: true, mode: 0o700 });
    else await writeFile(path, body, { mode: 0o600 });
  }
  await reading;
  return !first;
}

function insideOf(directory: string, name: string): string {
  const path = join(directory, name);
  if (!path.startsWith(`${directory}/`))
    throw new Error(`the seed has a path outside of its directory: ${name}`);
  return path;
}
