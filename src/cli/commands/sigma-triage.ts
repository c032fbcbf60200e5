/** The first look at matches, for a terminal: how many of what level, by which rules, on which hosts. */
import type { Triage, TriageRow } from '../../app/sigma-triage.ts';
import { table } from '../output.ts';

const ruleRows = 30;
const otherRows = 10;

export function triageText({
  levels: byLevel,
  rules,
  hosts,
  users,
  techniques,
  firstAt,
  lastAt,
}: Triage): string {
  if (rules.length === 0) return 'no match';
  const list = (name: string, all: readonly TriageRow[]): string =>
    table(
      ['MATCHES', name],
      all.slice(0, otherRows).map((row) => [String(row.matches), row.name]),
    );
  const ruleTable = table(
    ['LEVEL', 'MATCHES', 'RULE', 'AUTHOR'],
    rules.slice(0, ruleRows).map((rule) => [rule.level, String(rule.matches), rule.name, rule.author]),
  );
  const more = rules.length > ruleRows ? `\n… and ${rules.length - ruleRows} more rules` : '';
  const span =
    firstAt === null || lastAt === null
      ? []
      : [`from ${new Date(firstAt).toISOString()} to ${new Date(lastAt).toISOString()}`];
  return [
    byLevel.map(({ name, matches }) => `${name} ${matches.toLocaleString('en-US')}`).join(' · '),
    ...span,
    `${ruleTable}${more}`,
    ...(hosts.length === 0 ? [] : [list('HOST', hosts)]),
    ...(users.length === 0 ? [] : [list('USER', users)]),
    ...(techniques.length === 0 ? [] : [list('ATT&CK', techniques)]),
  ].join('\n\n');
}
