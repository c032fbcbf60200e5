/** Rule packs in archives: tar (plain or gzip) and zip, streamed entry by entry. */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import tar from 'tar-stream';
import yauzl from 'yauzl';
import { AppError, messageOf } from '../../base/errors.ts';
import { isYaml, type PackBudget } from './pack-limits.ts';

/** A tar archive; gzip when its name says so. */
export async function readTar(path: string, budget: PackBudget): Promise<void> {
  const extract = tar.extract();
  const file = createReadStream(path);
  const feed = /\.t?gz$/i.test(path) ? pipeline(file, createGunzip(), extract) : pipeline(file, extract);
  try {
    await Promise.all([feed, takeTarEntries(extract, budget)]);
  } catch (thrown) {
    extract.destroy();
    file.destroy();
    throw readable(thrown, path);
  }
}

async function takeTarEntries(extract: tar.Extract, budget: PackBudget): Promise<void> {
  for await (const entry of extract) {
    const { name, type } = entry.header;
    if (type === 'directory') {
      entry.resume();
    } else if (type === 'file' && isYaml(name)) {
      await keep(entry, name, budget);
    } else {
      budget.ignore();
      // Bytes that are skipped were decompressed all the same.
      for await (const chunk of entry) budget.spend((chunk as Uint8Array).byteLength);
    }
  }
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
