/** `watchfloor events`: stored events. */
import { type Command, InvalidArgumentError } from 'commander';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, table } from '../output.ts';
import { runCommand } from '../run.ts';

interface SearchOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly source?: string;
  readonly host?: string;
  readonly user?: string;
  readonly text?: string;
  readonly field?: string;
  readonly unparsed?: boolean;
  readonly limit: number;
}

export function eventsCommand(program: Command): void {
  const events = program.command('events').description('Search and read stored events');

  withTarget(events.command('search', { isDefault: true }))
    .description('Stored events, newest event time first')
    .option('--from <time>', 'event time at or after this (ISO-8601)', isoTime)
    .option('--to <time>', 'event time before this (ISO-8601)', isoTime)
    .option('--source <name>', 'only of this source')
    .option('--host <name>', 'only of this host')
    .option('--user <name>', 'only of this user (DOMAIN\\name)')
    .option('--text <text>', 'raw holds this text, in any case')
    .option('--field <name=value>', "one of the vendor's own fields, as LogonType=3")
    .option('--unparsed', 'only records that could not become events')
    .option('--limit <n>', 'at most this many (up to 10,000)', wholeNumber, 100)
    .action((options: SearchOptions) =>
      runCommand(options, async ({ target, output, signal }) => {
        const { items } = await target.api.events.search(
          {
            ...(options.from === undefined ? {} : { from: options.from }),
            ...(options.to === undefined ? {} : { to: options.to }),
            ...(options.source === undefined ? {} : { source: options.source }),
            ...(options.host === undefined ? {} : { host: options.host }),
            ...(options.user === undefined ? {} : { user: options.user }),
            ...(options.text === undefined ? {} : { text: options.text }),
            ...(options.field === undefined ? {} : { field: options.field }),
            ...(options.unparsed === undefined ? {} : { unparsed: options.unparsed }),
            limit: options.limit,
          },
          { signal },
        );
        if (output.json) for (const event of items) output.result(event, () => '');
        else if (items.length > 0) {
          const rows = items.map((event) => [
            event.time,
            event.host,
            event.user,
            `${event.channel} ${event.eventCode}`.trim(),
            event.commandLine || event.process || event.unparsed,
          ]);
          output.result({}, () => table(['TIME', 'HOST', 'USER', 'EVENT', 'WHAT'], rows));
        }
        output.note(count(items.length, 'event'));
        return exitCode.ok;
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

/** Without a zone it is taken as UTC. */
function isoTime(text: string): string {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':') ? text : `${text}Z`;
  const at = Date.parse(zoned);
  if (Number.isNaN(at)) throw new InvalidArgumentError('It is no time like 2026-11-24T14:00Z.');
  return new Date(at).toISOString();
}
