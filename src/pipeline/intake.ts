/** Intake: a delivery over HTTP, or a file as a stream, to stored events. */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { createKeyedMutex } from '../base/mutex.ts';
import type { UnparsedReason } from '../model/batch.ts';
import type { SourceId, TenantId } from '../model/ids.ts';
import type { EventStore } from '../store/events.ts';
import type { Appender, Stored } from './appender.ts';
import type { ContextFacts, Contexts } from './contexts.ts';
import type { Counters } from './counters.ts';
import { type ContentEncoding, decompress, looksGzip, normaliseText, StreamFault } from './decompress.ts';
import { createDedupe, createHeadLookup, type Dedupe } from './dedupe.ts';
import type { DetectConsumer } from './detect-consumer.ts';
import { type Frame, Framer } from './frame.ts';
import { deliveryChain, fileChain } from './identity.ts';
import type { PipelineOptions } from './options.ts';
import { refuseForeignContainer } from './sniff.ts';

export interface DeliveryReport {
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
  /** Stored, but no event could be made of them. */
  readonly unparsed: number;
  /** The first of these, by index of the record in the delivery (blank lines do not count). */
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

export interface ImportReport {
  readonly file: string;
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly unparsed: number;
  readonly outOfRange: number;
  readonly detections: number;
  readonly alerts: number;
  /** Why the file was not read to its end, when it was not; what came before is stored. */
  readonly truncated?: string;
}

export interface ImportProgress {
  /** Decompressed bytes taken in. */
  readonly bytes: number;
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
}

export interface Delivery {
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly body: AsyncIterable<Uint8Array>;
  readonly encoding: ContentEncoding;
  readonly idempotencyKey: string | null;
  readonly signal: AbortSignal;
}

export interface FileImport {
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly fileName: string;
  /** The bytes of the file as it is, gzip included. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface Intake {
  /** Throws AppError E_BAD_ENCODING, E_TOO_LARGE: then nothing of the delivery is stored. */
  deliver(delivery: Delivery): Promise<DeliveryReport>;
  /** A damaged or cut file is imported up to the damage; the report says so. Aborting stops between two batches. */
  importStream(file: FileImport): Promise<ImportReport>;
}

export interface IntakeDeps {
  readonly events: EventStore;
  readonly appender: Appender;
  readonly contexts: Contexts;
  readonly detect: DetectConsumer;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly options: PipelineOptions;
}

/** Batches of one stream that may be on their way at once. */
const maxInFlight = 4;

export function createIntake(deps: IntakeDeps): Intake {
  const heads = createHeadLookup(deps.events);
  const streams = createKeyedMutex();
  const { options, clock, counters } = deps;

  async function deliver(delivery: Delivery): Promise<DeliveryReport> {
    const { tenant, source } = delivery;
    const body = await readBody(delivery, options).catch((thrown: unknown) => {
      if (thrown instanceof AppError) counters.add(`refused.${thrown.code}`);
      throw thrown;
    });
    const key = delivery.idempotencyKey ?? createHash('sha256').update(body).digest('hex');
    const framer = new Framer(deliveryChain(tenant, source, key), options);
    const frames: Frame[] = [];
    framer.push(body, (frame) => frames.push(frame));
    const last = framer.end();
    if (last !== null) frames.push(last);
    return streams.run(JSON.stringify([tenant, source, key]), async () => {
      const dedupe = createDedupe(heads, deps.events, tenant, source, clock.now() - options.resendWindowMs);
      const run = createRun({ tenant, source, decoder: 'json', transport: 'http' }, dedupe);
      for (const frame of frames) await run.take(frame);
      await run.settle();
      counters.add('deliveries');
      return { ...run.counts(), rejected: run.firstUnparsed() };
    });
  }

  async function importStream(file: FileImport): Promise<ImportReport> {
    const { tenant, source, signal } = file;
    const framer = new Framer(fileChain(tenant, source), options);
    const reading = readFrames(file.body, framer, options, signal);
    const first = await reading.next();
    const head = first.done === true ? null : (first.value.frame?.ids[0] ?? null);
    // Two imports of the same file take turns: the second finds everything stored.
    return streams.run(JSON.stringify([tenant, source, head]), async () => {
      const dedupe = createDedupe(heads, deps.events, tenant, source, 0);
      const run = createRun(
        { tenant, source, decoder: 'json', transport: 'file', file: file.fileName },
        dedupe,
      );
      let fault: string | null = null;
      try {
        for (let step = first; step.done !== true; step = await reading.next()) {
          fault = step.value.fault ?? fault;
          if (step.value.frame !== null) await run.take(step.value.frame);
          file.onProgress?.({ bytes: step.value.bytes, ...run.counts() });
          if (signal.aborted) break;
        }
        await run.settle();
      } finally {
        await reading.return(undefined);
      }
      if (signal.aborted) fault ??= 'interrupted; import the same file again to go on where it stopped';
      await deps.detect.committed(run.lastSeq(), signal);
      const outcome = run.outcome();
      counters.add('files');
      if (fault !== null) counters.add('files.faulty');
      return {
        file: file.fileName,
        ...run.counts(),
        outOfRange: run.outOfRange(),
        ...outcome,
        ...(fault === null ? {} : { truncated: fault }),
      };
    });
  }

  /** The state of one stream on its way through the appender. */
  function createRun(facts: ContextFacts, dedupe: Dedupe) {
    const counts = { read: 0, stored: 0, duplicate: 0, unparsed: 0 };
    const seqs: number[] = [];
    const firstUnparsed: { index: number; reason: UnparsedReason }[] = [];
    let inFlight: Promise<void>[] = [];
    let outOfRange = 0;
    let failure: { readonly thrown: unknown } | null = null;

    function account(stored: Stored, base: number): void {
      seqs.push(stored.seq);
      counts.stored += stored.stored;
      outOfRange += stored.outOfRange;
      counters.add('stored', stored.stored);
      counters.add('out_of_range', stored.outOfRange);
      for (const [reason, n] of Object.entries(stored.unparsed)) {
        counts.unparsed += n;
        counters.add(`unparsed.${reason}`, n);
      }
      for (const { idx, reason } of stored.firstUnparsed) {
        if (firstUnparsed.length < 20) firstUnparsed.push({ index: base + idx, reason });
      }
    }

    async function settle(down: number): Promise<void> {
      while (inFlight.length > down) await inFlight.shift();
      if (failure !== null) throw failure.thrown;
    }

    return {
      async take(frame: Frame): Promise<void> {
        await settle(maxInFlight - 1);
        const context = await deps.contexts.ensure(facts);
        const skip = await dedupe.stored(frame.ids);
        const base = counts.read;
        counts.read += frame.ids.length;
        counts.duplicate += skip.size;
        counters.add('read', frame.ids.length);
        counters.add('duplicate', skip.size);
        if (skip.size === frame.ids.length) return;
        inFlight.push(
          deps.appender.append(frame, context, clock.now(), skip).then(
            (stored) => account(stored, base),
            (thrown: unknown) => {
              failure ??= { thrown };
            },
          ),
        );
      },
      settle: () => settle(0),
      counts: () => ({ ...counts }),
      outOfRange: () => outOfRange,
      firstUnparsed: () => [...firstUnparsed].sort((a, b) => a.index - b.index),
      lastSeq: () => Math.max(0, ...seqs),
      outcome() {
        const results = seqs.map((seq) => deps.detect.outcome(seq));
        return {
          detections: results.reduce((sum, one) => sum + one.inserted, 0),
          alerts: results.reduce((sum, one) => sum + one.alertsCreated, 0),
        };
      },
    };
  }

  return { deliver, importStream };
}

/** The whole decompressed body of a delivery: its hash is its identity, so it must be there before the first record. */
async function readBody(delivery: Delivery, options: PipelineOptions): Promise<Buffer> {
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

interface ReadStep {
  readonly frame: Frame | null;
  readonly bytes: number;
  readonly fault?: string;
}

/** Frames of a file up to its end or its first fault; the record that a fault cut is not one. */
async function* readFrames(
  body: AsyncIterable<Uint8Array>,
  framer: Framer,
  options: PipelineOptions,
  signal: AbortSignal,
): AsyncGenerator<ReadStep> {
  const frames: Frame[] = [];
  let bytes = 0;
  try {
    for await (const chunk of normaliseText(unpack(body, options))) {
      bytes += chunk.length;
      framer.push(chunk, (frame) => frames.push(frame));
      for (const frame of frames.splice(0)) yield { frame, bytes };
      if (signal.aborted) return;
    }
  } catch (thrown) {
    const fault = faultOf(thrown, signal);
    yield { frame: framer.broken(), bytes, fault };
    return;
  }
  yield { frame: framer.end(), bytes };
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
