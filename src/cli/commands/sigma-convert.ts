/** `watchfloor sigma convert`: rules as a filter over stored events. */
import type { Command } from 'commander';
import { renderSql, type SqlText, sqlBounds } from '../../lang/sigma/index.ts';
import { count, exitCode } from '../output.ts';
import { tellRefused } from '../pack-files.ts';
import { runLocal } from '../run.ts';
import { placeholdersOf, type RuleOptions, withRuleOptions } from './sigma-options.ts';

export function sigmaConvertCommand(sigma: Command): void {
  const command = sigma
    .command('convert')
    .description("Write rules as ClickHouse WHERE conditions over Watchfloor's events table")
    .argument('<path...>', 'files, folders, tar.gz or zip of rules');
  withRuleOptions(command)
    .option('--json', '{"rule_id","title","where","certain","exact_for","params"} a rule on standard output')
    .addHelpText(
      'after',
      `
Two conditions a rule. "where" lets through every row that the rule matches, and others: what SQL can not say
is left out, and Watchfloor's engine confirms the rows. "certain" lets through only rows that it matches.
"exact_for" names the parsers whose rows are decided by their columns alone: between the two are then only rows
whose columns are empty or not ASCII, or that an older version wrote. Values are parameters
({sigma0:Array(String)}, {sigma1:String}), never part of the text. Correlations are not converted; the rules
that feed them are.

Exit code 0: all were converted. 1: a document was refused.`,
    )
    .action((paths: string[], options: RuleOptions) =>
      runLocal(options, async (output, signal) => {
        const [{ loadSigmaRules }, { verbatimParsers }] = await Promise.all([
          import('../../app/sigma-rules.ts'),
          import('../../app/verbatim.ts'),
        ]);
        const placeholders = placeholdersOf(options.placeholder);
        const loaded = await loadSigmaRules({ paths, placeholders, reading: options.filters, signal });
        tellRefused(loaded.refused, output);
        const { mappings } = loaded;
        let exact = 0;
        for (const { rule } of loaded.compiled) {
          const bounds = sqlBounds(rule, { mappings, placeholders, verbatim: verbatimParsers });
          if (!bounds.ok)
            throw new Error(`${rule.id} compiled, and was refused after: ${bounds.error.reason}`);
          const { possible, certain, exactFor } = bounds.value;
          const { texts, params } = renderSql({ where: possible, certain });
          const converted = { ...texts, exact_for: exactFor, params };
          if (exactFor.length > 0) exact += 1;
          output.result({ rule_id: rule.id, title: rule.title, ...converted }, () =>
            sqlText(rule.title, rule.id, converted),
          );
        }
        output.note(
          `${count(loaded.compiled.length, 'rule')} converted (${exact} of them exact), ${loaded.refused.length} refused`,
        );
        return loaded.refused.length === 0 ? exitCode.ok : exitCode.failed;
      }),
    );
}

interface Converted extends SqlText {
  readonly certain: string;
  readonly exact_for: readonly string[];
}

/** Comments for people: a title must not end the comment. */
function sqlText(title: string, id: string, { where, params, certain, exact_for }: Converted): string {
  const line = (text: string): string => `-- ${text.replaceAll(/[\r\n]+/g, ' ')}`;
  const values = Object.entries(params).map(([name, value]) => line(`${name} = ${JSON.stringify(value)}`));
  const exact = exact_for.length > 0;
  const kind = exact
    ? `exact for ${exact_for.join(', ')}`
    : certain === '0'
      ? 'a superset'
      : 'exact for some rows';
  return [
    line(`${title} (${id}): ${kind}`),
    ...values,
    line('every row that it matches, and others:'),
    where,
    ...(certain === '0' ? [] : [line('only rows that it matches:'), certain]),
    '',
  ].join('\n');
}
