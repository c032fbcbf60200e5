/** `watchfloor import`: files to stored events. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { AppError, messageOf } from '../../base/errors.ts';
import type { ImportReport } from '../../model/intake.ts';
import { offerRange } from '../import-range.ts';
import { type CommonOptions, withTarget } from '../options.ts';
import { count, exitCode, type Output } from '../output.ts';
import { type CommandContext, explain, runCommand } from '../run.ts';
import { problemError } from '../target.ts';

interface ImportOptions extends CommonOptions {
  readonly source: string;
}

type ImportResult = Omit<ImportReport, 'file'>;

export function importCommand(program: Command): void {
  withTarget(program.command('import'))
    .description(
      'Import files of events (JSON lines, plain or gzip); what is stored already is not stored again',
    )
    .argument('<file...>', 'files to import, or - for standard input')
    .option('--source <name>', 'source that the events are stored under', 'import')
    .addHelpText(
      'after',
      `
With --json, one object a file: file, read, stored, duplicate, unparsed, outOfRange, detections,
alerts, and truncated or error where a file could not be read to its end.

Exit code 0: every file was read to its end. 1: at least one was not; what was good in it is stored.
2: wrong usage. 3: no service and no usable data directory. 130: interrupted; import again to go on.`,
    )
    .action((files: string[], options: ImportOptions) =>
      runCommand(options, async (context) => {
        const startedAt = Date.now();
        const code = await importFiles(files, options, context);
        await offerRange(context, options.source, startedAt);
        return code;
      }),
    );
}

async function importFiles(
  files: readonly string[],
  options: ImportOptions,
  context: CommandContext,
): Promise<number> {
  let failed = 0;
  for (const file of files) {
    if (context.signal.aborted) break;
    try {
      const result = await importFile(file, options.source, context);
      if (result.truncated !== undefined) failed += 1;
      context.output.result({ file, ...result }, () => summary(file, result));
    } catch (thrown) {
      const told = explain(thrown);
      // A service that is gone will not take the next file either; a bug must be loud.
      if (told === null || told.code === exitCode.unavailable) throw thrown;
      failed += 1;
      context.output.result(
        { file, error: messageOf(thrown) },
        () => `${file}: not imported: ${messageOf(thrown)}`,
      );
    }
  }
  if (context.signal.aborted) return exitCode.interrupted;
  return failed === 0 ? exitCode.ok : exitCode.failed;
}

async function importFile(file: string, source: string, context: CommandContext): Promise<ImportResult> {
  const { body, size } = await openFile(file);
  const query = new URLSearchParams({ source, name: file === '-' ? 'stdin' : basename(file) });
  const meter = progressMeter(file, size, context.output, body);
  let result: ImportResult | null = null;
  let problem: AppError | null = null;
  await context.target.upload(
    `/intake/file?${query.toString()}`,
    body,
    (line) => {
      if ('progress' in line) meter(line['progress'] as { read: number });
      else if ('result' in line) result = withoutFile(line['result'] as ImportReport);
      else if ('error' in line) problem = problemError(line['error'] as Record<string, unknown>);
    },
    context.signal,
  );
  if (problem !== null) throw problem as AppError;
  if (result === null)
    throw new AppError(
      'E_STORE_UNAVAILABLE',
      `${file}: the service ended before the import did; import it again to go on`,
    );
  return result;
}

function withoutFile({ file: _file, ...rest }: ImportReport): ImportResult {
  return rest;
}

async function openFile(file: string): Promise<{ body: Readable; size: number | null }> {
  if (file === '-') return { body: process.stdin, size: null };
  const facts = await stat(file);
  if (facts.isDirectory()) throw new AppError('E_BAD_REQUEST', 'is a directory; name the files in it');
  return { body: createReadStream(file, { highWaterMark: 1 << 20 }), size: facts.size };
}

/** Rate from the service's count of records, ETA from the bytes that have gone out. */
function progressMeter(
  file: string,
  size: number | null,
  output: Output,
  body: Readable,
): (progress: { read: number }) => void {
  const startedAt = performance.now();
  let sent = 0;
  body.on('data', (chunk: Buffer) => {
    sent += chunk.length;
  });
  let last = 0;
  return ({ read }) => {
    const now = performance.now();
    if (now - last < 200) return;
    last = now;
    const seconds = (now - startedAt) / 1_000;
    const rate = Math.round(read / seconds);
    const left = size === null || sent === 0 ? '' : `, ${Math.ceil(((size - sent) / sent) * seconds)} s left`;
    output.progress(`${file}: ${count(read, 'record')}, ${rate.toLocaleString('en-US')}/s${left}`);
  };
}

function summary(file: string, result: ImportResult): string {
  const parts = [
    `${count(result.read, 'record')} read`,
    `${result.stored.toLocaleString('en-US')} stored`,
    `${result.duplicate.toLocaleString('en-US')} duplicate`,
    `${result.unparsed.toLocaleString('en-US')} unparsed`,
    count(result.detections, 'detection'),
    count(result.alerts, 'new alert'),
  ];
  if (result.outOfRange > 0)
    parts.push(`${result.outOfRange.toLocaleString('en-US')} with a time out of range`);
  const fault = result.truncated === undefined ? '' : `\n  not read to its end: ${result.truncated}`;
  return `${file}: ${parts.join(', ')}${fault}`;
}
