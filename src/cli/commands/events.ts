/** `watchfloor events`: stored events. */
import { type Command, InvalidArgumentError } from 'commander';
import type { HuntEvent, HuntItem, Partial } from '../../api/contract/hunts.ts';
import { untilDone } from '../../api/contract/until-done.ts';
import { AppError } from '../../base/errors.ts';
import { group, parseQuery, printQuery, type QueryFault, type QueryNode } from '../../lang/query/index.ts';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, inert, type Output, table } from '../output.ts';
import { runCommand } from '../run.ts';

interface SearchOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly received?: boolean;
  readonly source?: string;
  readonly host?: string;
  readonly user?: string;
  readonly text?: string;
  readonly field?: string;
  readonly fields?: string;
  readonly unparsed?: boolean;
  readonly limit: number;
}

const huntHelp = `
Queries (docs/guides/search.md has the whole language):
  host: web-1 and not user: "NT AUTHORITY\\SYSTEM"
  Image: *\\\\powershell.exe and CommandLine: *enc*
  dst_port in (22, 3389) and src_ip: 10.0.0.0/8
  "mimikatz"                          text anywhere in the record`;

export function eventsCommand(program: Command): void {
  const events = program.command('events').description('Search and read stored events');

  withTarget(events.command('search', { isDefault: true }))
    .description('Stored events, newest first, as they are found')
    .argument('[query...]', 'what to find; nothing finds every event')
    .option('--from <time>', 'at or after this (ISO-8601)', isoTime)
    .option('--to <time>', 'before this (ISO-8601)', isoTime)
    .option('--received', 'the times are those of receipt, not of the events')
    .option('--fields <names>', 'columns to print, as host,user,LogonType')
    .option('--source <name>', 'only of this source')
    .option('--host <name>', 'only of this host')
    .option('--user <name>', 'only of this user (DOMAIN\\name)')
    .option('--text <text>', 'raw holds this text, in any case')
    .option('--field <name=value>', "one of the vendor's own fields, as LogonType=3")
    .option('--unparsed', 'only records that could not become events')
    .option('--limit <n>', 'at most this many (up to 10,000)', wholeNumber, 100)
    .addHelpText('after', huntHelp)
    .action((words: readonly string[], options: SearchOptions) =>
      runCommand(options, ({ target, output, signal }) => {
        const query = queryOf(words.join(' '), options, output);
        return search(target.api.events.stream(inputOf(query, options), { signal }), options, output, signal);
      }),
    );

  withTarget(events.command('show'))
    .description("One event: raw, the vendor's fields, OCSF")
    .argument('<id>', 'event id')
    .action((id: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const event = await target.api.events.get({ id });
        output.result(event, () => JSON.stringify(event, null, 2));
        return exitCode.ok;
      }),
    );
}

/** The query with what the options add to it. Throws AppError E_CONFIG after showing where it is wrong. */
function queryOf(text: string, options: SearchOptions, output: Output): string {
  const parsed = parseQuery(text);
  if (!parsed.ok) {
    output.note(pointed(text, parsed.error));
    throw new AppError('E_CONFIG', `the query: ${parsed.error.message} ${parsed.error.hint}`);
  }
  return printQuery(
    group(
      'and',
      [parsed.value, ...conditions(options)].filter((node) => node.kind !== 'all'),
    ),
  );
}

/** The query with a line under the place that is meant. */
function pointed(text: string, { start, end }: QueryFault): string {
  return `${inert(text)}\n${' '.repeat(start)}${'^'.repeat(Math.max(1, end - start))}`;
}

function conditions(options: SearchOptions): readonly QueryNode[] {
  const is = (field: string, value: string | undefined): readonly QueryNode[] =>
    value === undefined ? [] : [{ kind: 'is', field, any: [{ parts: [value] }] }];
  const equals = options.field?.indexOf('=') ?? -1;
  if (options.field !== undefined && equals < 1) {
    throw new AppError('E_CONFIG', `--field is NAME=VALUE, not ${options.field}`);
  }
  return [
    ...is('source', options.source),
    ...is('host', options.host),
    ...is('user', options.user),
    ...(equals < 1 ? [] : is(`native.${options.field?.slice(0, equals)}`, options.field?.slice(equals + 1))),
    ...(options.text === undefined || options.text === ''
      ? []
      : ([{ kind: 'text', pattern: { parts: [options.text] } }] as const)),
    ...(options.unparsed === true ? ([{ kind: 'exists', field: 'unparsed' }] as const) : []),
  ];
}

function inputOf(q: string, { from, to, received, fields, limit }: SearchOptions) {
  return {
    q,
    limit,
    fields: fields ?? '',
    basis: received === true ? ('received' as const) : ('event' as const),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

const headings = ['TIME', 'HOST', 'USER', 'EVENT', 'WHAT'];

async function search(
  opening: Promise<AsyncIterable<HuntItem>>,
  options: SearchOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const names = (options.fields ?? '').split(',').filter((name) => name.trim() !== '');
  let first = true;
  for await (const item of untilDone(await opening, signal)) {
    signal.throwIfAborted();
    if (item.type === 'progress') {
      const share = item.rowsTotal === 0 ? '' : ` of about ${item.rowsTotal.toLocaleString('en-US')}`;
      const read = Math.max(item.rowsRead, item.examined).toLocaleString('en-US');
      output.progress(`${count(item.found, 'event')} found, ${read}${share} read`);
    } else if (item.type === 'done') {
      output.note(
        `${count(item.found, 'event')}${item.partial === null ? '' : `. ${missing(item.partial)}`}`,
      );
    } else if (output.json) {
      for (const event of item.items) output.result(event, () => '');
    } else {
      const rows = item.items.map((event) => (names.length === 0 ? row(event) : fieldRow(event, names)));
      const heads = names.length === 0 ? headings : ['TIME', ...names];
      const text = table(heads, rows);
      // Each portion has its own widths; the headings stand once.
      output.result({}, () => (first ? text : text.slice(text.indexOf('\n') + 1)));
      first = false;
    }
  }
  return exitCode.ok;
}

function row(event: HuntEvent): readonly string[] {
  return [
    event.time,
    event.host,
    event.user,
    `${event.channel} ${event.eventCode}`.trim() || event.className,
    event.commandLine || event.process || event.file || event.unparsed || event.raw.slice(0, 200),
  ];
}

function fieldRow(event: HuntEvent, names: readonly string[]): readonly string[] {
  return [event.time, ...names.map((name) => (event.fields[name.trim()] ?? []).join(', '))];
}

function missing({ reason, before }: Partial): string {
  const where =
    before === null ? 'Nothing was looked at to the end' : `Nothing before ${before} was looked at`;
  switch (reason) {
    case 'limit':
      return `There may be more before ${before ?? 'these'}: give --limit or --to`;
    case 'examined':
      return `${where}: too many records had to be read one by one. Narrow the time or add a host or source`;
    case 'time':
      return `${where}: the search ran into its time limit. Narrow the time or add a host or source`;
    case 'memory':
      return `${where}: the search ran into its memory limit. Narrow the time or add a host or source`;
  }
}

/** Without a zone it is taken as UTC. */
function isoTime(text: string): string {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':') ? text : `${text}Z`;
  const at = Date.parse(zoned);
  if (Number.isNaN(at)) throw new InvalidArgumentError('It is no time like 2026-11-24T14:00Z.');
  return new Date(at).toISOString();
}
