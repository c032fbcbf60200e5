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
    .option('--json', '{"rule_id","title","where","params"} a rule on standard output')
    .addHelpText(
      'after',
      `
A condition lets through every row that the rule matches, and others: what SQL can not say is left out, and
Watchfloor's engine confirms the rows. Values are parameters ({sigma0:Array(String)}), never part of the
text. Correlations are not converted; the rules that feed them are.

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
        for (const { rule } of loaded.compiled) {
          const condition = sqlBounds(rule, { mappings, placeholders, verbatim: verbatimParsers });
          if (!condition.ok)
            throw new Error(`${rule.id} compiled, and was refused after: ${condition.error.reason}`);
          const sql = renderSql(condition.value.possible);
          output.result({ rule_id: rule.id, title: rule.title, ...sql }, () =>
            sqlText(rule.title, rule.id, sql),
          );
        }
        output.note(`${count(loaded.compiled.length, 'rule')} converted, ${loaded.refused.length} refused`);
        return loaded.refused.length === 0 ? exitCode.ok : exitCode.failed;
      }),
    );
}

/** Comments for people: a title must not end the comment. */
function sqlText(title: string, id: string, { where, params }: SqlText): string {
  const line = (text: string): string => `-- ${text.replaceAll(/[\r\n]+/g, ' ')}`;
  const values = Object.entries(params).map(([name, value]) => line(`${name} = ${JSON.stringify(value)}`));
  return [line(`${title} (${id})`), ...values, where, ''].join('\n');
}
