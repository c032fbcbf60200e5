/** Short texts of a queue row. */
import type { PriorityReason, QueueRow } from './types.ts';

/** What moved the priority, beside the severity, which is drawn: `critical asset · new on host`. */
export function chips(reasons: readonly PriorityReason[]): string {
  return reasons
    .filter(({ factor, points }) => factor !== 'severity' && factor !== 'limit' && points !== 0)
    .map(({ text }) => text)
    .join(' · ');
}

/** `4 rules, 1 host, 2 users`. */
export function countsText(row: Pick<QueueRow, 'ruleCount' | 'hostCount' | 'userCount'>): string {
  return [counted(row.ruleCount, 'rule'), counted(row.hostCount, 'host'), counted(row.userCount, 'user')]
    .filter((text) => text !== '')
    .join(', ');
}

function counted(count: number, noun: string): string {
  if (count === 0) return '';
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `rule says high (65), critical asset (+15)`: the first point is where it starts, the others move it. */
export function priorityText(reasons: readonly PriorityReason[]): string {
  return reasons
    .map(({ factor, points, text }) =>
      factor === 'severity' ? `${text} (${points})` : `${text} (${points > 0 ? '+' : ''}${points})`,
    )
    .join(', ');
}
