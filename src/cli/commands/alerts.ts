/** `watchfloor alerts`: the queue from the command line. */
import type { Command } from 'commander';
import { verdicts } from '../../model/alert.ts';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, inert, table } from '../output.ts';
import { runCommand } from '../run.ts';
import type { ApiClient } from '../target.ts';
import { isoTime, queueCommands } from './queue.ts';

type Alert = Awaited<ReturnType<ApiClient['alerts']['list']>>['items'][number];
type Detail = Awaited<ReturnType<ApiClient['alerts']['get']>>;

interface ListOptions extends CommonOptions {
  /** Checked by the service, which names what is wrong. */
  readonly status?: Alert['status'][];
  readonly severity?: Alert['severity'][];
  readonly owner?: string[];
  readonly text?: string;
  readonly limit: number;
}

export function alertsCommand(program: Command): void {
  const alerts = program.command('alerts').description('List, read and decide alerts');

  withTarget(alerts.command('list', { isDefault: true }))
    .description('Alerts by severity, then newest first (default: those that are not closed)')
    .option('--status <status...>', 'new, in_triage, waiting, closed')
    .option('--severity <severity...>', 'informational, low, medium, high, critical')
    .option('--owner <owner...>', 'identity id, me or none')
    .option('--text <text>', 'part of the title, host or user')
    .option('--limit <n>', 'at most this many; 0 for all', wholeNumber, 100)
    .action((options: ListOptions) =>
      runCommand(options, async ({ target, output }) => {
        const limit = options.limit || Number.POSITIVE_INFINITY;
        const found: Alert[] = [];
        let cursor: string | undefined;
        let total = 0;
        do {
          const page = await target.api.alerts.list({
            status: options.status ?? ['new', 'in_triage', 'waiting'],
            ...(options.severity === undefined ? {} : { severity: options.severity }),
            ...(options.owner === undefined ? {} : { owner: options.owner }),
            ...(options.text === undefined ? {} : { text: options.text }),
            limit: Math.min(500, limit - found.length),
            ...(cursor === undefined ? {} : { cursor }),
          });
          total = page.total;
          found.push(...page.items);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined && found.length < limit);
        if (output.json) for (const alert of found) output.result(alert, () => '');
        else if (found.length > 0)
          output.result({}, () =>
            table(['ALERT', 'SEVERITY', 'STATUS', 'TITLE', 'HOST', 'DETECTIONS', 'OWNER'], found.map(row)),
          );
        output.note(`${found.length < total ? `${found.length} of ` : ''}${count(total, 'alert')}`);
        return exitCode.ok;
      }),
    );

  withTarget(alerts.command('show'))
    .description('One alert with its evidence and history')
    .argument('<alert>', 'display key (ALR-42) or id')
    .action((id: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const alert = await target.api.alerts.get({ id });
        output.result(alert, () => detail(alert));
        return exitCode.ok;
      }),
    );

  change(
    alerts,
    'assign',
    'Give it an owner',
    (command) => command.argument('[owner]', 'identity id, me or none', 'me'),
    (api, alert, [owner]) =>
      api.alerts.assign({
        id: alert.id,
        version: alert.version,
        owner: owner === 'none' ? null : (owner ?? 'me'),
      }),
  );
  change(
    alerts,
    'ack',
    'Seen: a new alert is in triage, with the owner that it has',
    (command) => command,
    (api, alert) => api.alerts.acknowledge({ id: alert.id, version: alert.version }),
  );
  change(
    alerts,
    'wait',
    'Wait for something until a time, at which it wakes by itself',
    (command) => command.argument('<for>', 'what for').argument('<until>', 'ISO-8601, in the future'),
    (api, alert, [what, until]) =>
      api.alerts.wait({ id: alert.id, version: alert.version, for: what ?? '', until: isoTime(until) }),
  );
  change(
    alerts,
    'comment',
    'Add a comment',
    (command) => command.argument('<text>', 'the comment'),
    (api, alert, [text]) => api.alerts.comment({ id: alert.id, text: text ?? '' }),
  );
  change(
    alerts,
    'close',
    'Close it with a verdict',
    (command) => command.argument('<verdict>', verdicts.join(', ')).argument('[reason]', 'why'),
    (api, alert, [verdict, reason]) =>
      api.alerts.close({
        id: alert.id,
        version: alert.version,
        verdict: verdict as (typeof verdicts)[number],
        ...(reason === undefined ? {} : { reason }),
      }),
  );
  change(
    alerts,
    'reopen',
    'Open it again; its verdict is withdrawn',
    (command) => command.argument('[reason]', 'why'),
    (api, alert, [reason]) =>
      api.alerts.reopen({
        id: alert.id,
        version: alert.version,
        ...(reason === undefined ? {} : { reason }),
      }),
  );
  queueCommands(program, alerts);
}

/** A change names the version that it was made on: the one read a moment before. */
function change(
  alerts: Command,
  name: string,
  description: string,
  withArguments: (command: Command) => Command,
  apply: (api: ApiClient, alert: Detail, args: readonly (string | undefined)[]) => Promise<Alert>,
): void {
  withArguments(
    withTarget(alerts.command(name))
      .description(description)
      .argument('<alert>', 'display key (ALR-42) or id'),
  ).action((...all: unknown[]) => {
    const [id, ...args] = all.slice(0, -2) as (string | undefined)[];
    return runCommand(all.at(-2) as CommonOptions, async ({ target, output }) => {
      const alert = await target.api.alerts.get({ id: id ?? '' });
      const changed = await apply(target.api, alert, args);
      output.result(changed, () =>
        table(['ALERT', 'SEVERITY', 'STATUS', 'TITLE', 'HOST', 'DETECTIONS', 'OWNER'], [row(changed)]),
      );
      return exitCode.ok;
    });
  });
}

function row(alert: Alert): string[] {
  const status = alert.verdict === null ? alert.status : `${alert.status} (${alert.verdict})`;
  return [
    alert.key,
    alert.severity,
    status,
    alert.title,
    alert.host,
    String(alert.detections),
    alert.ownerName ?? '',
  ];
}

function detail(alert: Detail): string {
  const lines = [
    `${alert.key}  ${alert.severity}  ${alert.status}${alert.verdict === null ? '' : ` (${alert.verdict})`}`,
    inert(alert.title),
    `priority ${alert.priority}: ${alert.priorityReasons.map(({ points, text }) => `${inert(text)} (${points})`).join(', ')}`,
    ...(alert.incident === null ? [] : [`incident ${alert.incident.key}`]),
    ...(alert.predecessor === null ? [] : [`before it: ${alert.predecessor.key}`]),
    ...(alert.waiting === null ? [] : [`waits for ${inert(alert.waiting.for)} until ${alert.waiting.until}`]),
    `rule: ${inert(alert.rule.title)}, by ${inert(alert.rule.author || 'unknown author')}${alert.rule.license === null ? '' : `, ${inert(alert.rule.license)}`}`,
    `host ${inert(alert.host) || '–'}, user ${inert(alert.user) || '–'}, ${count(alert.detections, 'detection')}, ${alert.firstEventAt} to ${alert.lastEventAt}`,
  ];
  for (const one of alert.evidence) {
    lines.push('', `event ${one.eventId} at ${one.time}`);
    for (const field of one.matched)
      lines.push(
        `  ${inert(field.selection)}: ${inert(field.field)} ${inert(field.pattern)} ← ${inert(field.value)}`,
      );
  }
  lines.push('', 'history');
  for (const entry of alert.history)
    lines.push(
      `  ${entry.at}  ${inert(entry.actor.name)}  ${entry.kind}  ${inert(JSON.stringify(entry.data))}`,
    );
  return lines.join('\n');
}
