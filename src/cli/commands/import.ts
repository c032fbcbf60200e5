/** `watchfloor import`: files to stored events. */
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { bytesOf, type Input } from '../../app/inputs/input.ts';
import { inputsOf, totalSize } from '../../app/inputs/inputs.ts';
import { AppError, messageOf } from '../../base/errors.ts';
import type { ImportReport } from '../../model/intake.ts';
import { createProgress, fileText, type ImportResult, type Progress, totalText } from '../import/progress.ts';
import { offerRange } from '../import-range.ts';
import { type CommonOptions, withTarget } from '../options.ts';
import { exitCode } from '../output.ts';
import { type CommandContext, explain, runCommand } from '../run.ts';
import { problemError } from '../target.ts';

interface ImportOptions extends CommonOptions {
  readonly source: string;
  readonly format?: string;
  readonly zone?: string;
}

export function importCommand(program: Command): void {
  withTarget(program.command('import'))
    .description('Import files of events; what is stored already is not stored again')
    .argument('<file...>', 'files, folders, patterns such as "logs/**/*.log", or - for standard input')
    .option('--source <name>', 'source that the events are stored under', 'import')
    .option(
      '--format <name>',
      'what the files are, instead of a guess by their first bytes: json, json-document, xml, evtx, zeek, text',
    )
    .option('--zone <name>', 'zone of times that name none, such as Europe/Berlin (default: UTC)')
    .addHelpText(
      'after',
      `
Read are JSON lines, JSON lists and objects that wrap one (CloudTrail), Windows events as XML or EVTX,
Zeek logs (TSV), and lines of text; plain, gzip-compressed, or in a zip or tar archive. Folders are read
with all that is below them, hidden files left out, in the order of their names.

With --json, one object a file: file, format, read, stored, duplicate, unparsed, outOfRange,
detections, alerts, and truncated or error where a file could not be read to its end.

Exit code 0: every file was read to its end. 1: at least one was not; what was good in it is stored.
2: wrong usage. 3: no service and no usable data directory. 130: interrupted; import again to go on.`,
    )
    .action((files: string[], options: ImportOptions) =>
      runCommand(options, async (context) => {
        const startedAt = Date.now();
        const code = await importAll(files, options, context);
        await offerRange(context, options.source, startedAt);
        return code;
      }),
    );
}

async function importAll(
  args: readonly string[],
  options: ImportOptions,
  context: CommandContext,
): Promise<number> {
  const { output, signal } = context;
  const inputs = await inputsOf(args, {
    signal,
    onArchive: (path) => output.progress(`reading what is in ${path}`),
  });
  const progress = createProgress(output, inputs.length, totalSize(inputs), () => performance.now());
  const results: ImportResult[] = [];
  let failed = 0;
  for (const input of inputs) {
    if (signal.aborted) break;
    try {
      if ('error' in input) throw input.error;
      const result = await importOne(input, options, context, progress);
      results.push(result);
      if (result.truncated !== undefined) failed += 1;
      const { what: _what, ...stable } = result;
      output.result({ file: input.label, ...stable }, () => fileText(input.label, result));
    } catch (thrown) {
      const told = explain(thrown);
      // A service that is gone will not take the next file either; a bug must be loud.
      if (told === null) throw thrown;
      if (told.code === exitCode.unavailable) {
        output.note(
          `${input.label} was not imported to its end; import it again to go on: nothing is stored twice`,
        );
        throw thrown;
      }
      failed += 1;
      const reason = messageOf(thrown);
      output.result({ file: input.label, error: reason }, () => `${input.label}: not imported: ${reason}`);
    }
  }
  if (inputs.length > 1) output.note(totalText(results, failed));
  const unparsed = results.reduce((sum, one) => sum + one.unparsed, 0);
  if (unparsed > 0 && !output.json)
    output.note(
      `unparsed records are kept; see them with: watchfloor events search --unparsed --source ${options.source}`,
    );
  if (signal.aborted) return exitCode.interrupted;
  return failed === 0 ? exitCode.ok : exitCode.failed;
}

async function importOne(
  input: Input,
  options: ImportOptions,
  context: CommandContext,
  progress: Progress,
): Promise<ImportResult> {
  const query = new URLSearchParams({ source: options.source, name: input.name });
  if (options.format !== undefined) query.set('format', options.format);
  if (options.zone !== undefined) query.set('zone', options.zone);
  if (input.modifiedAt !== null) query.set('modified', input.modifiedAt.toISOString());
  progress.file(input.label);
  let cut: string | null = null;
  let result: ImportResult | null = null;
  let problem: AppError | null = null;
  const file = await input.open();
  try {
    const bytes = bytesOf(file, context.signal, (count) => progress.sent(count));
    const body = untilFault(bytes, (fault) => (cut = fault));
    await context.target.upload(
      `/intake/file?${query.toString()}`,
      Readable.from(body, { objectMode: false }),
      (line) => {
        if ('progress' in line) progress.report(line['progress'] as { read: number; what?: string });
        else if ('result' in line) result = withoutFile(line['result'] as ImportReport);
        else if ('error' in line) problem = problemError(line['error'] as Record<string, unknown>);
      },
      context.signal,
    );
  } finally {
    file.destroy();
  }
  if (problem !== null) throw problem as AppError;
  if (result === null)
    throw new AppError(
      'E_STORE_UNAVAILABLE',
      `${input.label}: the service ended before the import did; import it again to go on`,
    );
  const { read } = result as ImportResult;
  progress.done(read, input.size);
  return cut === null ? result : { ...(result as ImportResult), truncated: cut };
}

/** What comes before a fault is imported all the same, as of a file that is cut. */
async function* untilFault(
  bytes: AsyncIterable<Buffer>,
  onFault: (fault: string) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* bytes;
  } catch (thrown) {
    onFault(messageOf(thrown));
  }
}

function withoutFile({ file: _file, ...rest }: ImportReport): ImportResult {
  return rest;
}
