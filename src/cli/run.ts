/** The frame around every command: target, signals, errors, exit code. */
import { ORPCError } from '@orpc/client';
import { LostStream } from '../api/contract/until-done.ts';
import { AppError } from '../base/errors.ts';
import type { CommonOptions } from './options.ts';
import { createOutput, exitCode, type Output } from './output.ts';
import { openTarget, type Target } from './target.ts';

export interface CommandContext {
  readonly target: Target;
  readonly output: Output;
  /** Aborts at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal;
}

/** Runs `work` against the target that the options name; sets the process's exit code. */
export async function runCommand(
  options: CommonOptions,
  work: (context: CommandContext) => Promise<number>,
): Promise<void> {
  const output = createOutput(options.json === true);
  await guarded(output, async () => {
    const signal = interruptSignal(output);
    const target = await openTarget(options);
    try {
      return await work({ target, output, signal });
    } finally {
      await target.close();
    }
  });
}

/** Like runCommand for what needs no service. */
export async function runLocal(
  options: CommonOptions,
  work: (output: Output, signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const output = createOutput(options.json === true);
  await guarded(output, () => work(output, interruptSignal(output)));
}

async function guarded(output: Output, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (thrown) {
    const told = explain(thrown);
    if (told === null) throw thrown;
    output.note(`watchfloor: ${told.text}`);
    process.exitCode = told.code;
  }
}

const unavailable: ReadonlySet<string> = new Set([
  'E_STORE_UNAVAILABLE',
  'E_DATA_LOCKED',
  'E_DATA_NEWER',
  'E_DATA_INVALID',
  'E_PORT_TAKEN',
  'E_DISK_FULL',
  'E_BUSY',
]);

/** One sentence and an exit code for what a person can mend; null for a bug. */
export function explain(thrown: unknown): { readonly text: string; readonly code: number } | null {
  if (thrown instanceof AppError) {
    const code = unavailable.has(thrown.code)
      ? exitCode.unavailable
      : thrown.code === 'E_CONFIG'
        ? exitCode.usage
        : exitCode.failed;
    return { text: thrown.message, code };
  }
  if (thrown instanceof ORPCError)
    return {
      text: thrown.message,
      code: unavailable.has(thrown.code) ? exitCode.unavailable : exitCode.failed,
    };
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return { text: 'interrupted', code: exitCode.interrupted };
  if (thrown instanceof LostStream) return { text: thrown.message, code: exitCode.unavailable };
  if (thrown instanceof TypeError && thrown.message === 'fetch failed') {
    const cause = thrown.cause instanceof Error ? `: ${thrown.cause.message}` : '';
    return { text: `the service can't be reached${cause}`, code: exitCode.unavailable };
  }
  if (
    thrown instanceof Error &&
    'code' in thrown &&
    ['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR'].includes(String(thrown.code))
  ) {
    return { text: thrown.message, code: exitCode.failed };
  }
  return null;
}

function interruptSignal(output: Output): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    output.note('stopping; once more to stop at once');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // Whoever reads the output has seen enough (`| head`): a command that goes on for long stops for it.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    controller.abort();
  });
  return controller.signal;
}
