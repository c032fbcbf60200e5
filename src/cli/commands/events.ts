/** `watchfloor events`: stored events. */
import type { Command } from 'commander';
import { type CommonOptions, withTarget } from '../options.ts';
import { count, exitCode, table } from '../output.ts';
import { runCommand } from '../run.ts';

interface SearchOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly source?: string;
  readonly host?: string;
  readonly user?: string;
  readonly text?: string;
  readonly unparsed?: boolean;
  readonly limit: string;
}

export function eventsCommand(program: Command): void {
  const events = program.command('events').description('Search and read stored events');

  withTarget(events.command('search', { isDefault: true }))
    .description('Stored events, newest event time first')
    .option('--from <time>', 'event time at or after this (ISO-8601)')
    .option('--to <time>', 'event time before this (ISO-8601)')
    .option('--source <name>', 'only of this source')
    .option('--host <name>', 'only of this host')
    .option('--user <name>', 'only of this user (DOMAIN\\name)')
    .option('--text <text>', 'raw holds this text, in any case')
    .option('--unparsed', 'only records that could not become events')
    .option('--limit <n>', 'at most this many (up to 10,000)', '100')
    .action((options: SearchOptions) =>
      runCommand(options, async ({ target, output, signal }) => {
        const { items } = await target.api.events.search(
          {
            ...(options.from === undefined ? {} : { from: new Date(options.from).toISOString() }),
            ...(options.to === undefined ? {} : { to: new Date(options.to).toISOString() }),
            ...(options.source === undefined ? {} : { source: options.source }),
            ...(options.host === undefined ? {} : { host: options.host }),
            ...(options.user === undefined ? {} : { user: options.user }),
            ...(options.text === undefined ? {} : { text: options.text }),
            ...(options.unparsed === undefined ? {} : { unparsed: options.unparsed }),
            limit: Number(options.limit),
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
