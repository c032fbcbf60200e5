/** `sigma match`: rules against files of events, outside of any running service. */
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { AppError, messageOf } from '../base/errors.ts';
import type { Input, Missing } from './inputs/input.ts';
import { inputsOf, totalSize } from './inputs/inputs.ts';
import { type MatcherPool, openMatchers, threadsFor } from './sigma-match-pool.ts';
import { type InputFrame, type InputStep, readInput } from './sigma-match-read.ts';
import { MatchRun } from './sigma-match-run.ts';
import type { SigmaMatchOptions, SigmaMatchSummary, UnreadFile } from './sigma-match-types.ts';
import { loadSigmaRules } from './sigma-rules.ts';

/** Throws AppError when the rules can't be read or no file of events is there. */
export async function runSigmaMatch(options: SigmaMatchOptions): Promise<SigmaMatchSummary> {
  const { signal = new AbortController().signal } = options;
  const inputs = await eventInputs(options);
  const { placeholders, reading, mappings, cache } = options;
  const rules = await loadSigmaRules({
    paths: [options.rulesPath].flat(),
    signal,
    ...(placeholders === undefined ? {} : { placeholders }),
    ...(reading === undefined ? {} : { reading }),
    ...(mappings === undefined ? {} : { mappings }),
    ...(cache === undefined ? {} : { cache }),
  });
  // Rules are loaded once; what the rate describes is the matching.
  const started = process.hrtime.bigint();
  const run = new MatchRun(options, rules);
  const bytes = totalSize(inputs);
  const pool = openMatchers(options.threads ?? threadsFor(bytes), run, options.parsers);
  const unreadFiles: UnreadFile[] = [];
  try {
    options.progress?.begin(inputs.length, bytes);
    const frames = new OrderedFrames(pool, run);
    for (const input of inputs) {
      if (signal.aborted) break;
      const reason = await readOne(input, run, frames, options, signal);
      if (reason === null || signal.aborted) continue;
      unreadFiles.push({ file: input.label, reason });
      options.onUnreadFile?.({ file: input.label, reason });
    }
    await frames.settle();
    await run.end();
  } finally {
    await pool.close();
  }
  const durationMs = Number(process.hrtime.bigint() - started) / 1e6;
  const { counts } = run;
  return {
    files: rules.files,
    ignoredFiles: rules.ignored,
    loaded: run.loaded,
    refused: rules.refused,
    warnings: rules.warnings,
    eventFiles: inputs.length,
    unreadFiles,
    interrupted: signal.aborted,
    ...counts,
    threads: pool.threads,
    durationMs,
    eventsPerSecond: durationMs === 0 ? 0 : Math.round((counts.events * 1000) / durationMs),
  };
}

/** Each once. A name that stands for nothing ends it before the rules are read; what else can't be read is told later. */
async function eventInputs({
  eventsPath,
  exceptFiles = [],
  stdin,
  signal,
  progress,
}: SigmaMatchOptions): Promise<readonly (Input | Missing)[]> {
  const named = new Map<string, Input | Missing>();
  const except = new Set(exceptFiles.map((file) => resolve(file)));
  for (const arg of [eventsPath].flat()) {
    const inputs = await inputsOf([arg], {
      ...(signal === undefined ? {} : { signal }),
      onArchive: (path) => progress?.archive(path),
    });
    const [first] = inputs;
    if (inputs.length === 1 && first !== undefined && 'error' in first && first.label === arg) {
      throw new AppError('E_NOT_FOUND', `${arg}: no file of events there: ${messageOf(first.error)}`, {
        arg,
      });
    }
    for (const input of inputs)
      if (!named.has(input.label) && !except.has(resolve(input.label))) named.set(input.label, input);
  }
  return [...named.values()].map((input) =>
    input.label === '-' && stdin !== undefined && 'open' in input
      ? { ...input, open: () => Promise.resolve(stdin instanceof Readable ? stdin : Readable.from(stdin)) }
      : input,
  );
}

/** Frames on their way, their results taken in the order in which they were read. */
class OrderedFrames {
  readonly #pool: MatcherPool;
  readonly #run: MatchRun;
  readonly #limit: number;
  readonly #waiting: (() => Promise<void>)[] = [];

  constructor(pool: MatcherPool, run: MatchRun) {
    this.#pool = pool;
    this.#run = run;
    this.#limit = 2 * pool.threads;
  }

  async add(read: InputFrame, file: number): Promise<void> {
    const { frame, context, base, placeOf } = read;
    const { buffer, offsets, flaws } = frame;
    const outcome = this.#pool.match({ buffer, offsets, flaws, context, base, file }).then(
      (found) => ({ found }),
      // Thrown when it is its turn: nobody waits for it before.
      (thrown: unknown) => ({ thrown }),
    );
    this.#waiting.push(async () => {
      const got = await outcome;
      if ('thrown' in got) throw got.thrown;
      await this.#run.take(got.found, { file, base, placeOf });
    });
    await this.settle(this.#limit);
  }

  /** Waits until no more than `down` are on their way. */
  async settle(down = 0): Promise<void> {
    while (this.#waiting.length > down) await this.#waiting.shift()?.();
  }
}

/** Why it was not read to its end; null when it was. */
async function readOne(
  input: Input | Missing,
  run: MatchRun,
  frames: OrderedFrames,
  { format, zone, progress }: SigmaMatchOptions,
  signal: AbortSignal,
): Promise<string | null> {
  progress?.file(input.label);
  if ('error' in input) return messageOf(input.error);
  const settings = {
    format: format ?? null,
    now: Date.now(),
    signal,
    onBytes: (bytes: number) => progress?.sent(bytes),
    ...(zone === undefined ? {} : { zone }),
  };
  const file = run.beginFile(input.label);
  const steps = readInput(input, settings);
  let reason: string | null = null;
  let read = 0;
  try {
    while (!signal.aborted) {
      const step = await nextStep(steps);
      if (typeof step === 'string') reason = step;
      if (step === null || typeof step === 'string') break;
      reason = step.fault ?? reason;
      if (step.frame !== null) {
        read += step.frame.frame.ids.length;
        await frames.add(step.frame, file);
      }
      progress?.report({ read, what: step.guess.what, matches: run.counts.matches });
    }
  } finally {
    await steps.return(undefined);
  }
  progress?.done(read, input.size);
  return reason;
}

/** Null at the end; a text where the file can't be read on. */
async function nextStep(steps: AsyncGenerator<InputStep>): Promise<InputStep | string | null> {
  try {
    const next = await steps.next();
    return next.done === true ? null : next.value;
  } catch (thrown) {
    if (!isAboutFile(thrown)) throw thrown;
    return messageOf(thrown);
  }
}

/** What the operating system or a reader of archives says of a file; anything else is a bug. */
function isAboutFile(thrown: unknown): boolean {
  return thrown instanceof AppError || (thrown instanceof Error && 'syscall' in thrown);
}
