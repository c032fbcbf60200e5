/** Lines of an event file, streamed: NDJSON, plain or gzip, from a file or standard input. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AppError, messageOf } from '../base/errors.ts';

export interface EventLine {
  /** Line of the file, from 1. */
  readonly number: number;
  readonly text: string;
  /** Why the text is not whole: too long (it is empty then) or not UTF-8. */
  readonly flaw: 'record_too_long' | 'invalid_utf8' | null;
}

/** Bytes of one line; longer ones are skipped and counted, not kept in memory. */
const maxLineBytes = 16_000_000;

/** The non-empty lines. Throws AppError when the file can not be read or its compression is broken. */
export async function* readEventLines(
  path: string,
  stdin: AsyncIterable<Uint8Array> = process.stdin,
  signal?: AbortSignal,
): AsyncGenerator<EventLine> {
  const bytes = path === '-' ? stdin : await openFile(path);
  const cutter = new LineCutter();
  try {
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      yield* cutter.add(chunk);
    }
  } catch (thrown) {
    if (signal?.aborted === true || thrown instanceof AppError) throw thrown;
    throw new AppError(
      'E_BAD_REQUEST',
      `${path} can not be read to its end: ${messageOf(thrown)}`,
      { path },
      thrown,
    );
  }
  yield* cutter.end();
}

async function openFile(path: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) throw new Error('it is a folder');
  } catch (thrown) {
    throw new AppError('E_NOT_FOUND', `${path} can not be read: ${messageOf(thrown)}`, { path }, thrown);
  }
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (!/\.gz$/i.test(path)) return file;
  const gunzip = createGunzip();
  // A failing source has to fail the reader, which only sees the end of the chain.
  file.on('error', (error) => gunzip.destroy(error));
  return file.pipe(gunzip);
}

const lineFeed = 0x0a;

/** Holds the bytes of the line that is not complete yet. */
class LineCutter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #parts: Uint8Array[] = [];
  #size = 0;
  #tooLong = false;
  #number = 0;

  *add(chunk: Uint8Array): Generator<EventLine> {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      this.#keep(chunk.subarray(from, at));
      from = at + 1;
      yield* this.#cut();
    }
    this.#keep(chunk.subarray(from));
  }

  *end(): Generator<EventLine> {
    if (this.#size > 0 || this.#tooLong) yield* this.#cut();
  }

  #keep(bytes: Uint8Array): void {
    this.#size += bytes.byteLength;
    if (this.#size > maxLineBytes) {
      this.#tooLong = true;
      this.#parts = [];
    } else if (bytes.byteLength > 0) {
      this.#parts.push(bytes);
    }
  }

  *#cut(): Generator<EventLine> {
    this.#number += 1;
    const number = this.#number;
    const bytes = Buffer.concat(this.#parts);
    const tooLong = this.#tooLong;
    this.#parts = [];
    this.#size = 0;
    this.#tooLong = false;
    if (tooLong) yield { number, text: '', flaw: 'record_too_long' };
    else {
      const line = this.#read(bytes, number);
      if (line.text.trim() !== '') yield line;
    }
  }

  #read(bytes: Uint8Array, number: number): EventLine {
    try {
      return { number, text: this.#decoder.decode(bytes), flaw: null };
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
      return { number, text: new TextDecoder().decode(bytes), flaw: 'invalid_utf8' };
    }
  }
}
