/** `watchfloor sigma match`: rules against files of events, told as lines, table, CSV or timeline, with a summary for triage. */
import { open } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Format, formats } from '../../app/inputs/formats.ts';
import type { RuleSelection, TimeSelection } from '../../app/sigma-match-select.ts';
import { type Level, levels } from '../../lang/sigma/index.ts';
import { openSink } from '../match/sink.ts';
import { triageText } from '../match/summary.ts';
import { codeOf, progressOn, tellSummary } from '../match/tell.ts';
import { matchWriter, type OutputFormat, outputFormats } from '../match/writers.ts';
import { wholeNumber } from '../options.ts';
import { inert, type Output } from '../output.ts';
import { runLocal } from '../run.ts';
import {
  type LogsourceOptions,
  logsourceOf,
  placeholdersOf,
  type RuleOptions,
  withLogsource,
  withRuleOptions,
} from './sigma-options.ts';

interface MatchOptions extends RuleOptions, LogsourceOptions {
  readonly rules: string[];
  readonly events: string[];
  readonly format: OutputFormat;
  readonly output?: string;
  readonly failOn?: Level;
  readonly report?: string;
  readonly eventsFormat?: Format;
  readonly zone?: string;
  readonly minLevel?: Level;
  readonly status?: string[];
  readonly tag?: string[];
  readonly rule?: string[];
  readonly exceptRule?: string[];
  readonly threads?: number;
  readonly cache: boolean;
  readonly from?: number;
  readonly to?: number;
}

const help = `
Events are read as import reads them: Windows event logs (EVTX, XML), JSON lines and documents, Zeek logs,
lines of syslog, Linux audit and others, plain, gzip, or in a zip or tar archive. A folder stands for all that is
below it, hidden files left out; a pattern may have *, **, ?, {a,b} and [abc] (in quotes, or the shell
expands it). Files are read as streams, in the order given, which correlations over them go by.

  watchfloor sigma match --rules sigmahq.tar.gz --events 'logs/**/*.evtx' --format timeline -o timeline.csv
  watchfloor sigma match --rules sigmahq.tar.gz --events collection.zip --format table --min-level high

json (the default): {"rule_id":"…","event_index":N} a line, and "file" when there are several;
event_index counts the records of a file, from 0; blank lines are none. ndjson: all that is known of a
match, one object a line. csv: one match a line, as they are found. timeline: CSV in the order of time over
all files, with channel, event id and the values that made the rule match. table: for people.

A rule sees only events of its logsource. Correlations, new terms and filters take part; a rule that only
feeds a correlation is not told. The summary counts matches by level, rule, host, user, ATT&CK technique
and day; it comes on standard error, with --format table on standard output.

Exit code 0: done, with or without matches or refused rules. 1: rules or events can't be read, a file was
not read to its end, or there was a match of the level given by --fail-on. 2: wrong usage.
130: interrupted; what was found until then is written and told as partial.`;

export function sigmaMatchCommand(sigma: Command): void {
  const command = sigma
    .command('match')
    .description('Match rules against events; a match is {"rule_id":"…","event_index":N} on a line')
    .requiredOption('--rules <path...>', 'files, folders, tar.gz or zip of rules')
    .requiredOption(
      '--events <path...>',
      'files, folders, patterns, zip or tar archives; - for standard input',
    )
    .addOption(
      new Option('--format <format>', 'how matches are written').choices(outputFormats).default('json'),
    )
    .option('-o, --output <file>', 'where matches are written, instead of standard output')
    .option('--report <file>', 'write an HTML page of the matches as well')
    .addOption(
      new Option('--fail-on <level>', 'exit code 1 when a match has at least this level').choices(levels),
    )
    .addOption(new Option('--min-level <level>', 'only rules of at least this level').choices(levels))
    .option('--status <status...>', 'only rules of these statuses: stable, test, experimental …')
    .option('--tag <tag...>', 'only rules with one of these tags, such as attack.t1059 or attack.persistence')
    .option('--rule <name...>', 'only rules with this id, or this in their title')
    .option('--except-rule <name...>', 'no rules with this id, or this in their title')
    .option(
      '--from <time>',
      'only events from this time on, such as 2026-03-01 or 2026-03-01T08:30Z',
      instant,
    )
    .option('--to <time>', 'only events before this time', instant)
    .addOption(
      new Option(
        '--events-format <name>',
        'what the files are, instead of a guess by their first bytes',
      ).choices(formats),
    )
    .option('--zone <name>', 'zone of times that name none, such as Europe/Berlin (default: UTC)', zone);
  withLogsource(withRuleOptions(command))
    .option(
      '--threads <n>',
      'threads that look at events, 0 for none (default: by amount and cores)',
      wholeNumber,
    )
    .option('--no-cache', 'read every rule anew, and keep none for the next time')
    .option('--json', 'the summary on standard error becomes JSON as well')
    .addHelpText('after', help)
    .action((options: MatchOptions) => runLocal(options, (output, signal) => match(options, output, signal)));
}

/** A day stands for its beginning; without a zone it is UTC. */
function instant(text: string): number {
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(text);
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Date.parse(hasZone ? text : `${text}Z`);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(at))
    throw new InvalidArgumentError('It is no time such as 2026-03-01 or 2026-03-01T08:30:00Z.');
  return at;
}

function zone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new InvalidArgumentError('It is no zone such as Europe/Berlin.');
  }
}

async function match(options: MatchOptions, output: Output, signal: AbortSignal): Promise<number> {
  const [
    { runSigmaMatch },
    { ruleCacheIn, userCacheDir },
    { TriageCounts },
    { ReportMatches, reportHtml },
    { parsers },
  ] = await Promise.all([
    import('../../app/sigma-match.ts'),
    import('../../app/rule-cache-place.ts'),
    import('../../app/sigma-triage.ts'),
    import('../../app/sigma-report.ts'),
    import('../../app/parsers.ts'),
  ]);
  const counts = new TriageCounts();
  // Files that can't be written are known before hours of reading.
  const report = options.report === undefined ? null : await open(options.report, 'w');
  const reported = report === null ? null : new ReportMatches();
  const sink = await openSink(options.output);
  let several = options.events.some((path) => /[*?[{]/.test(path));
  const writer = matchWriter(options.format, sink, () => several);
  try {
    let unread = 0;
    output.progress('reading the rules');
    const summary = await runSigmaMatch({
      ...settingsOf(options),
      ...(options.cache ? ruleCacheIn(userCacheDir()) : {}),
      signal,
      parsers,
      progress: progressOn(isShown(options, sink.terminalWidth) ? output : null, (files) => {
        several ||= files > 1;
      }),
      onMatch: (found) => {
        counts.add(found);
        reported?.add(found);
        return writer.match(found);
      },
      onUnread: ({ file, line, reason }) => {
        if (!output.json && unread++ < 20) output.note(`${inert(file)}:${line}: not read: ${reason}`);
      },
      onUnreadFile: ({ file, reason }) => {
        if (!output.json) output.note(`${inert(file)}: not read to its end: ${inert(reason)}`);
      },
    });
    const triage = counts.triage();
    output.progress('');
    await writer.end();
    if (options.format === 'table')
      await sink.write(
        `${triageText(triage, summary, sink.terminalWidth !== null, sink.terminalWidth ?? Number.POSITIVE_INFINITY)}\n`,
      );
    if (output.json) output.note(JSON.stringify({ ...summary, triage }));
    else tellSummary(summary, options.format === 'table' ? null : triage, output);
    if (report !== null && reported !== null) {
      await report.writeFile(reportHtml(summary, triage, reported, Date.now()));
      output.note(`report written to ${inert(options.report ?? '')}`);
    }
    return codeOf(summary, triage, options.failOn);
  } finally {
    await writer.close();
    await sink.close();
    await report?.close();
  }
}

/** Lines on a terminal and a line that is written over do not go together. */
function isShown({ format }: MatchOptions, terminalWidth: number | null): boolean {
  return terminalWidth === null || format === 'table' || format === 'timeline';
}

function settingsOf(options: MatchOptions) {
  const { minLevel, status, tag, rule, exceptRule, from, to, eventsFormat, zone } = options;
  const logsource = logsourceOf(options);
  const select: RuleSelection = {
    ...(minLevel === undefined ? {} : { minLevel }),
    ...(status === undefined ? {} : { statuses: status }),
    ...(tag === undefined ? {} : { tags: tag }),
    ...(rule === undefined ? {} : { rules: rule }),
    ...(exceptRule === undefined ? {} : { exceptRules: exceptRule }),
  };
  const within: TimeSelection = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  return {
    rulesPath: options.rules,
    eventsPath: options.events,
    exceptFiles: [options.output, options.report].filter((path) => path !== undefined),
    placeholders: placeholdersOf(options.placeholder),
    reading: options.filters,
    select,
    within,
    ...(logsource === undefined ? {} : { logsource }),
    ...(eventsFormat === undefined ? {} : { format: eventsFormat }),
    ...(zone === undefined ? {} : { zone }),
    ...(options.threads === undefined ? {} : { threads: Math.min(options.threads, 64) }),
    details: options.report !== undefined || options.format === 'timeline' || options.format === 'ndjson',
  };
}
