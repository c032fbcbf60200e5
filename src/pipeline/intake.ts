/** Intake: a delivery over HTTP, or a file as a stream, to stored events. */
import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { createKeyedMutex } from '../base/mutex.ts';
import type { SourceId, TenantId } from '../model/ids.ts';
import type { DeliveryReport, ImportReport } from '../model/intake.ts';
import type { EventStore } from '../store/events.ts';
import type { ContentEncoding } from './decompress.ts';
import { createDedupe, createHeadLookup } from './dedupe.ts';
import { type Frame, Framer } from './frame.ts';
import { deliveryChain, fileChain } from './identity.ts';
import { readBody, readFrames } from './intake-read.ts';
import { createRun, type RunDeps } from './intake-run.ts';
import type { PipelineOptions } from './options.ts';

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

export interface IntakeDeps extends RunDeps {
  readonly events: EventStore;
  readonly options: PipelineOptions;
}

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
      const dedupe = createDedupe(
        heads,
        deps.events,
        tenant,
        source,
        windowStart(clock.now(), options.resendWindowMs),
      );
      const run = createRun(deps, { tenant, source, decoder: 'json', transport: 'http' }, dedupe);
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
        deps,
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

  return { deliver, importStream };
}

/** To the minute, so that look-ups of deliveries that come together are about one window and share a query. */
function windowStart(now: number, windowMs: number): number {
  const minute = 60_000;
  return Math.floor((now - windowMs) / minute) * minute;
}
