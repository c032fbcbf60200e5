/** Records of one input for `sigma match`, through the cutters and decoders that an import goes through. */
import type { Instant } from '../base/clock.ts';
import type { RecordContext } from '../model/batch.ts';
import { type ContextId, mainTenant, type SourceId } from '../model/ids.ts';
import type { Frame, FrameFacts } from '../pipeline/cutter.ts';
import type { Format, Guess } from '../pipeline/formats/guess.ts';
import { Framer } from '../pipeline/frame.ts';
import { fileChain } from '../pipeline/identity.ts';
import { readFrames } from '../pipeline/intake-read.ts';
import { factsOf } from '../pipeline/intake-run.ts';
import { monthOf } from '../pipeline/month.ts';
import { defaultPipelineOptions } from '../pipeline/options.ts';
import { bytesOf, type Input } from './inputs/input.ts';

export interface ReadSettings {
  /** Null: by the first bytes of each file. */
  readonly format: Format | null;
  /** IANA zone of times that name none; UTC when absent. */
  readonly zone?: string;
  /** For times without a year where a file does not say when it was changed last. */
  readonly now: Instant;
  readonly signal: AbortSignal;
  /** Told of bytes as they come out of the file. */
  readonly onBytes: (bytes: number) => void;
}

/** Records that were read together, with what is known of all of them. */
export interface InputFrame {
  readonly frame: Frame;
  readonly context: RecordContext;
  /** Index in the file of the first record, from 0. */
  readonly base: number;
  /** Line of the file, from 1, where its format has lines, else the number of the record, of a record of this frame. */
  readonly placeOf: (index: number) => number;
}

export interface InputStep {
  readonly frame: InputFrame | null;
  readonly guess: Guess;
  /** Why the input was not read to its end. */
  readonly fault?: string;
}

/** Longer records than an import takes: an archive is read where it lies, not kept. */
const options = {
  ...defaultPipelineOptions,
  maxRecordBytes: 16_000_000,
  batchRecords: 2_000,
  batchBytes: 4 << 20,
};
const source = 'sigma-match' as SourceId;

/** Throws what `input.open` throws, and AppError for a file that can't be read here at all. */
export async function* readInput(input: Input, settings: ReadSettings): AsyncGenerator<InputStep> {
  const file = await input.open();
  yield* readBody(input, bytesOf(file, settings.signal, settings.onBytes), settings);
}

async function* readBody(
  input: Input,
  body: AsyncIterable<Uint8Array>,
  settings: ReadSettings,
): AsyncGenerator<InputStep> {
  const framer = new Framer(fileChain(mainTenant, source), options);
  const contextOf = contexts(input, settings);
  let records = 0;
  let blanks = 0;
  for await (const { frame, guess, fault } of readFrames(
    body,
    framer,
    options,
    settings.signal,
    settings.format,
  )) {
    const more = fault === undefined ? {} : { fault };
    if (frame === null) {
      yield { frame: null, guess, ...more };
      continue;
    }
    const hasLines = guess.format === 'json' || guess.format === 'text';
    const [base, before] = [records, blanks];
    const placeOf = (index: number): number =>
      base + index + 1 + (hasLines ? before + blanksTo(frame, index) : 0);
    yield { frame: { frame, context: contextOf(frame.facts), base, placeOf }, guess, ...more };
    records += frame.ids.length;
    blanks += blanksTo(frame, frame.ids.length);
  }
}

/** Blank lines up to the record of this index. */
function blanksTo({ blanks }: Frame, index: number): number {
  let count = 0;
  for (const [before, n] of blanks) if (before <= index) count += n;
  return count;
}

/** One context for what a stream says once: decoders keep by it what they read from a table's header. */
function contexts(input: Input, { zone, now }: ReadSettings): (own: FrameFacts | undefined) => RecordContext {
  const facts = {
    tenant: mainTenant,
    source,
    decoder: 'json',
    transport: 'file',
    file: input.name,
    month: monthOf(input.modifiedAt?.getTime() ?? now),
    ...(zone === undefined ? {} : { zone }),
  } as const;
  let last: { readonly own: FrameFacts | undefined; readonly context: RecordContext } | null = null;
  return (own) => {
    if (last === null || last.own !== own)
      last = { own, context: { ...factsOf(facts, own), id: 'sigma-match' as ContextId } };
    return last.context;
  };
}
