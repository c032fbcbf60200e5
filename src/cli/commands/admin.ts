/** Commands of the operator: status, sign-in links, sources, holds, backup, restore, check. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommonOptions, configOf, withTarget } from '../options.ts';
import { count, exitCode, table } from '../output.ts';
import { runCommand, runLocal } from '../run.ts';

export function adminCommands(program: Command): void {
  withTarget(program.command('status'))
    .description('What is stored, and how far detection is')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const status = await target.api.system.status();
        output.result(status, () => JSON.stringify(status, null, 2));
        return exitCode.ok;
      }),
    );

  withTarget(program.command('sign-in-link'))
    .description('Print a new one-time link to sign in to the running service')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const link = await target.api.system.signInLink();
        output.result(link, () => link.url);
        return exitCode.ok;
      }),
    );

  sources(program);
  holds(program);
  backups(program);
}

function sources(program: Command): void {
  const sources = program.command('sources').description('Sources that may send');
  withTarget(sources.command('list', { isDefault: true }))
    .description('Sources by name')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const { items } = await target.api.sources.list();
        if (output.json) for (const source of items) output.result(source, () => '');
        else if (items.length > 0)
          output.result({}, () =>
            table(
              ['SOURCE', 'CREATED', 'DESCRIPTION'],
              items.map((one) => [one.id, one.createdAt, one.description]),
            ),
          );
        output.note(count(items.length, 'source'));
        return exitCode.ok;
      }),
    );
  withTarget(sources.command('add'))
    .description('Add a source; its token is printed this once')
    .argument('<name>', 'lower-case letters, digits, dot, dash, underscore')
    .argument('[description]', 'what sends', '')
    .action((id: string, description: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const source = await target.api.sources.create({ id, description });
        output.result(source, () => source.token);
        return exitCode.ok;
      }),
    );
}

function holds(program: Command): void {
  const holds = program
    .command('holds')
    .description('Legal holds: events received on these days do not expire');
  withTarget(holds.command('list', { isDefault: true }))
    .description('Holds, newest first')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const { items } = await target.api.system.holds();
        if (output.json) for (const hold of items) output.result(hold, () => '');
        else if (items.length > 0)
          output.result({}, () =>
            table(
              ['HOLD', 'FROM', 'TO', 'RELEASED', 'REASON'],
              items.map((one) => [one.id, one.fromDay, one.toDay, one.releasedAt ?? '', one.reason]),
            ),
          );
        output.note(count(items.length, 'hold'));
        return exitCode.ok;
      }),
    );
  withTarget(holds.command('add'))
    .description('Hold events received from one UTC day to another, both included')
    .argument('<from>', 'YYYY-MM-DD')
    .argument('<to>', 'YYYY-MM-DD')
    .argument('<reason>', 'why, for the audit')
    .action((fromDay: string, toDay: string, reason: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const hold = await target.api.system.hold({ fromDay, toDay, reason });
        output.result(hold, () => hold.id);
        return exitCode.ok;
      }),
    );
  withTarget(holds.command('release'))
    .description('Release a hold')
    .argument('<id>', 'id of the hold')
    .action((id: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        output.result(await target.api.system.releaseHold({ id }), () => `released ${id}`);
        return exitCode.ok;
      }),
    );
}

function backups(program: Command): void {
  withTarget(program.command('backup'))
    .description('Write a consistent backup of both stores to a new directory, while the service runs')
    .argument('<dir>', 'new or empty directory, on the machine of the service')
    .action((directory: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output, signal }) => {
        const report = await target.api.system.backup({ directory: resolve(directory) }, { signal });
        output.result(
          report,
          () =>
            `${report.directory}: ${count(report.events, 'event')}, ${count(report.records, 'row')} of records, ${report.bytes.toLocaleString('en-US')} bytes`,
        );
        return exitCode.ok;
      }),
    );

  program
    .command('restore')
    .description('Fill a new data directory (or empty servers) from a backup, and check it')
    .argument('<dir>', 'directory of the backup')
    .option('--data <dir>', 'data directory to fill; must be new or empty')
    .option('--config <file>', 'configuration file')
    .option('--json', 'one JSON object a line on standard output')
    .action((directory: string, options: CommonOptions) =>
      runLocal(options, async (output) => {
        const { restoreInto } = await import('../../app/offline.ts');
        const { restored, check } = await restoreInto(configOf(options), resolve(directory), (what) =>
          output.progress(what),
        );
        for (const fault of check.faults) output.note(`fault: ${fault}`);
        output.result(
          { ...restored, check },
          () =>
            `restored ${count(restored.events, 'event')} and ${count(restored.records, 'row')} of records; check ${check.ok ? 'passed' : 'FAILED'}`,
        );
        return check.ok ? exitCode.ok : exitCode.failed;
      }),
    );

  program
    .command('check')
    .description('Check that the stores of a data directory tell one story (the service must be stopped)')
    .option('--data <dir>', 'data directory (WATCHFLOOR_DATA; default ./data)')
    .option('--config <file>', 'configuration file')
    .option('--json', 'one JSON object a line on standard output')
    .action((options: CommonOptions) =>
      runLocal(options, async (output) => {
        const { checkStores } = await import('../../app/offline.ts');
        const check = await checkStores(configOf(options));
        for (const fault of check.faults) output.note(`fault: ${fault}`);
        output.result(
          { ...check },
          () =>
            `${count(check.events, 'event')}, ${count(check.alerts, 'alert')}, ${count(check.evidence, 'piece')} of evidence: ${check.ok ? 'no contradiction' : count(check.faults.length, 'fault')}`,
        );
        return check.ok ? exitCode.ok : exitCode.failed;
      }),
    );
}
