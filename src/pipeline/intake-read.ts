/** Reading what comes in: a delivery's body whole, a file frame by frame up to its first fault. */
import { AppError } from '../base/errors.ts';
import type { Cutter, Frame } from './cutter.ts';
import { type ContentEncoding, decompress, looksGzip, normaliseText, StreamFault } from './decompress.ts';
import { type Format, forcedFormat, type Guess, guessBytes, guessFormat } from './formats/guess.ts';
import { cutterOf } from './formats/index.ts';
import type { Framer } from './frame.ts';
import type { PipelineOptions } from './options.ts';
import { refuseBinary, refuseForeignContainer } from './sniff.ts';

/** The whole decompressed body of a delivery: its hash is its identity, so it must be there before the first record. */
export async function readBody(
  delivery: {
    readonly body: AsyncIterable<Uint8Array>;
    readonly encoding: ContentEncoding;
    readonly signal: AbortSignal;
  },
  options: PipelineOptions,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const limits = { ...options, maxIn: options.maxCompressedBytes, maxOut: options.maxBodyBytes };
  if (delivery.encoding === 'identity') limits.maxIn = options.maxBodyBytes;
  try {
    for await (const part of normaliseText(decompress(delivery.body, delivery.encoding, limits))) {
      parts.push(part);
    }
  } catch (thrown) {
    // The body of a sender that is gone ends with an error, whose kind depends on how it went.
    if (delivery.signal.aborted) {
      const reason = 'the sender closed the connection before the end of the body';
      throw new AppError('E_BAD_REQUEST', reason, {}, thrown);
    }
    if (!(thrown instanceof StreamFault)) throw thrown;
    const tooLarge = thrown.kind === 'too_large' || thrown.kind === 'bomb';
    const hint = tooLarge
      ? 'send it in smaller deliveries'
      : 'nothing of this delivery was stored; send it again whole';
    throw new AppError(tooLarge ? 'E_TOO_LARGE' : 'E_BAD_ENCODING', `${thrown.message}; ${hint}`, {
      fault: thrown.kind,
    });
  }
  return Buffer.concat(parts);
}

export interface ReadStep {
  readonly frame: Frame | null;
  readonly bytes: number;
  /** What the file is taken for. */
  readonly guess: Guess;
  readonly fault?: string;
}

/**
 * Frames of a file up to its end or its first fault; the record that a fault cut is not one. `format`: null to go
 * by the first bytes.
 */
export async function* readFrames(
  body: AsyncIterable<Uint8Array>,
  framer: Framer,
  options: PipelineOptions,
  signal: AbortSignal,
  format: Format | null,
): AsyncGenerator<ReadStep> {
  const frames: Frame[] = [];
  const emit = (frame: Frame): void => void frames.push(frame);
  let bytes = 0;
  let guess = guessFormat(Buffer.alloc(0));
  let cutter: Cutter | null = null;
  try {
    for await (const { chunk, head } of withHead(normaliseText(unpack(body, options)))) {
      if (cutter === null) {
        guess = format === null ? guessFormat(head) : forcedFormat(format, head);
        if (format === null && guess.format === 'text') refuseBinary(head);
        cutter = cutterOf(guess, framer);
      }
      bytes += chunk.length;
      cutter.push(chunk, emit);
      for (const frame of frames.splice(0)) yield { frame, bytes, guess };
      if (signal.aborted) return;
    }
  } catch (thrown) {
    const fault = faultOf(thrown, signal);
    yield { frame: (cutter ?? framer).broken(), bytes, guess, fault };
    return;
  }
  const last = (cutter ?? framer).end(emit);
  for (const frame of frames) yield { frame, bytes, guess };
  const fault = cutter?.fault?.() ?? null;
  yield { frame: last, bytes, guess, ...(fault === null ? {} : { fault }) };
}

/** Holds the first chunks back until there is enough for a guess; `head` is that beginning. */
async function* withHead(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly chunk: Uint8Array; readonly head: Buffer }> {
  let head = Buffer.alloc(0);
  let ready = false;
  for await (const chunk of chunks) {
    if (ready) {
      yield { chunk, head };
      continue;
    }
    head = Buffer.concat([head, chunk]);
    ready = head.length >= guessBytes;
    if (ready) yield { chunk: head, head };
  }
  if (!ready && head.length > 0) yield { chunk: head, head };
}

function faultOf(thrown: unknown, signal: AbortSignal): string {
  if (thrown instanceof StreamFault) return thrown.message;
  // The upload broke off: what came whole is good.
  if (signal.aborted) return 'interrupted; import the same file again to go on where it stopped';
  throw thrown;
}

/** Gzip is known by its first bytes, not by a name. */
async function* unpack(
  body: AsyncIterable<Uint8Array>,
  options: PipelineOptions,
): AsyncGenerator<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < 8) {
    const next = await iterator.next();
    if (next.done === true) break;
    head.push(next.value);
    size += next.value.length;
  }
  const first = Buffer.concat(head);
  refuseForeignContainer(first);
  const whole = (async function* () {
    yield first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  })();
  yield* decompress(whole, looksGzip(first) ? 'gzip' : 'identity', options);
}
