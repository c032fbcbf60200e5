/** Matches as one HTML page that opens anywhere: no scripts, no requests, everything escaped. */
import { toIso } from '../base/clock.ts';
import type { SigmaMatch, SigmaMatchSummary } from './sigma-match.ts';
import type { Triage, TriageRow } from './sigma-triage.ts';

/** More make a page that no browser likes; the counts are of all. */
export const reportedMatches = 5_000;

const style = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; width: 100%; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .25rem .5rem; text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; width: 6rem; }
.columns { display: grid; gap: 2rem; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); }
.critical, .high { font-weight: 600; }
code { font-size: .9em; }`;

export function reportHtml(
  summary: SigmaMatchSummary,
  triage: Triage,
  matches: readonly SigmaMatch[],
  madeAt: number,
): string {
  const span =
    triage.firstAt === null || triage.lastAt === null
      ? ''
      : `<p>Events with a match from ${toIso(triage.firstAt)} to ${toIso(triage.lastAt)}.</p>`;
  const levels = triage.levels
    .map(({ name, matches: n }) => `<span class="${name}">${name} ${n}</span>`)
    .join(' · ');
  const rules = triage.rules.map(({ level, matches: n, name, author, id }) =>
    row([cell(level, level), cell(n), cell(name), cell(author), `<td><code>${escape(id)}</code></td>`]),
  );
  const shown = matches.toSorted((a, b) => (a.time ?? 0) - (b.time ?? 0)).map(matchRow);
  const cut =
    summary.matches > matches.length
      ? `<p>The first ${matches.length} that were found; <code>--format csv</code> has all ${summary.matches}.</p>`
      : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sigma matches</title><style>${style}</style></head><body>
<h1>Sigma matches</h1>
<p>Made ${toIso(madeAt)}: ${summary.loaded} rules (${summary.refused.length} refused) over ${summary.events} events of ${summary.eventFiles} files (${summary.unparsed} not read), ${summary.matches} matches.</p>
${span}<p>${levels}</p>
<h2>Rules</h2>${table(['Level', 'Matches', 'Rule', 'Author', 'Id'], rules)}
<div class="columns">${list('Hosts', triage.hosts)}${list('Users', triage.users)}${list('ATT&CK', triage.techniques)}</div>
<h2>Timeline</h2>${cut}${table(['Time', 'Level', 'Rule', 'Host', 'User', 'Event'], shown)}
</body></html>
`;
}

function matchRow({ time, rule, host, user, file, eventIndex }: SigmaMatch): string {
  return row([
    cell(time === null ? '' : toIso(time)),
    cell(rule.level, rule.level),
    cell(rule.title),
    cell(host),
    cell(user),
    cell(`${file}:${eventIndex}`),
  ]);
}

const listed = 20;

function list(name: string, rows: readonly TriageRow[]): string {
  const lines = rows.slice(0, listed).map((one) => row([cell(one.matches), cell(one.name)]));
  return `<section><h2>${escape(name)}</h2>${table(['Matches', ''], lines)}</section>`;
}

function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => `<th>${escape(text)}</th>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.join('')}</tr>`;
}

function cell(value: string | number, kind = typeof value === 'number' ? 'n' : ''): string {
  return `<td${kind === '' ? '' : ` class="${kind}"`}>${escape(String(value))}</td>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
