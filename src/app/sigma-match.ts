/** `sigma match`: rules against files of events, outside of any running service. */
import { Readable } from 'node:stream';
import { AppError, messageOf } from '../base/errors.ts';
import type { Input, Missing } from './inputs/input.ts';
import { inputsOf } from './inputs/inputs.ts';
import { readInput } from './sigma-match-read.ts';
import { MatchRun } from './sigma-match-run.ts';
import type { SigmaMatchOptions, SigmaMatchSummary, UnreadFile } from './sigma-match-types.ts';
import { loadSigmaRules } from './sigma-rules.ts';

/** Throws AppError when the rules can't be read or no file of events is there. */
export async function runSigmaMatch(options: SigmaMatchOptions): Promise<SigmaMatchSummary> {
  const { signal = new AbortController().signal } = options;
  const inputs = await eventInputs(options);
  const { placeholders, reading, mappings } = options;
  const rules = await loadSigmaRules({
    paths: [options.rulesPath].flat(),
    signal,
    ...(placeholders === undefined ? {} : { placeholders }),
    ...(reading === undefined ? {} : { reading }),
    ...(mappings === undefined ? {} : { mappings }),
  });
  // Rules are loaded once; what the rate describes is the matching.
  const started = process.hrtime.bigint();
  const run = new MatchRun(options, rules);
  options.progress?.begin(inputs.length, totalSize(inputs));
  const unreadFiles: UnreadFile[] = [];
  for (const input of inputs) {
    if (signal.aborted) break;
    const reason = await readOne(input, run, options, signal);
    if (reason === null || signal.aborted) continue;
    unreadFiles.push({ file: input.label, reason });
    options.onUnreadFile?.({ file: input.label, reason });
  }
  await run.end();
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
    durationMs,
    eventsPerSecond: durationMs === 0 ? 0 : Math.round((counts.events * 1000) / durationMs),
  };
}

/** Each once. A name that stands for nothing ends it before the rules are read; what else can't be read is told later. */
async function eventInputs({ eventsPath, stdin }: SigmaMatchOptions): Promise<readonly (Input | Missing)[]> {
  const named = new Map<string, Input | Missing>();
  for (const arg of [eventsPath].flat()) {
    const inputs = await inputsOf([arg]);
    const [first] = inputs;
    if (inputs.length === 1 && first !== undefined && 'error' in first && first.label === arg) {
      throw new AppError('E_NOT_FOUND', `${arg}: no file of events there: ${messageOf(first.error)}`, {
        arg,
      });
    }
    for (const input of inputs) if (!named.has(input.label)) named.set(input.label, input);
  }
  return [...named.values()].map((input) =>
    input.label === '-' && stdin !== undefined && 'open' in input
      ? { ...input, open: () => Promise.resolve(Readable.from(stdin)) }
      : input,
  );
}

/** Null when one input does not say how long it is. */
function totalSize(inputs: readonly (Input | Missing)[]): number | null {
  let total = 0;
  for (const input of inputs) {
    if ('error' in input) continue;
    if (input.size === null) return null;
    total += input.size;
  }
  return total;
}

/** Why it was not read to its end; null when it was. */
async function readOne(
  input: Input | Missing,
  run: MatchRun,
  { format, zone, progress }: SigmaMatchOptions,
  signal: AbortSignal,
): Promise<string | null> {
  progress?.file(input.label);
  if ('error' in input) return messageOf(input.error);
  const before = run.counts.events;
  const settings = {
    format: format ?? null,
    now: Date.now(),
    signal,
    onBytes: (bytes: number) => progress?.sent(bytes),
    ...(zone === undefined ? {} : { zone }),
  };
  let reason: string | null = null;
  run.beginFile(input.label);
  try {
    for await (const { frame, guess, fault } of readInput(input, settings)) {
      reason = fault ?? reason;
      if (frame !== null) await run.take(frame);
      const { events, matches } = run.counts;
      progress?.report({ read: events - before, what: guess.what, matches });
      if (signal.aborted) break;
    }
  } catch (thrown) {
    if (!isAboutFile(thrown)) throw thrown;
    reason = messageOf(thrown);
  }
  progress?.done(run.counts.events - before, input.size);
  return reason;
}

/** What the operating system or a reader of archives says of a file; anything else is a bug. */
function isAboutFile(thrown: unknown): boolean {
  return thrown instanceof AppError || (thrown instanceof Error && 'syscall' in thrown);
}
