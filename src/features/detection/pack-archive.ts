/** Rule packs in archives: tar (plain or gzip) and zip, read as their bytes come. */
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import yauzl from 'yauzl';
import { AppError, messageOf } from '../../base/errors.ts';
import { isYaml, type PackBudget } from './pack-limits.ts';

type Entry = tar.Extract extends AsyncIterable<infer One> ? One : never;

/** Of what comes out of gzip at once: few steps for a whole archive. */
const chunkSize = 262_144;

/** A tar archive; gzip when its name says so. */
export function readTar(path: string, budget: PackBudget): Promise<void> {
  const file = createReadStream(path);
  const steps = /\.t?gz$/i.test(path) ? [file, createGunzip({ chunkSize })] : [file];
  return new Promise((resolve, reject) => {
    const extract = tar.extract();
    const fail = (thrown: unknown): void => {
      reject(readable(thrown, path));
      file.destroy();
    };
    extract.on('entry', (header, entry, next) => {
      entry.on('error', fail);
      takeEntry(header, entry, budget, fail);
      // Registered last: the file is counted before the next one begins.
      entry.on('end', next);
    });
    pipeline([...steps, extract], (error) => {
      if (error === null || error === undefined) resolve();
      else fail(error);
    });
  });
}

/** By its events: to iterate over each of thousands of small streams takes longer than all the rest. */
function takeEntry(
  { name, type }: tar.Header,
  entry: Entry,
  budget: PackBudget,
  fail: (thrown: unknown) => void,
): void {
  const guarded = <T>(work: () => T): T | null => {
    try {
      return work();
    } catch (thrown) {
      fail(thrown);
      return null;
    }
  };
  const chunks = guarded(() => {
    if (type === 'file' && isYaml(name)) return budget.startFile(name);
    if (type !== 'directory') budget.ignore();
    return null;
  });
  entry.on('data', (chunk) => {
    const bytes = chunk as Uint8Array;
    // Bytes that are skipped were decompressed all the same.
    guarded(() => (chunks === null ? budget.spend(bytes.byteLength) : chunks.add(bytes)));
  });
  entry.on('end', () => chunks?.end());
}

/** A zip archive. Its own list of entries is not trusted: bytes are counted as they come out. */
export async function readZip(path: string, budget: PackBudget): Promise<void> {
  try {
    const zip = await openZip(path);
    try {
      await takeZipEntries(zip, budget);
    } finally {
      zip.close();
    }
  } catch (thrown) {
    throw readable(thrown, path);
  }
}

function openZip(path: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error === null) resolve(zip);
      else reject(error);
    });
  });
}

function takeZipEntries(zip: yauzl.ZipFile, budget: PackBudget): Promise<void> {
  return new Promise((resolve, reject) => {
    const take = async (entry: yauzl.Entry): Promise<void> => {
      budget.checkAbort();
      const isFolder = entry.fileName.endsWith('/');
      if (!isFolder && isYaml(entry.fileName))
        await keep(await openEntry(zip, entry), entry.fileName, budget);
      else if (!isFolder) budget.ignore();
      zip.readEntry();
    };
    zip.on('entry', (entry: yauzl.Entry) => {
      take(entry).catch(reject);
    });
    zip.on('end', resolve);
    zip.on('error', reject);
    zip.readEntry();
  });
}

function openEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error === null) resolve(stream);
      else reject(error);
    });
  });
}

async function keep(stream: AsyncIterable<unknown>, path: string, budget: PackBudget): Promise<void> {
  const chunks = budget.startFile(path);
  for await (const chunk of stream) chunks.add(chunk as Uint8Array);
  chunks.end();
}

/** Our own refusals and aborts as they are; the libraries' complaints with the place. */
function readable(thrown: unknown, path: string): unknown {
  if (thrown instanceof AppError || (thrown instanceof Error && thrown.name === 'AbortError')) return thrown;
  return new AppError(
    'E_BAD_REQUEST',
    `${path} can not be read as an archive: ${messageOf(thrown)}`,
    { path },
    thrown,
  );
}
