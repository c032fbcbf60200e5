/** `watchfloor alerts queue, similar, close-similar, undo, create` and `watchfloor incidents`: the queue as rows. */
import type { Command } from 'commander';
import { verdicts } from '../../model/alert.ts';
import { type CommonOptions, wholeNumber, withTarget } from '../options.ts';
import { count, exitCode, inert, type Output, table } from '../output.ts';
import { runCommand } from '../run.ts';
import type { ApiClient } from '../target.ts';

type Row = Awaited<ReturnType<ApiClient['queue']['list']>>['items'][number];
type Incident = Awaited<ReturnType<ApiClient['incidents']['get']>>;
type IncidentSummary = Awaited<ReturnType<ApiClient['incidents']['close']>>;
type Report = Awaited<ReturnType<ApiClient['queue']['bulk']>>;
type Verdict = (typeof verdicts)[number];

interface QueueOptions extends CommonOptions {
  /** Checked by the service, which names what is wrong. */
  readonly status?: Row['status'][];
  readonly severity?: Row['severity'][];
  readonly owner?: string[];
  /** `--host` is the address of a service. */
  readonly onHost?: string[];
  readonly user?: string[];
  readonly rule?: string[];
  readonly text?: string;
  readonly limit: number;
}

export function queueCommands(program: Command, alerts: Command): void {
  withTarget(alerts.command('queue'))
    .description('Incidents and lone alerts by priority (default: open, mine or unowned)')
    .option('--status <status...>', 'new, in_triage, waiting, closed')
    .option('--severity <severity...>', 'informational, low, medium, high, critical')
    .option('--owner <owner...>', 'identity id, me, none or others')
    .option('--on-host <host...>', 'by any of its names')
    .option('--user <user...>', 'by any of its names')
    .option('--rule <rule...>', 'rule id, or the product of a finding')
    .option('--text <text>', 'part of a key, title, host or user')
    .option('--limit <n>', 'at most this many', wholeNumber, 100)
    .action((options: QueueOptions) =>
      runCommand(options, ({ target, output }) => listQueue(target.api, options, output)),
    );

  withTarget(alerts.command('create'))
    .description('An alert made by hand: the helpdesk called')
    .argument('<title>', 'what happened')
    .option('--severity <severity>', 'informational, low, medium, high, critical', 'medium')
    .option('--on-host <host>', 'on which machine')
    .option('--user <user>', 'to whom')
    .option('--description <text>', 'more of it')
    .action(
      (
        title: string,
        options: CommonOptions & { severity: string; onHost?: string; user?: string; description?: string },
      ) =>
        runCommand(options, async ({ target, output }) => {
          const { severity, onHost: host, user, description } = options;
          const made = await target.api.alerts.create({
            title,
            severity: severity as Row['severity'],
            ...(host === undefined ? {} : { host }),
            ...(user === undefined ? {} : { user }),
            ...(description === undefined ? {} : { description }),
          });
          output.result(made, () => `${made.key}  ${made.severity}  ${inert(made.title)}`);
          return exitCode.ok;
        }),
    );

  withTarget(alerts.command('close-like'))
    .description('Close an alert and the open ones like it; shows them first, --apply closes')
    .argument('<alert>', 'display key or id')
    .argument('<verdict>', verdicts.join(', '))
    .argument('[reason]', 'why')
    .option('--by <what>', 'rule_entity: same rule and entity; rule: same rule anywhere', 'rule_entity')
    .option('--apply', 'close them')
    .action(
      (
        id: string,
        verdict: string,
        reason: string | undefined,
        options: CommonOptions & { by: string; apply?: boolean },
      ) =>
        runCommand(options, ({ target, output }) =>
          closeLike(target.api, { id, verdict: verdict as Verdict, reason }, options, output),
        ),
    );

  withTarget(alerts.command('undo'))
    .description('Take back a change of many, within a day')
    .argument('<operation>', 'as the change told it')
    .action((operation: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const report = await target.api.queue.undo({ operation });
        tell(report, output);
        return report.unchanged.length === 0 ? exitCode.ok : exitCode.failed;
      }),
    );

  incidentCommands(program);
}

async function listQueue(api: ApiClient, options: QueueOptions, output: Output): Promise<number> {
  const { status, severity, owner, onHost: host, user, rule, text } = options;
  const page = await api.queue.list({
    status: status ?? ['new', 'in_triage', 'waiting'],
    owner: owner ?? ['me', 'none'],
    ...(severity === undefined ? {} : { severity }),
    ...(host === undefined ? {} : { host }),
    ...(user === undefined ? {} : { user }),
    ...(rule === undefined ? {} : { rule }),
    ...(text === undefined ? {} : { text }),
    limit: Math.max(1, Math.min(500, options.limit)),
  });
  if (output.json) for (const row of page.items) output.result(row, () => '');
  else if (page.items.length > 0)
    output.result({}, () =>
      table(
        ['PRIO', 'KEY', 'SEVERITY', 'STATUS', 'TITLE', 'WHY TOGETHER', 'HOSTS', 'OWNER'],
        page.items.map((row) => [
          String(row.priority),
          row.key,
          row.severity,
          row.status,
          row.title,
          row.reason,
          row.hosts.map(({ name }) => name).join(', '),
          row.ownerName ?? '',
        ]),
      ),
    );
  const more = page.totalExact ? '' : 'more than ';
  output.note(
    `${page.items.length < page.total ? `${page.items.length} of ` : ''}${more}${count(page.total, 'row')}`,
  );
  return exitCode.ok;
}

async function closeLike(
  api: ApiClient,
  asked: { readonly id: string; readonly verdict: Verdict; readonly reason: string | undefined },
  options: { readonly by: string; readonly apply?: boolean },
  output: Output,
): Promise<number> {
  const alert = await api.alerts.get({ id: asked.id });
  const similar = await api.queue.similar({ id: alert.id, by: options.by as 'rule_entity' | 'rule' });
  const { id, version, key, title, host } = alert;
  const items = [{ kind: 'alert' as const, id, version, key, title, host }, ...similar.items];
  if (options.apply !== true) {
    if (output.json) for (const item of items) output.result(item, () => '');
    else
      output.result({}, () =>
        table(
          ['ALERT', 'TITLE', 'HOST'],
          items.map((item) => [item.key, item.title, item.host]),
        ),
      );
    output.note(`${count(similar.count + 1, 'alert')}; nothing was changed, --apply closes them`);
    return exitCode.ok;
  }
  let failed = 0;
  for (let at = 0; at < items.length; at += 1_000) {
    const report = await api.queue.bulk({
      items: items
        .slice(at, at + 1_000)
        .map((item) => ({ kind: item.kind, id: item.id, version: item.version })),
      change: {
        action: 'close',
        verdict: asked.verdict,
        ...(asked.reason === undefined ? {} : { reason: asked.reason }),
      },
    });
    tell(report, output);
    failed += report.unchanged.length;
  }
  return failed === 0 ? exitCode.ok : exitCode.failed;
}

function tell(report: Report, output: Output): void {
  for (const item of report.unchanged) output.note(`left ${item.key}: ${inert(item.reason)}`);
  output.result(report, () => {
    const undo =
      report.operation === null ? '' : `; take back with: watchfloor alerts undo ${report.operation}`;
    return `${count(report.changed.length, 'row')} changed, ${report.unchanged.length} left${undo}`;
  });
}

function incidentCommands(program: Command): void {
  const incidents = program.command('incidents').description('Alerts that belong together');
  withTarget(incidents.command('show'))
    .description('One incident with its alerts and history')
    .argument('<incident>', 'display key (INC-7) or id')
    .action((id: string, options: CommonOptions) =>
      runCommand(options, async ({ target, output }) => {
        const incident = await target.api.incidents.get({ id });
        output.result(incident, () => incidentText(incident));
        return exitCode.ok;
      }),
    );
  withTarget(incidents.command('create'))
    .description('An incident made by hand, of alerts or of none yet')
    .argument('<title>', 'what it is')
    .argument('[alert...]', 'keys or ids of its alerts')
    .option('--severity <severity>', 'informational, low, medium, high, critical', 'medium')
    .action((title: string, alerts: string[], options: CommonOptions & { severity: string }) =>
      runCommand(options, async ({ target, output }) => {
        const severity = options.severity as Row['severity'];
        const made = await target.api.incidents.create({ title, severity, alerts });
        output.result(made, () => line(made));
        return exitCode.ok;
      }),
    );
  change(
    incidents,
    'assign',
    'Give it and its open alerts an owner',
    '[owner]',
    (api, { id, version }, [owner]) =>
      api.incidents.assign({ id, version, owner: owner === 'none' ? null : (owner ?? 'me') }),
  );
  change(incidents, 'ack', 'Seen: in triage', '', (api, ref) => api.incidents.acknowledge(ref));
  change(incidents, 'wait', 'Wait for something until a time', '<for> <until>', (api, ref, [what, until]) =>
    api.incidents.wait({ ...ref, for: what ?? '', until: isoTime(until) }),
  );
  change(incidents, 'comment', 'Add a comment', '<text>', (api, { id }, [text]) =>
    api.incidents.comment({ id, text: text ?? '' }),
  );
  change(
    incidents,
    'close',
    'Close it and its open alerts',
    '<verdict> [reason]',
    (api, ref, [verdict, reason]) =>
      api.incidents.close({
        ...ref,
        verdict: verdict as Verdict,
        ...(reason === undefined ? {} : { reason }),
      }),
  );
  change(incidents, 'reopen', 'Open it again', '[reason]', (api, ref, [reason]) =>
    api.incidents.reopen({ ...ref, ...(reason === undefined ? {} : { reason }) }),
  );
  change(incidents, 'merge', 'Take in alerts (ALR-…) and incidents (INC-…)', '<key...>', (api, ref, keys) => {
    const named = keys.filter((key) => key !== undefined);
    return api.incidents.merge({
      ...ref,
      alerts: named.filter((key) => !/^inc-/i.test(key)),
      incidents: named.filter((key) => /^inc-/i.test(key)),
    });
  });
  change(incidents, 'split', 'Take alerts out; they stay out', '<alert...>', (api, ref, keys) =>
    api.incidents.split({ ...ref, alerts: keys.filter((key) => key !== undefined) }),
  );
}

/** A change names the version that it was made on: the one read a moment before. */
function change(
  incidents: Command,
  name: string,
  description: string,
  args: string,
  apply: (
    api: ApiClient,
    ref: { readonly id: string; readonly version: number },
    args: readonly (string | undefined)[],
  ) => Promise<IncidentSummary>,
): void {
  const command = withTarget(incidents.command(name))
    .description(description)
    .argument('<incident>', 'display key (INC-7) or id');
  for (const arg of args.split(' ').filter((one) => one !== '')) command.argument(arg);
  command.action((...all: unknown[]) => {
    const [id, ...rest] = (all.slice(0, -2) as (string | string[] | undefined)[]).flat();
    return runCommand(all.at(-2) as CommonOptions, async ({ target, output }) => {
      const incident = await target.api.incidents.get({ id: id ?? '' });
      const changed = await apply(target.api, { id: incident.id, version: incident.version }, rest);
      output.result(changed, () => line(changed));
      return exitCode.ok;
    });
  });
}

/** Throws a RangeError for what is no time; the service says whether it is in the future. */
export function isoTime(text: string | undefined): string {
  return new Date(text ?? '').toISOString();
}

function line(incident: IncidentSummary): string {
  const verdict = incident.verdict === null ? '' : ` (${incident.verdict})`;
  return `${incident.key}  priority ${incident.priority}  ${incident.status}${verdict}  ${inert(incident.title)}  ${count(incident.alerts, 'alert')}`;
}

function incidentText(incident: Incident): string {
  const lines = [
    line(incident),
    inert(incident.reason),
    ...incident.priorityReasons.map(
      ({ points, text }) => `  ${points > 0 ? '+' : ''}${points} ${inert(text)}`,
    ),
    '',
    table(
      ['ALERT', 'PRIO', 'STATUS', 'TITLE', 'HOST', 'USER', 'FIRST EVENT'],
      incident.members.map((alert) => [
        alert.key,
        String(alert.priority),
        alert.status,
        alert.title,
        alert.host,
        alert.user,
        alert.firstEventAt,
      ]),
    ),
    '',
    'history',
  ];
  for (const entry of incident.history)
    lines.push(
      `  ${entry.at}  ${inert(entry.actor.name)}  ${entry.kind}  ${inert(JSON.stringify(entry.data))}`,
    );
  return lines.join('\n');
}
