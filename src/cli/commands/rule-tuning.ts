/** `watchfloor rules activity, detections, coverage, exceptions`: what a rule did, and what it is not to alert on. */
import type { Command } from 'commander';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, inert, table } from '../output.ts';
import { runCommand } from '../run.ts';
import type { ApiClient } from '../target.ts';

type Activity = Awaited<ReturnType<ApiClient['rules']['activity']>>;

export function ruleTuningCommands(rules: Command): void {
  withTarget(rules.command('activity'))
    .description('Detections by day, verdicts, exceptions, history')
    .argument('<id>', 'rule id')
    .option('--days <n>', 'how many days', wholeNumber, 30)
    .action((id: string, options: CommonOptions & { days: number }) =>
      runCommand(options, async ({ target, output }) => {
        const activity = await target.api.rules.activity({ id, days: options.days });
        output.result(activity, () => activityText(activity));
        return exitCode.ok;
      }),
    );

  withTarget(rules.command('detections'))
    .description('Detections of a rule, newest first, also those that opened no alert')
    .argument('<id>', 'rule id')
    .option('--limit <n>', 'at most this many', wholeNumber, 100)
    .action((id: string, options: CommonOptions & { limit: number }) =>
      runCommand(options, async ({ target, output }) => {
        const { items } = await target.api.rules.detections({ id, limit: options.limit });
        if (output.json) for (const one of items) output.result(one, () => '');
        else if (items.length > 0)
          output.result({}, () =>
            table(
              ['TIME', 'OUTCOME', 'HOST', 'USER', 'SOURCE', 'EVENT'],
              items.map((one) => [one.eventTime, one.outcome, one.host, one.user, one.source, one.eventId]),
            ),
          );
        output.note(count(items.length, 'detection'));
        return exitCode.ok;
      }),
    );

  withTarget(rules.command('coverage'))
    .description('Rules that can never match here, and logsources that no rule looks at')
    .action((options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const coverage = await target.api.rules.coverage();
        output.result(coverage, () => coverageText(coverage));
        return exitCode.ok;
      }),
    );

  const exceptions = rules.command('exceptions').description('What a rule is not to alert on');
  withTarget(exceptions.command('list', { isDefault: true }))
    .description('Exceptions of a rule')
    .argument('<rule>', 'rule id')
    .action((id: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const { exceptions: all } = await target.api.rules.activity({ id, days: 1 });
        if (output.json) for (const one of all) output.result(one, () => '');
        else if (all.length > 0) output.result({}, () => exceptionTable(all));
        output.note(count(all.length, 'exception'));
        return exitCode.ok;
      }),
    );
  withTarget(exceptions.command('add'))
    .description('Events whose fields are as said open no alert; they are still detected and counted')
    .argument('<rule>', 'rule id')
    .argument(
      '<field=value...>',
      "as in a Sigma selection, 'CommandLine|contains=backup.exe'; all have to hold",
    )
    .requiredOption('--reason <reason>', 'why')
    .option('--owner <owner>', 'identity id or me', 'me')
    .option('--until <time>', 'when it ends, ISO-8601 (default: never)')
    .action(
      (
        id: string,
        fields: string[],
        options: CommonOptions & { reason: string; owner: string; until?: string },
      ) =>
        runCommand(options, async ({ target, output }) => {
          const added = await target.api.rules.addException({
            id,
            fields: fieldsOf(fields),
            reason: options.reason,
            owner: options.owner,
            expiresAt: options.until === undefined ? null : new Date(options.until).toISOString(),
          });
          output.result(added, () => exceptionTable([added]));
          return exitCode.ok;
        }),
    );
  withTarget(exceptions.command('remove'))
    .description('End an exception')
    .argument('<rule>', 'rule id')
    .argument('<exception>', 'its id')
    .action((id: string, exception: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const gone = await target.api.rules.removeException({ id, exception });
        output.result(gone, () => `removed ${gone.id}`);
        return exitCode.ok;
      }),
    );
}

/** The same field again is a list of values, any of which holds. */
function fieldsOf(pairs: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const [name, value] = at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    const known = fields[name];
    fields[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return fields;
}

function exceptionTable(all: Activity['exceptions']): string {
  return table(
    ['EXCEPTION', 'FIELDS', 'REASON', 'OWNER', 'UNTIL', 'EXCEPTED'],
    all.map((one) => [
      one.id,
      JSON.stringify(one.fields),
      one.reason,
      one.ownerName,
      one.expiresAt ?? 'never',
      String(one.excepted),
    ]),
  );
}

function activityText(activity: Activity): string {
  const days = activity.days.filter((day) => day.detections > 0);
  const verdicts = Object.entries(activity.verdicts).map(([verdict, n]) => `${verdict} ${n}`);
  const lines = [
    days.length === 0
      ? 'no detection in these days'
      : table(
          ['DAY', 'DETECTIONS', 'OBSERVED', 'EXCEPTED', 'FLOODED'],
          days.map((day) => [day.day, day.detections, day.observed, day.excepted, day.flooded].map(String)),
        ),
    '',
    `open alerts ${activity.openAlerts}; closed: ${verdicts.join(', ')}`,
  ];
  if (activity.logsourceSeen === false)
    lines.push('no event of its logsource was ever seen: it can not match');
  if (activity.exceptions.length > 0) lines.push('', exceptionTable(activity.exceptions));
  if (activity.history.length > 0) lines.push('', 'history');
  for (const entry of activity.history)
    lines.push(
      `  ${entry.at}  ${inert(entry.actor.name)}  ${entry.kind}  ${inert(JSON.stringify(entry.data))}`,
    );
  return lines.join('\n');
}

function coverageText(coverage: Awaited<ReturnType<ApiClient['rules']['coverage']>>): string {
  if (coverage.fromDay === null) return 'no event has been seen yet';
  const name = (logsource: Readonly<Record<string, string | undefined>>) =>
    ['product', 'service', 'category'].flatMap((key) => logsource[key] ?? []).join('/');
  const never = coverage.neverFire.map(({ logsource, rules, examples }) => [
    name(logsource),
    String(rules),
    examples[0]?.title ?? '',
  ]);
  const without = coverage.withoutRules.map(({ product, services, categories, events, lastDay }) => [
    product,
    services.join(', '),
    categories.join(', '),
    String(events),
    lastDay,
  ]);
  return [
    `Seen since ${coverage.fromDay}.`,
    '',
    never.length === 0
      ? 'Every rule has a logsource that was seen.'
      : `Rules that can not match here, by logsource:\n${table(['LOGSOURCE', 'RULES', 'FOR EXAMPLE'], never)}`,
    '',
    without.length === 0
      ? 'Every logsource that was seen has rules.'
      : `Seen without any rule:\n${table(['PRODUCT', 'SERVICES', 'CATEGORIES', 'EVENTS', 'LAST DAY'], without)}`,
  ].join('\n');
}
