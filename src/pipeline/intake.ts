/** Intake: a delivery over HTTP, or a file as a stream, to stored events. */
import { createHash } from 'node:crypto';
import type { Instant } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { createKeyedMutex } from '../base/mutex.ts';
import type { SourceId, TenantId } from '../model/ids.ts';
import type { BulkAction, DeliveryReport, ImportReport } from '../model/intake.ts';
import type { EventStore } from '../store/events.ts';
import { cutBulk } from './bulk.ts';
import type { Emit, Frame } from './cutter.ts';
import type { ContentEncoding } from './decompress.ts';
import { createDedupe, createHeadLookup } from './dedupe.ts';
import type { Format, Guess } from './formats/guess.ts';
import { cutterOf } from './formats/index.ts';
import { Framer } from './frame.ts';
import { deliveryChain, fileChain } from './identity.ts';
import { readBody, readFrames } from './intake-read.ts';
import { createRun, type RunDeps } from './intake-run.ts';
import { monthOf } from './month.ts';
import type { PipelineOptions } from './options.ts';

export interface ImportProgress {
  /** Decompressed bytes taken in. */
  readonly bytes: number;
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
  /** What the file is taken for, for a person. */
  readonly what: string;
}

export interface Delivery {
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly body: AsyncIterable<Uint8Array>;
  readonly encoding: ContentEncoding;
  readonly idempotencyKey: string | null;
  /** `json`: objects one a line, or lists of them; `text`: lines; default `json`. */
  readonly format?: 'json' | 'text';
  /** How JSON becomes a finding, as JSON (ADR 13); for webhooks. */
  readonly mapping?: string;
  readonly signal: AbortSignal;
}

export type BulkDelivery = Omit<Delivery, 'format' | 'mapping'>;

export interface FileImport {
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly fileName: string;
  /** The bytes of the file as it is, gzip included. */
  readonly body: AsyncIterable<Uint8Array>;
  /** What it is; absent or null: by its first bytes. */
  readonly format?: Format | null;
  /** When the file was changed last, for times without a year; now when it is not known. */
  readonly modifiedAt?: Instant | null;
  /** IANA zone of times that name none; UTC when absent. */
  readonly zone?: string | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface Intake {
  /** Throws AppError E_BAD_ENCODING, E_TOO_LARGE: then nothing of the delivery is stored. */
  deliver(delivery: Delivery): Promise<DeliveryReport>;
  /** A delivery as a bulk request; the action of each document, in order. Throws E_BAD_REQUEST as well. */
  deliverBulk(
    delivery: BulkDelivery,
  ): Promise<{ readonly report: DeliveryReport; readonly actions: readonly BulkAction[] }>;
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
    const body = await bodyOf(delivery);
    const { framer, key } = identify(delivery, body);
    const cutter = cutterOf(formatOf(delivery, body), framer);
    const frames = framesOf((emit) => {
      cutter.push(body, emit);
      return cutter.end(emit);
    });
    return store(delivery, key, frames);
  }

  async function deliverBulk(delivery: BulkDelivery) {
    const body = await bodyOf(delivery);
    const { framer, key } = identify(delivery, body);
    let actions: readonly BulkAction[] = [];
    const frames = framesOf((emit) => {
      actions = cutBulk(body, framer, emit);
      return framer.end();
    });
    return { report: await store(delivery, key, frames), actions };
  }

  async function bodyOf(delivery: BulkDelivery): Promise<Buffer> {
    return readBody(delivery, options).catch((thrown: unknown) => {
      if (thrown instanceof AppError) counters.add(`refused.${thrown.code}`);
      throw thrown;
    });
  }

  /** A resend has the same identity, and so have its records. */
  function identify({ tenant, source, idempotencyKey }: BulkDelivery, body: Buffer) {
    const key = idempotencyKey ?? createHash('sha256').update(body).digest('hex');
    return { key, framer: new Framer(deliveryChain(tenant, source, key), options) };
  }

  async function store(delivery: Delivery, key: string, frames: readonly Frame[]): Promise<DeliveryReport> {
    const { tenant, source, mapping } = delivery;
    return streams.run(JSON.stringify([tenant, source, key]), async () => {
      const since = windowStart(clock.now(), options.resendWindowMs);
      const dedupe = createDedupe(heads, deps.events, tenant, source, since);
      const facts = {
        tenant,
        source,
        decoder: 'json',
        transport: 'http',
        month: monthOf(clock.now()),
        ...(mapping === undefined ? {} : { mapping }),
      } as const;
      const run = createRun(deps, facts, dedupe);
      for (const frame of frames) await run.take(frame);
      await run.settle();
      counters.add('deliveries');
      return { ...run.counts(), rejected: run.firstUnparsed() };
    });
  }

  async function importStream(file: FileImport): Promise<ImportReport> {
    const { tenant, source, signal } = file;
    const framer = new Framer(fileChain(tenant, source), options);
    const reading = readFrames(file.body, framer, options, signal, file.format ?? null);
    const first = await reading.next();
    const head = first.done === true ? null : (first.value.frame?.ids[0] ?? null);
    // Two imports of the same file take turns: the second finds everything stored.
    return streams.run(JSON.stringify([tenant, source, head]), async () => {
      const dedupe = createDedupe(heads, deps.events, tenant, source, 0);
      const facts = {
        tenant,
        source,
        decoder: 'json',
        transport: 'file',
        file: file.fileName,
        month: monthOf(file.modifiedAt ?? clock.now()),
        ...(file.zone === undefined || file.zone === null ? {} : { zone: file.zone }),
      } as const;
      const run = createRun(deps, facts, dedupe);
      let fault: string | null = null;
      let taken: Guess | null = null;
      try {
        for (let step = first; step.done !== true; step = await reading.next()) {
          fault = step.value.fault ?? fault;
          taken = step.value.guess;
          if (step.value.frame !== null) await run.take(step.value.frame);
          file.onProgress?.({ bytes: step.value.bytes, what: taken.what, ...run.counts() });
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
        format: taken?.format ?? 'text',
        what: taken?.what ?? '',
        ...run.counts(),
        outOfRange: run.outOfRange(),
        ...outcome,
        ...(fault === null ? {} : { truncated: fault }),
      };
    });
  }

  return { deliver, deliverBulk, importStream };
}

/** All frames of a body that is there whole: those that `cut` gives out, and the last. */
function framesOf(cut: (emit: Emit) => Frame | null): readonly Frame[] {
  const frames: Frame[] = [];
  const last = cut((frame) => void frames.push(frame));
  return last === null ? frames : [...frames, last];
}

/** Senders give JSON as lines or as lists; a webhook's body is one object over as many lines as it likes. */
function formatOf({ format = 'json', mapping }: Delivery, body: Buffer): Pick<Guess, 'format' | 'wrapper'> {
  const isList = /^\s*\[/.test(body.toString('latin1', 0, 64));
  return {
    format: format === 'json' && (isList || mapping !== undefined) ? 'json-document' : format,
    wrapper: null,
  };
}

/** To the minute, so that look-ups of deliveries that come together are about one window and share a query. */
function windowStart(now: number, windowMs: number): number {
  const minute = 60_000;
  return Math.floor((now - windowMs) / minute) * minute;
}
