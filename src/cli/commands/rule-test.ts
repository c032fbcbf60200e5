/** `watchfloor rules test`: stored rules held against the events that they have to match and must not. */
import type { Command } from 'commander';
import { type CommonOptions, withTarget } from '../options.ts';
import { count, exitCode, inert, table } from '../output.ts';
import { runCommand } from '../run.ts';

export function ruleTestCommand(rules: Command): void {
  withTarget(rules.command('test'))
    .description(
      'Hold rules against their evidence: events that they have to match, and events that they must not',
    )
    .argument('[id...]', 'rule ids (default: every rule that has evidence)')
    .addHelpText('after', '\nExit code 1 when one fails.')
    .action((ids: string[], options: CommonOptions) =>
      runCommand(options, async ({ target, output, signal }) => {
        const report = await target.api.rules.test(ids.length === 0 ? {} : { ids }, { signal });
        const { failed } = report;
        const rows = failed.map(({ ruleId, title, expect, why }) => [
          ruleId,
          title,
          expect === 'match' ? 'has to match' : 'must not match',
          why,
        ]);
        output.result(report, () =>
          [
            ...(rows.length === 0
              ? []
              : [
                  table(
                    ['RULE', 'TITLE', 'FAILS', 'EVENT'],
                    rows.map((row) => row.map(inert)),
                  ),
                ]),
            `${count(report.rules, 'rule')}, ${count(report.evidence, 'event')} of evidence, ${failed.length} failed`,
          ].join('\n\n'),
        );
        return failed.length === 0 ? exitCode.ok : exitCode.failed;
      }),
    );
}
