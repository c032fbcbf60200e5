/** The summary of matches for a terminal: how many of what level, by which rules, when, on which hosts, to what end. */
import type { SigmaMatchSummary } from '../../app/sigma-match-types.ts';
import type { Triage, TriageThing } from '../../app/sigma-triage.ts';
import { count, table } from '../output.ts';
import { levelColumn } from './colour.ts';

const mostRules = 30;
const mostThings = 10;
const mostTechniques = 6;
const mostDays = 5;

/** `isTerminal`: of the stream that it is printed to. */
export function triageText(
  triage: Triage,
  summary: Pick<SigmaMatchSummary, 'events' | 'matchedEvents'>,
  isTerminal: boolean,
  width?: number,
): string {
  if (triage.rules.length === 0) return 'no match';
  const painted = (column: number) => levelColumn(column, isTerminal);
  const number = (n: number): string => n.toLocaleString('en-US');
  const sheet = (heads: readonly string[], rows: readonly (readonly string[])[], levelAt: number): string =>
    table(heads, rows, painted(levelAt), width);
  const things = (name: string, all: readonly TriageThing[]): readonly string[] =>
    all.length === 0
      ? []
      : [
          withMore(
            sheet(
              ['MATCHES', name, 'RULES', 'HIGHEST'],
              all
                .slice(0, mostThings)
                .map((one) => [String(one.matches), one.name, String(one.rules), one.level]),
              3,
            ),
            all.length - mostThings,
          ),
        ];
  const levels = sheet(
    ['LEVEL', 'MATCHES', 'RULES'],
    triage.levels.map(({ name, matches, rules }) => [name, number(matches), number(rules)]),
    0,
  );
  const rules = sheet(
    ['LEVEL', 'MATCHES', 'HOSTS', 'RULE', 'AUTHOR'],
    triage.rules
      .slice(0, mostRules)
      .map((rule) => [rule.level, String(rule.matches), String(rule.hosts), rule.name, rule.author]),
    0,
  );
  const attack = sheet(
    ['TACTIC', 'MATCHES', 'RULES', 'HIGHEST', 'TECHNIQUES'],
    triage.tactics.map(({ name, matches, rules: n, level, techniques }) => [
      name || '(none named)',
      String(matches),
      String(n),
      level,
      techniquesText(techniques),
    ]),
    3,
  );
  return [
    `${spanText(triage)}\n${count(summary.matchedEvents, 'event')} of ${number(summary.events)} with a match${shareText(summary)}`,
    levels,
    withMore(rules, triage.rules.length - mostRules),
    ...things('HOST', triage.hosts),
    ...things('USER', triage.users),
    ...(triage.tactics.length === 0 ? [] : [attack]),
    ...daysText(triage, number),
  ].join('\n\n');
}

function techniquesText(techniques: Triage['techniques']): string {
  const shown = techniques.slice(0, mostTechniques).map(({ name, matches }) => `${name} (${matches})`);
  return `${shown.join(', ')}${techniques.length > mostTechniques ? ', …' : ''}`;
}

function withMore(text: string, more: number): string {
  return more > 0 ? `${text}\n… and ${more.toLocaleString('en-US')} more` : text;
}

function spanText({ firstAt, lastAt }: Triage): string {
  if (firstAt === null || lastAt === null) return 'no match has a time';
  return `from ${new Date(firstAt).toISOString()} to ${new Date(lastAt).toISOString()}`;
}

function shareText({ events, matchedEvents }: Pick<SigmaMatchSummary, 'events' | 'matchedEvents'>): string {
  if (events === 0) return '';
  const percent = (100 * matchedEvents) / events;
  return ` (${percent > 0 && percent < 0.01 ? 'under 0.01' : percent.toFixed(2)} %)`;
}

function daysText({ days }: Triage, number: (n: number) => string): readonly string[] {
  if (days.length < 2) return [];
  const busiest = days.toSorted((a, b) => b.matches - a.matches).slice(0, mostDays);
  return [
    `days with most matches: ${busiest.map(({ day, matches }) => `${day} (${number(matches)})`).join(', ')}`,
  ];
}
