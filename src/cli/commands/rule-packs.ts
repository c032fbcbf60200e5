/** `watchfloor rules packs, sync`: rules that came together, and a folder as their source of truth. */
import type { Command } from 'commander';
import { type CommonOptions, withTarget } from '../options.ts';
import { count, exitCode, type Output, table } from '../output.ts';
import {
  addPlan,
  emptyPlan,
  type PackOptions,
  packNameOf,
  planText,
  readPack,
  requests,
  tellRefused,
} from '../pack-files.ts';
import { runCommand } from '../run.ts';
import type { ApiClient } from '../target.ts';

interface SyncOptions extends CommonOptions {
  readonly state: PackOptions['state'];
  readonly profile: string;
  readonly pack?: string;
  readonly overwrite?: boolean;
  readonly apply?: boolean;
}

export function rulePackCommands(rules: Command): void {
  withTarget(rules.command('packs'))
    .description('Packs that rules came with')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const { items } = await target.api.rules.packs();
        if (output.json) for (const pack of items) output.result(pack, () => '');
        else
          output.result({}, () =>
            table(
              ['PACK', 'RULES', 'ALERT', 'OBSERVE', 'OFF', 'EDITED', 'LOADED'],
              items.map(({ name, rules: all, states, edited, loadedAt }) =>
                [name, all, states.alert ?? 0, states.observe ?? 0, states.off ?? 0, edited, loadedAt].map(
                  String,
                ),
              ),
            ),
          );
        output.note(count(items.length, 'pack'));
        return exitCode.ok;
      }),
    );

  withTarget(rules.command('sync'))
    .description('Make a pack what a folder (or archive) says: shows the plan; --apply carries it out')
    .argument('<dir>', 'a folder of rules, a Git checkout for instance')
    .option('--pack <name>', 'name of the pack (default: of the folder)')
    .option('--state <state>', 'state of rules that are new: alert, observe, off or profile', 'profile')
    .option('--profile <name>', 'profile for --state profile', 'default')
    .option('--overwrite', 'also over texts that were edited here')
    .option('--apply', 'carry the plan out')
    .addHelpText(
      'after',
      '\nRules that the folder no longer holds are removed. A refused document stops --apply.',
    )
    .action((dir: string, options: SyncOptions) =>
      runCommand(options, ({ target, output, signal }) => sync(target.api, dir, options, output, signal)),
    );
}

async function sync(
  api: ApiClient,
  dir: string,
  options: SyncOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const asked = {
    pack: options.pack ?? packNameOf(dir),
    state: options.state,
    profile: options.profile,
    overwrite: options.overwrite === true,
  };
  const { files, refused } = await readPack(dir, output, signal);
  const plan = emptyPlan();
  plan.refused.push(...refused);
  for (const part of requests(files))
    addPlan(plan, await api.rules.plan({ files: part, ...asked }, { signal }));
  const prune = { pack: asked.pack, keep: plan.ids, overwrite: asked.overwrite };
  addPlan(plan, await api.rules.prune({ ...prune, dryRun: true }, { signal }));
  tellRefused(plan.refused, output);
  output.result({ ...plan, ids: undefined }, () => planText(plan, options.apply !== true));
  if (plan.refused.length > 0) {
    // A rule that can't be read today would look like one that was removed.
    output.note('nothing was changed: mend what was refused first');
    return exitCode.failed;
  }
  if (options.apply !== true) {
    output.note('nothing was changed; --apply carries this out');
    return exitCode.ok;
  }
  if (files.length === 0) {
    output.note(
      'nothing was changed: the folder holds no rule, and an empty folder is no order to remove all',
    );
    return exitCode.failed;
  }
  for (const part of requests(files)) await api.rules.load({ files: part, ...asked }, { signal });
  await api.rules.prune({ ...prune, dryRun: false }, { signal });
  output.note('done');
  return exitCode.ok;
}
