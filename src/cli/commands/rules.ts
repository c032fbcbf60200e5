/** `watchfloor rules`: load, list, read, turn off and on. */
import type { Command } from 'commander';
import type { Pack, PackFile } from '../../app/rule-files.ts';
import { AppError } from '../../base/errors.ts';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, inert, type Output, table } from '../output.ts';
import { runCommand } from '../run.ts';
import type { ApiClient } from '../target.ts';

type Rule = Awaited<ReturnType<ApiClient['rules']['list']>>['items'][number];
type LoadReport = Awaited<ReturnType<ApiClient['rules']['load']>>;

interface LoadOptions extends CommonOptions {
  readonly state: Rule['state'] | 'profile';
}

/** Documents, and characters of them, sent in one request: it must stay well under the service's limit. */
const requestLimit = { files: 1_000, characters: 8 << 20 };

export function rulesCommand(program: Command): void {
  const rules = program.command('rules').description('Load and manage Sigma rules');

  withTarget(rules.command('load'))
    .description(
      'Add or change rules from files, folders, tar.gz or zip archives; a known rule keeps its state',
    )
    .argument('<path...>', 'where the rules are')
    .option(
      '--state <state>',
      'state of rules that are new: alert, observe, off, or profile: by status and level',
      'profile',
    )
    .addHelpText('after', '\nExit code 1 when a document was refused; the others are loaded.')
    .action((paths: string[], options: LoadOptions) =>
      runCommand(options, async ({ target, output, signal }) => {
        const { readRuleFiles } = await import('../../app/rule-files.ts');
        const report = { added: 0, changed: 0, unchanged: 0, refused: [] as LoadReport['refused'] };
        for (const path of paths) {
          const pack = await readRuleFiles(path, signal).catch((thrown: unknown) =>
            refusedPack(path, thrown),
          );
          report.refused.push(
            ...pack.refused.map(({ file, line, id, reason }) => ({ file, line, id, reason })),
          );
          if (pack.files.length + pack.refused.length === 0)
            output.note(`${path}: no .yml or .yaml file in it`);
          let sent = 0;
          for (const files of requests(pack.files)) {
            output.progress(`${path}: ${sent} of ${pack.files.length} documents`);
            const part = await target.api.rules.load({ files, state: options.state }, { signal });
            sent += files.length;
            report.added += part.added;
            report.changed += part.changed;
            report.unchanged += part.unchanged;
            report.refused.push(...part.refused);
          }
        }
        tellRefused(report.refused, output);
        output.result(
          report,
          () =>
            `${count(report.added, 'rule')} added, ${report.changed} changed, ${report.unchanged} unchanged, ${report.refused.length} refused`,
        );
        return report.refused.length === 0 ? exitCode.ok : exitCode.failed;
      }),
    );

  withTarget(rules.command('list', { isDefault: true }))
    .description('Loaded rules by title')
    .option('--text <text>', 'part of the title')
    .option('--state <state>', 'alert or off')
    .option('--limit <n>', 'at most this many', wholeNumber, 1000)
    .action((options: CommonOptions & { text?: string; state?: 'off' | 'alert'; limit: number }) =>
      runCommand(options, async ({ target, output }) => {
        const { items, total } = await target.api.rules.list({
          ...(options.text === undefined ? {} : { text: options.text }),
          ...(options.state === undefined ? {} : { state: options.state }),
          limit: options.limit,
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
        return exitCode.ok;
      }),
    );

  for (const [name, state, description] of [
    ['on', 'alert', 'A match opens or joins an alert'],
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
}

/** A path that can't be read is refused like a document: the other paths are loaded. */
function refusedPack(path: string, thrown: unknown): { files: PackFile[]; refused: LoadReport['refused'] } {
  if (!(thrown instanceof AppError)) throw thrown;
  return { files: [], refused: [{ file: path, line: null, id: null, reason: thrown.message }] };
}

function* requests(files: Pack['files']): Generator<PackFile[]> {
  let group: PackFile[] = [];
  let characters = 0;
  for (const file of files) {
    characters += file.content.length;
    if (group.length > 0 && (group.length >= requestLimit.files || characters > requestLimit.characters)) {
      yield group;
      group = [];
      characters = file.content.length;
    }
    group.push(file);
  }
  if (group.length > 0) yield group;
}

/** Refused documents go to standard error one by one: file, line, reason. */
export function tellRefused(
  refused: readonly { readonly file: string; readonly line: number | null; readonly reason: string }[],
  output: Output,
): void {
  for (const one of refused)
    output.note(`refused ${inert(one.file)}${one.line === null ? '' : `:${one.line}`}: ${inert(one.reason)}`);
}

function ruleTable(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => [rule.id, rule.severity, rule.state, rule.title, rule.author]);
  return table(['RULE', 'SEVERITY', 'STATE', 'TITLE', 'AUTHOR'], rows);
}
