/** `watchfloor sigma`: rules against a file of events, without a service or a store. */

import { once } from 'node:events';
import type { Command } from 'commander';
import type { CommonOptions } from '../options.ts';
import { count, exitCode } from '../output.ts';
import { tellRefused } from '../pack-files.ts';
import { runLocal } from '../run.ts';

interface MatchOptions extends CommonOptions {
  readonly rules: string;
  readonly events: string;
  readonly placeholder?: string[];
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
}

export function sigmaCommand(program: Command): void {
  const sigma = program.command('sigma').description('Try Sigma rules on files');
  sigma
    .command('match')
    .description('Match rules against events; a match is {"rule_id":"…","event_index":N} on a line')
    .requiredOption('--rules <path>', 'file, folder, tar.gz or zip of rules')
    .requiredOption('--events <file>', 'JSON lines, plain or gzip; - for standard input')
    .option(
      '--placeholder <name=value...>',
      'value for a placeholder of the expand modifier; repeat for several',
    )
    .option('--product <name>', 'logsource of events that no parser knows')
    .option('--service <name>', 'logsource of events that no parser knows')
    .option('--category <name>', 'logsource of events that no parser knows')
    .option(
      '--json',
      'matches as JSON lines (they always are; the summary on standard error becomes JSON as well)',
    )
    .addHelpText(
      'after',
      `
event_index counts the lines of the file that are not blank, from 0. A rule sees only events of its
logsource. The summary on standard error names rules that were refused, with file, line and reason.

Exit code 0: done, with or without matches or refused rules. 1: the rules or the events can't be read.`,
    )
    .action((options: MatchOptions) =>
      runLocal(options, async (output, signal) => {
        const { product, service, category } = options;
        let unread = 0;
        const [{ runSigmaMatch }, { parsers }] = await Promise.all([
          import('../../app/sigma-match.ts'),
          import('../../app/parsers.ts'),
        ]);
        const summary = await runSigmaMatch({
          rulesPath: options.rules,
          eventsPath: options.events,
          signal,
          parsers,
          placeholders: placeholders(options.placeholder ?? []),
          ...((product ?? service ?? category)
            ? {
                logsource: {
                  ...(product ? { product } : {}),
                  ...(service ? { service } : {}),
                  ...(category ? { category } : {}),
                },
              }
            : {}),
          onMatch: (match) => print(JSON.stringify({ rule_id: match.ruleId, event_index: match.eventIndex })),
          onUnread: ({ line, reason }) => {
            if (!output.json && unread++ < 20) output.note(`${options.events}:${line}: not read: ${reason}`);
          },
        });
        if (output.json) output.note(JSON.stringify(summary));
        else {
          tellRefused(summary.refused, output);
          output.note(
            `${count(summary.loaded, 'rule')} loaded, ${summary.refused.length} refused; ${count(summary.events, 'event')}, ${summary.unparsed} unparsed; ${count(summary.matches, 'match', 'matches')}; ${Math.round(summary.eventsPerSecond).toLocaleString('en-US')} events/s`,
          );
          if (summary.unroutedEvents > 0) {
            output.note(
              `${count(summary.unroutedEvents, 'event')} of a logsource that no loaded rule looks at`,
            );
          }
        }
        return signal.aborted ? exitCode.interrupted : exitCode.ok;
      }),
    );
}

/** Waits while the reader of standard output is slower than the matching. */
async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

function placeholders(given: readonly string[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const one of given) {
    const [name = '', ...rest] = one.split('=');
    (values[name.replace(/^%|%$/g, '')] ??= []).push(rest.join('='));
  }
  return values;
}
