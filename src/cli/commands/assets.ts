/** `watchfloor assets`, `watchfloor identities`: whom and what alerts are about. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError, messageOf } from '../../base/errors.ts';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, inert, table } from '../output.ts';
import { runCommand } from '../run.ts';
import type { ApiClient } from '../target.ts';

type Entity = Awaited<ReturnType<ApiClient['assets']['list']>>['items'][number];

export function assetsCommands(program: Command): void {
  const assets = program
    .command('assets')
    .description('Hosts and addresses: import, list, what never groups');
  const identities = program.command('identities').description('Users: import, list');
  entityCommands(assets, 'host', 'assets');
  entityCommands(identities, 'user', 'identities');
  neverGroupCommands(assets);
}

function entityCommands(parent: Command, kind: 'host' | 'user', what: string): void {
  withTarget(parent.command('import'))
    .description(
      `Import ${what} from CSV: name, aliases, owner, role, value (1 to 5, or low to critical), tags; several values with ;`,
    )
    .argument('<file>', 'the file')
    .addHelpText('after', '\nExit code 1 when a row was refused; the others are taken.')
    .action((file: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const csv = await readText(file);
        const report = await target.api.assets.import({ kind, csv });
        for (const { line, name, reason } of report.refused)
          output.note(`refused ${file}:${line}: ${inert(name)}${name === '' ? '' : ' '}${inert(reason)}`);
        output.result(
          report,
          () =>
            `${report.added} added, ${report.changed} changed, ${report.unchanged} unchanged, ${report.refused.length} refused`,
        );
        return report.refused.length === 0 ? exitCode.ok : exitCode.failed;
      }),
    );

  withTarget(parent.command('list', { isDefault: true }))
    .description(`${kind === 'host' ? 'Hosts and addresses' : 'Users'}, imported or seen in alerts, by name`)
    .option('--text <text>', 'part of a name, alias, owner or role')
    .option('--imported', 'only imported ones')
    .option('--limit <n>', 'at most this many', wholeNumber, 500)
    .action((options: CommonOptions & { text?: string; imported?: boolean; limit: number }) =>
      runCommand(options, async ({ target, output }) => {
        const found: Entity[] = [];
        let cursor: string | undefined;
        let total = 0;
        do {
          const page = await target.api.assets.list({
            kind: kind === 'host' ? ['host', 'ip'] : ['user'],
            ...(options.text === undefined ? {} : { text: options.text }),
            ...(options.imported === true ? { imported: true } : {}),
            limit: Math.max(1, Math.min(500, options.limit - found.length)),
            ...(cursor === undefined ? {} : { cursor }),
          });
          total = page.total;
          found.push(...page.items);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined && found.length < options.limit);
        if (output.json) for (const entity of found) output.result(entity, () => '');
        else if (found.length > 0) output.result({}, () => entityTable(found));
        output.note(
          `${found.length < total ? `${found.length} of ` : ''}${count(total, what.replace(/s$/, ''), what)}`,
        );
        return exitCode.ok;
      }),
    );

  withTarget(parent.command('show'))
    .description('One by any of its names')
    .argument('<name>', 'name, alias or address')
    .action((name: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const entity = await target.api.assets.get({ kind, id: name });
        output.result(entity, () => entityTable([entity]));
        return exitCode.ok;
      }),
    );
}

function neverGroupCommands(assets: Command): void {
  const list = assets
    .command('never-group')
    .description('Values that never make alerts belong together: NAT, scanners, shared accounts');
  withTarget(list.command('list', { isDefault: true }))
    .description('The whole list, what comes with the program first')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const { items } = await target.api.assets.neverGroup();
        if (output.json) for (const one of items) output.result(one, () => '');
        else
          output.result({}, () =>
            table(
              ['KIND', 'PATTERN', 'REASON', 'BY', 'ID'],
              items.map((one) => [one.kind, one.pattern, one.reason, one.createdBy, one.id]),
            ),
          );
        return exitCode.ok;
      }),
    );
  withTarget(list.command('add'))
    .description('Add one')
    .argument('<kind>', 'host, user or ip')
    .argument('<pattern>', 'a name with * for any characters; an address or a range')
    .argument('<reason>', 'why')
    .action((kind: string, pattern: string, reason: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const added = await target.api.assets.addNeverGroup({
          kind: kind as 'host' | 'user' | 'ip',
          pattern,
          reason,
        });
        output.result(added, () => `added ${added.kind} ${inert(added.pattern)} (${added.id})`);
        return exitCode.ok;
      }),
    );
  withTarget(list.command('remove'))
    .description('Take one out that was added here')
    .argument('<id>', 'its id')
    .action((id: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const gone = await target.api.assets.removeNeverGroup({ id });
        output.result(gone, () => `removed ${gone.id}`);
        return exitCode.ok;
      }),
    );
}

async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (thrown) {
    const reason = thrown instanceof TypeError ? 'it is not UTF-8 text' : messageOf(thrown);
    throw new AppError('E_BAD_REQUEST', `${file} can not be read: ${reason}`, {}, thrown);
  }
}

function entityTable(entities: readonly Entity[]): string {
  return table(
    ['NAME', 'KIND', 'OWNER', 'ROLE', 'VALUE', 'TAGS', 'ALIASES'],
    entities.map((one) => [
      one.name,
      one.kind,
      one.owner,
      one.role,
      one.value === null ? '' : String(one.value),
      one.tags.join(', '),
      one.aliases.join(', '),
    ]),
  );
}
