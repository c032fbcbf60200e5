/** An alert or incident as plain text for another team's tool: defanged, times in UTC, with its address. */
import { attackTags } from './attack.ts';
import { priorityText } from './row-text.ts';
import { standing } from './subject.ts';
import { between, exact } from './time.ts';
import { type AlertContext, type AlertDetail, type IncidentDetail, severityNames } from './types.ts';
import { visibleText } from './visible.ts';

/** A ticket is read by people; the whole value stays with the alert. */
const valueLimit = 500;

export function alertTicket(alert: AlertDetail, context: AlertContext | null, address: string): string {
  const { techniques, tactics } = attackTags(alert.tags);
  const matched = alert.evidence[0]?.matched ?? [];
  return lines([
    `${alert.key} ${alert.title}`,
    address,
    '',
    context?.sentence ?? '',
    `Severity: ${severityNames[alert.severity]}. Priority ${alert.priority}: ${priorityText(alert.priorityReasons)}`,
    `Status: ${standing(alert)}, ${alert.ownerName ?? 'unowned'}`,
    given('Host', alert.host),
    given('User', alert.user),
    given('Source', alert.source),
    `Happened: ${between(alert.firstEventAt, alert.lastEventAt)} (${alert.detections} detection${alert.detections === 1 ? '' : 's'})`,
    given('ATT&CK', [...techniques, ...tactics].join(', ')),
    alert.ruleId === ''
      ? given('Found by', alert.vendor?.product ?? '')
      : `Rule: ${alert.rule.title} (${alert.ruleId})`,
    given('Incident', alert.incident?.key ?? ''),
    given('Description', alert.description),
    ...(matched.length === 0 ? [] : ['', 'Matched:']),
    ...matched.map(({ field, value }) => `  ${field === '' ? 'keyword' : field}: ${cut(value)}`),
  ]);
}

export function incidentTicket(incident: IncidentDetail, address: string): string {
  return lines([
    `${incident.key} ${incident.title}`,
    address,
    '',
    incident.reason,
    `Severity: ${severityNames[incident.severity]}. Priority ${incident.priority}: ${priorityText(incident.priorityReasons)}`,
    `Status: ${standing(incident)}, ${incident.ownerName ?? 'unowned'}`,
    given('Entities', incident.entities.map(({ kind, id }) => `${kind} ${id}`).join(', ')),
    given('Description', incident.description),
    '',
    `Alerts (${incident.alerts}):`,
    ...incident.members.map(
      (alert) =>
        `  ${exact(alert.firstEventAt)}  ${alert.key}  ${severityNames[alert.severity]}  ${alert.title}  ${alert.host}`,
    ),
  ]);
}

function given(name: string, value: string): string | null {
  return value === '' ? null : `${name}: ${value}`;
}

function cut(value: string): string {
  return value.length > valueLimit ? `${value.slice(0, valueLimit)}…` : value;
}

/** The address of our own page stays one that can be followed. */
function lines(all: readonly (string | null)[]): string {
  return all
    .filter((line) => line !== null)
    .map((line, i) => (i === 1 ? line : visibleText(line)))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}
