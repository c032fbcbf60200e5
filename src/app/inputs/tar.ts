/** The files in a tar archive (POSIX.1-2001 pax, ustar, GNU), plain or gzip, each as a stream of its own. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { constants, gunzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { AppError } from '../../base/errors.ts';
import { decompress, looksGzip } from '../../pipeline/decompress.ts';
import { looksTar } from '../../pipeline/sniff.ts';
import { asRefusal, checkMembers, type Input, type Listing, type Missing, maxRatio } from './input.ts';

type Entry = tar.Extract extends AsyncIterable<infer One> ? One : never;

/** `head`: the first bytes of a file, gzip or not. */
export function isTar(head: Buffer): boolean {
  if (!looksGzip(head)) return looksTar(head);
  try {
    return looksTar(gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch (thrown) {
    // Not gzip after all: whoever reads the file says so.
    if (thrown instanceof Error) return false;
    throw thrown;
  }
}

/**
 * In the order of the archive, which has no list of its files: it is read once to know them, and once more as they
 * are asked for. Of an archive that is cut or damaged, the files before that place, and why there are no more.
 */
export async function tarMembers(
  path: string,
  encoding: 'gzip' | 'identity',
  { signal, onArchive }: Listing,
): Promise<readonly (Input | Missing)[]> {
  onArchive?.(path);
  const archive = new TarArchive(path, encoding);
  const members: (Input | Missing)[] = [];
  try {
    for (let entry = await archive.next(); entry !== null; entry = await archive.next()) {
      if (signal?.aborted === true) break;
      checkMembers(members.length);
      members.push(memberOf(archive, members.length, entry.header, path));
    }
    if (members.length === 0 && signal?.aborted !== true)
      throw new AppError('E_BAD_REQUEST', 'no file is in it');
  } catch (error) {
    members.push({ label: path, error });
  } finally {
    archive.close();
  }
  return members;
}

function memberOf(
  archive: TarArchive,
  place: number,
  { name, size, mtime }: tar.Header,
  path: string,
): Input {
  return {
    label: `${path}/${name.replace(/^(?:\.?\/)+/, '')}`,
    name: basename(name),
    size,
    modifiedAt: mtime,
    open: () => archive.open(place),
  };
}

/** Reads on from where it is: files that are asked for in their order cost one pass in all. */
class TarArchive {
  readonly #path: string;
  readonly #encoding: 'gzip' | 'identity';
  #extract: tar.Extract | null = null;
  #entries: AsyncIterator<Entry> | null = null;
  /** What was given out last, perhaps not read to its end. */
  #chunks: AsyncIterator<Buffer> | null = null;
  /** Files that were passed. */
  #passed = 0;

  constructor(path: string, encoding: 'gzip' | 'identity') {
    this.#path = path;
    this.#encoding = encoding;
  }

  /** The file at this place among all files. */
  async open(place: number): Promise<Readable> {
    if (this.#passed > place) this.close();
    while ((await this.next()) !== null) {
      const chunks = this.#chunks;
      if (this.#passed > place && chunks !== null)
        return Readable.from(restOf(chunks), { objectMode: false });
    }
    throw new AppError('E_BAD_REQUEST', 'is not in the archive any more');
  }

  /** Null at the end. Throws AppError where the archive can't be read on; what follows begins anew. */
  async next(): Promise<Entry | null> {
    try {
      for (;;) {
        await this.#skipRest();
        this.#entries ??= this.#begin()[Symbol.asyncIterator]();
        const { value, done } = await this.#entries.next();
        if (done === true) {
          this.close();
          return null;
        }
        this.#chunks = value[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
        if (value.header.type !== 'file' && value.header.type !== 'contiguous-file') continue;
        this.#passed += 1;
        return value;
      }
    } catch (thrown) {
      this.close();
      throw readable(thrown);
    }
  }

  close(): void {
    this.#extract?.destroy();
    this.#extract = null;
    this.#entries = null;
    this.#chunks = null;
    this.#passed = 0;
  }

  #begin(): tar.Extract {
    const extract = tar.extract();
    const file = createReadStream(this.#path, { highWaterMark: 1 << 20 });
    const bytes = decompress(file, this.#encoding, { maxDecompressionRatio: maxRatio });
    pipeline(Readable.from(bytes, { objectMode: false }), extract, () => {
      // What went wrong is told by the entry that is read, or by the next one.
    });
    this.#extract = extract;
    return extract;
  }

  async #skipRest(): Promise<void> {
    while (this.#chunks !== null) {
      const { done } = await this.#chunks.next();
      if (done === true) this.#chunks = null;
    }
  }
}

/** Not the entry itself, which would end the whole archive when somebody has had enough of it. */
async function* restOf(chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const { value, done } = await chunks.next();
      if (done === true) return;
      yield value;
    }
  } catch (thrown) {
    throw readable(thrown);
  }
}

function readable(thrown: unknown): AppError {
  return asRefusal(thrown, "the archive can't be read on");
}
