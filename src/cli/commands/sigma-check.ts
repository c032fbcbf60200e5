/** `watchfloor sigma check` and `stats`: what is wrong with rules, and what there is of them. */
import type { Command } from 'commander';
import type { LoadedRules } from '../../app/sigma-rules.ts';
import { levels } from '../../lang/sigma/index.ts';
import { count, exitCode, table } from '../output.ts';
import { tellRefused } from '../pack-files.ts';
import { runLocal } from '../run.ts';
import { placeholdersOf, type RuleOptions, withRuleOptions } from './sigma-options.ts';

async function load(paths: string[], options: RuleOptions, signal: AbortSignal): Promise<LoadedRules> {
  const { loadSigmaRules } = await import('../../app/sigma-rules.ts');
  const placeholders = placeholdersOf(options.placeholder);
  return loadSigmaRules({ paths, placeholders, reading: options.filters, signal });
}

/** By kind; the detection of a new terms rule is part of it. */
function kindsOf({ compiled, stateful, filters }: LoadedRules) {
  const own = new Set(stateful.map(({ document }) => document.id));
  return {
    detection: compiled.filter(({ rule }) => !own.has(rule.id)).length,
    correlation: stateful.filter(({ document }) => document.spec.type !== 'new_terms').length,
    new_terms: stateful.filter(({ document }) => document.spec.type === 'new_terms').length,
    filter: filters.length,
  };
}

export function sigmaCheckCommand(sigma: Command): void {
  const command = sigma
    .command('check')
    .description('Read, link and compile rules; name what is wrong by file and line')
    .argument('<path...>', 'files, folders, tar.gz or zip of rules');
  withRuleOptions(command)
    .option('--strict', 'warnings fail as well')
    .option('--json', 'one finding a line on standard output, then the summary')
    .addHelpText(
      'after',
      `
Correlations and filters are linked with the other rules of the same call: give all that belong together.

Exit code 0: all documents can be evaluated. 1: one was refused, or (--strict) one has a warning.`,
    )
    .action((paths: string[], options: RuleOptions & { readonly strict?: boolean }) =>
      runLocal(options, async (output, signal) => {
        const loaded = await load(paths, options, signal);
        const { refused, warnings } = loaded;
        if (output.json) {
          for (const one of refused) output.result({ finding: 'refused', ...one }, () => '');
          for (const one of warnings) output.result({ finding: 'warning', ...one }, () => '');
        } else {
          tellRefused(refused, output);
          tellRefused(warnings, output, 'warning:');
        }
        const kinds = kindsOf(loaded);
        output.result(
          { files: loaded.files, ...kinds, refused: refused.length, warnings: warnings.length },
          () =>
            `${count(loaded.files, 'file')}: ${count(kinds.detection, 'detection rule')}, ${count(kinds.correlation, 'correlation')}, ${kinds.new_terms} new terms, ${count(kinds.filter, 'filter')}; ${refused.length} refused, ${count(warnings.length, 'warning')}`,
        );
        const failed = refused.length > 0 || (options.strict === true && warnings.length > 0);
        return failed ? exitCode.failed : exitCode.ok;
      }),
    );
}

export function sigmaStatsCommand(sigma: Command): void {
  const command = sigma
    .command('stats')
    .description('Count rules by kind, level, status, logsource and ATT&CK technique')
    .argument('<path...>', 'files, folders, tar.gz or zip of rules');
  withRuleOptions(command)
    .option('--json', 'one JSON object on standard output')
    .action((paths: string[], options: RuleOptions) =>
      runLocal(options, async (output, signal) => {
        const loaded = await load(paths, options, signal);
        const rules = loaded.compiled.map(({ rule }) => rule);
        const kinds = kindsOf(loaded);
        const sections = {
          kind: Object.entries(kinds).filter(([, n]) => n > 0),
          level: levels
            .toReversed()
            .map((level): [string, number] => [level, rules.filter((rule) => rule.level === level).length]),
          status: counted(rules.map(({ status }) => status ?? '(none)')),
          logsource: counted(
            rules.map(({ logsource: { category, product, service } }) =>
              [category, product, service].map((one) => one ?? '–').join(' / '),
            ),
          ),
          technique: counted(rules.flatMap(({ tags }) => tags.filter((tag) => /^attack\.t\d/i.test(tag)))),
        };
        const asObject = Object.fromEntries(
          Object.entries(sections).map(([name, rows]) => [name, Object.fromEntries(rows)]),
        );
        output.result({ files: loaded.files, refused: loaded.refused.length, ...asObject }, () =>
          Object.entries(sections)
            .map(([name, rows]) =>
              table(
                ['RULES', name.toUpperCase()],
                rows.slice(0, 20).map(([of, n]) => [String(n), of]),
              ),
            )
            .join('\n\n'),
        );
        if (loaded.refused.length > 0)
          output.note(`${loaded.refused.length} refused: see watchfloor sigma check`);
        return exitCode.ok;
      }),
    );
}

/** The most frequent first. */
function counted(names: readonly string[]): readonly [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}
