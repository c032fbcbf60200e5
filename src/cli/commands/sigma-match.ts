/** `watchfloor sigma match`: rules against files of events, told as lines, table or CSV, with a summary for triage. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { SigmaMatch, SigmaMatchSummary } from '../../app/sigma-match.ts';
import type { Triage } from '../../app/sigma-triage.ts';
import { type Level, levels } from '../../lang/sigma/index.ts';
import { count, exitCode, inert, type Output, table } from '../output.ts';
import { tellRefused } from '../pack-files.ts';
import { runLocal } from '../run.ts';
import {
  type LogsourceOptions,
  logsourceOf,
  placeholdersOf,
  type RuleOptions,
  withLogsource,
  withRuleOptions,
} from './sigma-options.ts';
import { triageText } from './sigma-triage.ts';

interface MatchOptions extends RuleOptions, LogsourceOptions {
  readonly rules: string[];
  readonly events: string[];
  readonly format: 'json' | 'table' | 'csv';
  readonly failOn?: Level;
  readonly report?: string;
  readonly cache: boolean;
}

const help = `
Events are JSON lines, plain or gzip; a folder stands for its .ndjson, .jsonl, .json and .log files, and
a pattern may have *, **, ?, {a,b} and [abc] (in quotes, or the shell expands it). Several files are read
in the order given, which correlations over them go by.

  watchfloor sigma match --rules sigmahq.tar.gz --events 'logs/**/*.ndjson.gz' --format table

json (the default): {"rule_id":"…","event_index":N} a line, and "file" when there are several;
event_index counts the lines of a file that are not blank, from 0. csv: a timeline, one match a line.
table: the matches for people, and the summary below them on standard output.

A rule sees only events of its logsource. Correlations, new terms and filters take part; a rule that only
feeds a correlation is not told. The summary on standard error names what was refused, with file, line
and reason, and counts matches by level, rule, host, user and ATT&CK technique.

Exit code 0: done, with or without matches or refused rules. 1: the rules or the events can't be read, or
there was a match of the level given by --fail-on.`;

export function sigmaMatchCommand(sigma: Command): void {
  const command = sigma
    .command('match')
    .description('Match rules against events; a match is {"rule_id":"…","event_index":N} on a line')
    .requiredOption('--rules <path...>', 'files, folders, tar.gz or zip of rules')
    .requiredOption('--events <path...>', 'files, folders or patterns; - for standard input')
    .addOption(
      new Option('--format <format>', 'how matches are written')
        .choices(['json', 'table', 'csv'])
        .default('json'),
    )
    .addOption(
      new Option('--fail-on <level>', 'exit code 1 when a match has at least this level').choices(levels),
    );
  withLogsource(withRuleOptions(command))
    .option('--no-cache', 'read every rule anew, and keep none for the next time')
    .option('--report <file>', 'write an HTML page of the matches as well')
    .option('--json', 'the summary on standard error becomes JSON as well')
    .addHelpText('after', help)
    .action((options: MatchOptions) => runLocal(options, (output, signal) => match(options, output, signal)));
}

async function match(options: MatchOptions, output: Output, signal: AbortSignal): Promise<number> {
  const [
    { runSigmaMatch },
    { ruleCacheIn, userCacheDir },
    { TriageCounts },
    { reportedMatches, reportHtml },
    { parsers },
  ] = await Promise.all([
    import('../../app/sigma-match.ts'),
    import('../../app/rule-cache-place.ts'),
    import('../../app/sigma-triage.ts'),
    import('../../app/sigma-report.ts'),
    import('../../app/parsers.ts'),
  ]);
  const counts = new TriageCounts();
  const rows: string[][] = [];
  const reported: SigmaMatch[] = [];
  const print = writerOf(options, rows);
  const logsource = logsourceOf(options);
  let unread = 0;
  const summary = await runSigmaMatch({
    rulesPath: options.rules,
    eventsPath: options.events,
    signal,
    parsers,
    placeholders: placeholdersOf(options.placeholder),
    reading: options.filters,
    ...(logsource === undefined ? {} : { logsource }),
    ...(options.cache ? ruleCacheIn(userCacheDir()) : {}),
    onMatch: (found) => {
      counts.add(found);
      if (options.report !== undefined && reported.length < reportedMatches) reported.push(found);
      return print(found);
    },
    onUnread: ({ file, line, reason }) => {
      if (!output.json && unread++ < 20) output.note(`${inert(file)}:${line}: not read: ${reason}`);
    },
    onProgress: ({ file, events, matches }) =>
      output.progress(`${inert(file)}: ${count(events, 'event')}, ${count(matches, 'match', 'matches')}`),
  });
  const triage = counts.triage();
  if (options.format === 'table') output.result({}, () => tableText(rows, triage));
  if (output.json) output.note(JSON.stringify({ ...summary, triage }));
  else tellSummary(summary, options.format === 'table' ? null : triage, output);
  if (options.report !== undefined) {
    await writeFile(options.report, reportHtml(summary, triage, reported, Date.now()));
    output.note(`report written to ${inert(options.report)}`);
  }
  if (signal.aborted) return exitCode.interrupted;
  return atLeast(triage, options.failOn) ? exitCode.failed : exitCode.ok;
}

type Print = (match: SigmaMatch) => Promise<void> | void;

/** CSV and JSON go out as they come; a table is aligned when all is known. */
function writerOf({ format, events }: MatchOptions, rows: string[][]): Print {
  const several = events.length > 1 || /[*?[{]/.test(events[0] ?? '');
  let begun = false;
  switch (format) {
    case 'json':
      return ({ ruleId, eventIndex, file }) =>
        printLine(JSON.stringify({ rule_id: ruleId, event_index: eventIndex, ...(several ? { file } : {}) }));
    case 'csv':
      return async (found) => {
        if (!begun) await printLine('time,level,rule_id,title,author,host,user,file,event_index');
        begun = true;
        const { rule, host, user, file, eventIndex } = found;
        const cells = [
          timeOf(found),
          rule.level,
          rule.id,
          rule.title,
          rule.author,
          host,
          user,
          file,
          eventIndex,
        ];
        await printLine(cells.map(csvCell).join(','));
      };
    case 'table':
      return (found) => {
        const { rule, host, user, file, eventIndex } = found;
        rows.push([timeOf(found), rule.level, rule.title, rule.author, host, user, `${file}:${eventIndex}`]);
      };
  }
}

function timeOf({ time }: SigmaMatch): string {
  return time === null ? '' : new Date(time).toISOString();
}

/** RFC 4180; a cell that a spreadsheet would run as a formula is kept from it. */
function csvCell(value: string | number): string {
  const text = inert(String(value));
  const safe = /^[=+\-@]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\n\r']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Waits while the reader of standard output is slower than the matching. */
async function printLine(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

function tableText(rows: readonly (readonly string[])[], triage: Triage): string {
  const sorted = rows.toSorted((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
  const head = ['TIME', 'LEVEL', 'TITLE', 'AUTHOR', 'HOST', 'USER', 'EVENT'];
  return `${table(head, sorted)}\n\n${triageText(triage)}`;
}

function tellSummary(summary: SigmaMatchSummary, triage: Triage | null, output: Output): void {
  tellRefused(summary.refused, output);
  tellRefused(summary.warnings, output, 'warning:');
  if (triage !== null && triage.rules.length > 0) output.note(triageText(triage));
  output.note(
    `${count(summary.loaded, 'rule')} loaded, ${summary.refused.length} refused; ${count(summary.events, 'event')}, ${summary.unparsed} unparsed; ${count(summary.matches, 'match', 'matches')}; ${Math.round(summary.eventsPerSecond).toLocaleString('en-US')} events/s`,
  );
  if (summary.unroutedEvents > 0) {
    output.note(`${count(summary.unroutedEvents, 'event')} of a logsource that no loaded rule looks at`);
  }
}

function atLeast(triage: Triage, level: Level | undefined): boolean {
  if (level === undefined) return false;
  return triage.rules.some((rule) => levels.indexOf(rule.level) >= levels.indexOf(level));
}
