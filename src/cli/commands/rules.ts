/** `watchfloor rules`: load, list, read, try, and say what a rule may do. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, inert, type Output, table } from '../output.ts';
import {
  addPlan,
  addReport,
  emptyPlan,
  emptyReport,
  type PackOptions,
  packNameOf,
  planText,
  readPack,
  requests,
  summary,
  tellRefused,
} from '../pack-files.ts';
import { runCommand } from '../run.ts';
import type { ApiClient } from '../target.ts';
import { rulePackCommands } from './rule-packs.ts';
import { ruleTestCommand } from './rule-test.ts';
import { ruleTuningCommands } from './rule-tuning.ts';

type Rule = Awaited<ReturnType<ApiClient['rules']['list']>>['items'][number];
type Backtest = Awaited<ReturnType<ApiClient['rules']['backtest']>>;

interface LoadOptions extends CommonOptions {
  readonly state: PackOptions['state'];
  readonly profile: string;
  readonly pack?: string;
  readonly dryRun?: boolean;
  readonly overwrite?: boolean;
}

export function rulesCommand(program: Command): void {
  const rules = program.command('rules').description('Load and manage Sigma rules');

  withTarget(rules.command('load'))
    .description(
      'Add or change rules from files, folders, tar.gz or zip archives; a known rule keeps its state, its exceptions, and what was edited here',
    )
    .argument('<path...>', 'where the rules are')
    .option('--pack <name>', 'name of the pack (default: of the folder or archive; local for a file)')
    .option(
      '--state <state>',
      'state of rules that are new: alert, observe, off, or profile: by status and level',
      'profile',
    )
    .option('--profile <name>', 'profile for --state profile', 'default')
    .option('--overwrite', 'also over texts that were edited here')
    .option('--dry-run', 'say what would change, with the differences, and change nothing')
    .addHelpText('after', '\nExit code 1 when a document was refused; the others are loaded.')
    .action((paths: string[], options: LoadOptions) =>
      runCommand(options, ({ target, output, signal }) => load(target.api, paths, options, output, signal)),
    );

  withTarget(rules.command('list', { isDefault: true }))
    .description('Loaded rules by title')
    .option('--text <text>', 'part of the title')
    .option('--state <state>', 'alert, observe or off')
    .option('--pack <name>', 'of this pack')
    .option('--flooding', 'only rules that passed their cap in this hour')
    .option('--limit <n>', 'at most this many', wholeNumber, 1000)
    .action(
      (
        options: CommonOptions & {
          text?: string;
          state?: Rule['state'];
          pack?: string;
          flooding?: boolean;
          limit: number;
        },
      ) =>
        runCommand(options, async ({ target, output }) => {
          const { text, state, pack, flooding, limit } = options;
          const { items, total } = await target.api.rules.list({
            ...(text === undefined ? {} : { text }),
            ...(state === undefined ? {} : { state }),
            ...(pack === undefined ? {} : { pack }),
            ...(flooding === true ? { flooding: true } : {}),
            limit,
          });
          if (output.json) for (const rule of items) output.result(rule, () => '');
          else if (items.length > 0) output.result({}, () => ruleTable(items));
          output.note(`${items.length < total ? `${items.length} of ` : ''}${count(total, 'rule')}`);
          return exitCode.ok;
        }),
    );

  withTarget(rules.command('show'))
    .description('One rule with its source')
    .argument('<id>', 'rule id')
    .action((id: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const rule = await target.api.rules.get({ id });
        output.result(rule, () => rule.source.trimEnd());
        if (rule.problem !== null) output.note(`not evaluated: ${inert(rule.problem)}`);
        if (rule.memory !== null) {
          const { groups, entries, evicted, late } = rule.memory;
          output.note(
            `remembers ${count(entries, 'observation')} of ${count(groups, 'group')}; ${evicted} evicted, ${late} too late`,
          );
        }
        return exitCode.ok;
      }),
    );

  withTarget(rules.command('backtest'))
    .description('What a rule would have matched among the stored events')
    .argument('<id>', 'rule id')
    .option('--days <n>', 'of event time, back from now', wholeNumber, 7)
    .option('--file <path>', 'a document to try in place of the stored one')
    .addHelpText('after', '\nCtrl-C ends it in the store as well.')
    .action((id: string, options: CommonOptions & { days: number; file?: string }) =>
      runCommand(options, async ({ target, output, signal }) => {
        const source = options.file === undefined ? {} : { source: await readFile(options.file, 'utf8') };
        const report = await target.api.rules.backtest({ id, days: options.days, ...source }, { signal });
        output.result(report, () => backtestText(report));
        return exitCode.ok;
      }),
    );

  for (const [name, state, description] of [
    ['on', 'alert', 'A match opens or joins an alert'],
    ['observe', 'observe', 'A match is counted and can be searched; it opens no alert'],
    ['off', 'off', 'The rule is not evaluated'],
  ] as const) {
    withTarget(rules.command(name))
      .description(description)
      .argument('<id>', 'rule id')
      .action((id: string, options: CommonOptions) =>
        runCommand(options, async ({ target, output }) => {
          const { version } = await target.api.rules.get({ id });
          const changed = await target.api.rules.setState({ id, version, state });
          output.result(changed, () => ruleTable([changed]));
          return exitCode.ok;
        }),
      );
  }
  ruleTestCommand(rules);
  rulePackCommands(rules);
  ruleTuningCommands(rules);
}

async function load(
  api: ApiClient,
  paths: readonly string[],
  options: LoadOptions,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const dryRun = options.dryRun === true;
  const report = emptyReport();
  const plan = emptyPlan();
  for (const path of paths) {
    const { files, refused } = await readPack(path, output, signal);
    (dryRun ? plan : report).refused.push(...refused);
    const asked = {
      pack: options.pack ?? packNameOf(path),
      state: options.state,
      profile: options.profile,
      overwrite: options.overwrite === true,
    };
    let sent = 0;
    for (const part of requests(files)) {
      output.progress(`${path}: ${sent} of ${files.length} documents`);
      if (dryRun) addPlan(plan, await api.rules.plan({ files: part, ...asked }, { signal }));
      else addReport(report, await api.rules.load({ files: part, ...asked }, { signal }));
      sent += part.length;
    }
  }
  const { refused, warnings } = dryRun ? plan : report;
  tellRefused(refused, output);
  tellRefused(warnings, output, 'warning:');
  const { ids: _ids, ...told } = report;
  if (dryRun) output.result({ ...plan, ids: undefined }, () => planText(plan, true));
  else output.result(told, () => summary(report));
  return refused.length === 0 ? exitCode.ok : exitCode.failed;
}

function backtestText(report: Backtest): string {
  const { byDay, byEntity, samples } = report;
  const lines = [
    `${inert(report.title)}: ${count(report.matches, 'match', 'matches')} from ${report.from} to ${report.to}, which would open ${count(report.alerts, 'alert')}`,
  ];
  if (report.matches > 0) {
    lines.push(
      table(
        ['DAY', 'MATCHES'],
        byDay.map(({ day, matches }) => [day, String(matches)]),
      ),
      table(
        ['ENTITY', 'KIND', 'MATCHES'],
        byEntity.map(({ kind, name, matches }) => [name, kind, String(matches)]),
      ),
      table(
        ['TIME', 'EVENT', 'HOST', 'USER'],
        samples.map(({ time, eventId, host, user }) => [time, eventId, host, user]),
      ),
    );
  }
  lines.push(
    `${count(report.candidates, 'event')} looked at, ${count(report.counted, 'match', 'matches')} counted in the store, in ${(report.durationMs / 1_000).toFixed(1)} s`,
  );
  return lines.join('\n\n');
}

function ruleTable(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => [
    rule.id,
    rule.severity,
    rule.floodingSince === null ? rule.state : `${rule.state}, flooding`,
    rule.kind,
    rule.title,
    rule.pack + (rule.edited ? ', edited' : ''),
    rule.author,
  ]);
  return table(['RULE', 'SEVERITY', 'STATE', 'KIND', 'TITLE', 'PACK', 'AUTHOR'], rows);
}
