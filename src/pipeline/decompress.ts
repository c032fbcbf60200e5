/** Decompression that keeps what was good before a fault, and stops at a bomb. */
import { TextDecoder } from 'node:util';
import { constants, createGunzip, createInflate, type Gunzip, type Inflate } from 'node:zlib';

export type StreamFaultKind = 'truncated' | 'corrupt' | 'bomb' | 'too_large';

/** A stream that ended badly. Everything that was yielded before it is good. */
export class StreamFault extends Error {
  override readonly name = 'StreamFault';
  readonly kind: StreamFaultKind;

  constructor(kind: StreamFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface DecompressLimits {
  readonly maxDecompressionRatio: number;
  /** Compressed bytes accepted. */
  readonly maxIn?: number;
  /** Decompressed bytes given out. */
  readonly maxOut?: number;
}

export type ContentEncoding = 'identity' | 'gzip' | 'deflate';

/** Input goes in slices, so that one slice of a bomb can't fill the memory before the ratio is looked at. */
const sliceBytes = 16 * 1024;
/** Small highly regular streams have high ratios; below this output no ratio is suspicious. */
const ratioFloorBytes = 1 << 20;

/** True for the two magic bytes of gzip (RFC 1952, section 2.3.1). */
export function looksGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Yields the decompressed bytes. Throws StreamFault after the last good byte: `truncated` when the
 * input ends inside a member, `corrupt` when it is not what it claims, `bomb` when it expands beyond
 * the ratio, `too_large` beyond `maxIn` or `maxOut`. Errors of `source` itself pass through.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  encoding: ContentEncoding,
  limits: DecompressLimits,
): AsyncGenerator<Uint8Array> {
  const meter = createMeter(limits);
  if (encoding === 'identity') {
    for await (const chunk of source) {
      meter.in(chunk.length);
      meter.out(chunk.length, false);
      yield chunk;
    }
    return;
  }
  const inflater = new Inflater(encoding);
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += sliceBytes) {
        const slice = chunk.subarray(at, at + sliceBytes);
        meter.in(slice.length);
        for await (const piece of inflater.write(slice)) {
          meter.out(piece.length, true);
          yield piece;
        }
      }
    }
    for await (const piece of inflater.end()) {
      meter.out(piece.length, true);
      yield piece;
    }
  } finally {
    inflater.destroy();
  }
}

function createMeter(limits: DecompressLimits) {
  let taken = 0;
  let given = 0;
  return {
    in(bytes: number): void {
      taken += bytes;
      if (limits.maxIn !== undefined && taken > limits.maxIn) {
        throw new StreamFault('too_large', `more than ${limits.maxIn} bytes were sent`);
      }
    },
    out(bytes: number, compressed: boolean): void {
      given += bytes;
      if (limits.maxOut !== undefined && given > limits.maxOut) {
        throw new StreamFault('too_large', `the content is more than ${limits.maxOut} bytes`);
      }
      if (compressed && given > ratioFloorBytes && given > taken * limits.maxDecompressionRatio) {
        throw new StreamFault(
          'bomb',
          `the compressed data expands more than ${limits.maxDecompressionRatio} times (${taken} bytes to over ${given})`,
        );
      }
    },
  };
}

/** A zlib stream driven write by write, so that output which precedes an error is handed on before it. */
class Inflater {
  readonly #zlib: Gunzip | Inflate;
  #pieces: Uint8Array[] = [];
  #failure: NodeJS.ErrnoException | null = null;
  #wake: (() => void) | null = null;

  constructor(encoding: 'gzip' | 'deflate') {
    const options = { flush: constants.Z_SYNC_FLUSH };
    this.#zlib = encoding === 'gzip' ? createGunzip(options) : createInflate(options);
    this.#zlib.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    this.#zlib.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure = error;
      this.#wake?.();
    });
  }

  async *write(slice: Uint8Array): AsyncGenerator<Uint8Array> {
    await this.#until((done) => this.#zlib.write(slice, () => done()));
    yield* this.#drain();
  }

  async *end(): AsyncGenerator<Uint8Array> {
    await this.#until((done) => {
      this.#zlib.once('end', done);
      this.#zlib.end();
    });
    yield* this.#drain();
  }

  destroy(): void {
    this.#zlib.destroy();
  }

  #until(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#failure !== null) resolve();
      else start(resolve);
    });
  }

  *#drain(): Generator<Uint8Array> {
    const pieces = this.#pieces;
    this.#pieces = [];
    yield* pieces;
    if (this.#failure === null) return;
    const truncated = this.#failure.code === 'Z_BUF_ERROR';
    throw new StreamFault(
      truncated ? 'truncated' : 'corrupt',
      truncated
        ? 'the compressed data ends before its end: was the transfer or the copy cut off?'
        : `the compressed data is damaged (${this.#failure.message})`,
    );
  }
}

/**
 * Takes a byte order mark away and turns UTF-16 (as Windows tools write it) into UTF-8. Anything
 * else passes as it is.
 */
export async function* normaliseText(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | null = null;
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of source) {
    let rest: Uint8Array = chunk;
    if (head !== null) {
      head = Buffer.concat([head, chunk]);
      if (head.length < 3) continue;
      ({ decoder, rest } = afterMark(head));
      head = null;
    }
    yield decoder === null ? rest : Buffer.from(decoder.decode(rest, { stream: true }), 'utf8');
  }
  if (head !== null && head.length > 0) {
    const start = afterMark(head);
    yield start.decoder === null ? start.rest : Buffer.from(start.decoder.decode(start.rest), 'utf8');
  } else if (decoder !== null) {
    yield Buffer.from(decoder.decode(), 'utf8');
  }
}

function afterMark(head: Buffer): { decoder: TextDecoder | null; rest: Uint8Array } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { decoder: null, rest: head.subarray(3) };
  if (head[0] === 0xff && head[1] === 0xfe)
    return { decoder: new TextDecoder('utf-16le'), rest: head.subarray(2) };
  if (head[0] === 0xfe && head[1] === 0xff)
    return { decoder: new TextDecoder('utf-16be'), rest: head.subarray(2) };
  return { decoder: null, rest: head };
}
