/** Matches as one HTML page that opens anywhere: no scripts, no requests, everything escaped. */
import { toIso } from '../base/clock.ts';
import { type Level, levels } from '../lang/sigma/index.ts';
import type { SigmaMatch, SigmaMatchSummary } from './sigma-match-types.ts';
import { escape, raw, style, table, td, tr } from './sigma-report-html.ts';
import type { Triage, TriageDay, TriageRule, TriageTactic, TriageThing } from './sigma-triage.ts';

/** More of one rule, or of all, make a page that no browser likes; the counts are of all. */
const mostOfRule = 100;
const mostOfAll = 5_000;
const longestValue = 500;
const mostThings = 20;
const mostDays = 92;

/** The first matches of each rule as they were found, with what is told of them. */
export class ReportMatches {
  readonly #byRule = new Map<string, string[]>();
  readonly #about = new Map<string, SigmaMatch['rule']>();
  #kept = 0;

  add(match: SigmaMatch): void {
    const rows = this.#byRule.get(match.ruleId) ?? [];
    if (rows.length === 0) {
      this.#byRule.set(match.ruleId, rows);
      this.#about.set(match.ruleId, match.rule);
    }
    // The first few of a rule are there even when other rules have filled the page.
    if (rows.length >= mostOfRule || (this.#kept >= mostOfAll && rows.length >= 3)) return;
    this.#kept += 1;
    rows.push(matchRow(match));
  }

  rows(ruleId: string): readonly string[] {
    return this.#byRule.get(ruleId) ?? [];
  }

  about(ruleId: string): SigmaMatch['rule'] | null {
    return this.#about.get(ruleId) ?? null;
  }
}

export function reportHtml(
  summary: SigmaMatchSummary,
  triage: Triage,
  matches: Pick<ReportMatches, 'rows' | 'about'>,
  madeAt: number,
): string {
  const n = number;
  const partial = summary.interrupted
    ? '<p class="warning">Interrupted: this is the result up to there, not of all files.</p>'
    : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Sigma matches</title><style>${style}</style></head><body><main>
<header><h1>Sigma matches</h1><p>${spanOf(triage)}</p></header>${partial}
${facts([
  ['Matches', n(summary.matches)],
  ['Events with a match', `${n(summary.matchedEvents)} of ${n(summary.events)}`],
  ['Rules that matched', `${n(triage.rules.length)} of ${n(summary.loaded)}`],
  ['Files', n(summary.eventFiles)],
  ['Records not read', n(summary.unparsed)],
  ['Made', toIso(madeAt).slice(0, 19).concat('Z')],
])}
${section('Levels', levelBars(triage))}
${section('Rules', rulesTable(triage.rules))}
<div class="columns">${section('Hosts', things('Host', triage.hosts))}${section('Users', things('User', triage.users))}</div>
${section('ATT&CK', attackTable(triage.tactics))}
${daySection(triage.days)}
${section('Matches by rule', triage.rules.map((rule) => ruleDetails(rule, matches)).join('\n'))}
${section('Not read', notRead(summary))}
</main></body></html>
`;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function spanOf({ firstAt, lastAt }: Triage): string {
  return firstAt === null || lastAt === null
    ? 'No match has a time.'
    : `Events with a match from ${toIso(firstAt)} to ${toIso(lastAt)}.`;
}

function facts(list: readonly (readonly [name: string, value: string])[]): string {
  const items = list.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`);
  return `<dl>${items.join('')}</dl>`;
}

function section(title: string, content: string): string {
  return content === '' ? '' : `<section><h2>${escape(title)}</h2>${content}</section>`;
}

function badge(level: Level): string {
  return `<span class="level ${level}">${level}</span>`;
}

function levelBars({ levels: byLevel }: Triage): string {
  const most = Math.max(1, ...byLevel.map(({ matches }) => matches));
  const rows = byLevel.map(({ name, matches, rules }) =>
    tr(raw(badge(name)), td(matches), td(rules), raw(bar([[name, matches]], most))),
  );
  return rows.length === 0 ? '<p>No match.</p>' : table(['Level', 'Matches', 'Rules', ''], rows);
}

/** Parts of a bar, each as wide as its share of `most`. */
function bar(parts: readonly (readonly [level: Level, matches: number])[], most: number): string {
  const spans = parts.map(
    ([level, matches]) => `<i class="${level}" style="width:${((100 * matches) / most).toFixed(2)}%"></i>`,
  );
  return `<span class="bar">${spans.join('')}</span>`;
}

/** By month where days would be a page of their own. */
function daySection(days: readonly TriageDay[]): string {
  if (days.length === 0) return '';
  const byDay = days.length <= mostDays;
  return section(`Timeline by ${byDay ? 'day' : 'month'} (UTC)`, dayBars(byDay ? days : monthsOf(days)));
}

function monthsOf(days: readonly TriageDay[]): readonly TriageDay[] {
  const months = new Map<string, { day: string; matches: number; levels: Partial<Record<Level, number>> }>();
  for (const { day, matches, levels: byLevel } of days) {
    const month = day.slice(0, -3);
    const sum = months.get(month) ?? { day: month, matches: 0, levels: {} };
    sum.matches += matches;
    for (const level of levels)
      if (byLevel[level] !== undefined) sum.levels[level] = (sum.levels[level] ?? 0) + byLevel[level];
    months.set(month, sum);
  }
  return [...months.values()];
}

function dayBars(days: readonly TriageDay[]): string {
  const most = Math.max(...days.map(({ matches }) => matches));
  const rows = days.map(({ day, matches, levels: byLevel }) => {
    const parts = levels
      .toReversed()
      .flatMap((level): [Level, number][] => (byLevel[level] === undefined ? [] : [[level, byLevel[level]]]));
    const said = parts.map(([level, count]) => `${level} ${number(count)}`).join(', ');
    return tr(td(day, 'mono'), td(matches), raw(bar(parts, most), said));
  });
  return table(['Date', 'Matches', ''], rows);
}

function attackTable(tactics: readonly TriageTactic[]): string {
  const rows = tactics.map(({ name, matches, rules, level, techniques }) => {
    const chips = techniques.map(
      (one) => `<span class="chip"><code>${escape(one.name)}</code> ${number(one.matches)}</span>`,
    );
    return tr(
      td(name || '(no tactic named)', 'tactic'),
      raw(badge(level)),
      td(matches),
      td(rules),
      raw(chips.join(' ')),
    );
  });
  return rows.length === 0 ? '' : table(['Tactic', 'Highest', 'Matches', 'Rules', 'Techniques'], rows);
}

function things(name: string, all: readonly TriageThing[]): string {
  const rows = all
    .slice(0, mostThings)
    .map((one) => tr(td(one.name, 'mono'), raw(badge(one.level)), td(one.matches), td(one.rules)));
  const more = all.length > mostThings ? `<p>… and ${number(all.length - mostThings)} more.</p>` : '';
  return rows.length === 0 ? '' : `${table([name, 'Highest', 'Matches', 'Rules'], rows)}${more}`;
}

function rulesTable(rules: readonly TriageRule[]): string {
  const rows = rules.map(({ id, level, name, author, matches, hosts, firstAt, lastAt }) =>
    tr(
      raw(badge(level)),
      raw(`<a href="#${anchor(id)}">${escape(name)}</a>`),
      td(matches),
      td(hosts),
      td(firstAt === null ? '' : toIso(firstAt), 'mono'),
      td(lastAt === null ? '' : toIso(lastAt), 'mono'),
      td(author),
    ),
  );
  return rows.length === 0
    ? ''
    : table(['Level', 'Rule', 'Matches', 'Hosts', 'First', 'Last', 'Author'], rows);
}

/** An id is what somebody wrote into a file. */
function anchor(id: string): string {
  return `rule-${encodeURIComponent(id).replaceAll(/[%'()*!~.]/g, '_')}`;
}

function ruleDetails(rule: TriageRule, matches: Pick<ReportMatches, 'rows' | 'about'>): string {
  const rows = matches.rows(rule.id);
  const about = matches.about(rule.id);
  const cut =
    rows.length < rule.matches
      ? `<p>The first ${number(rows.length)} that were found, of ${number(rule.matches)}; <code>--format timeline</code> has all.</p>`
      : '';
  const said = about === null || about.description === '' ? '' : `<p>${escape(about.description)}</p>`;
  const tags = about === null ? '' : about.tags.map((tag) => `<code>${escape(tag)}</code>`).join(' ');
  const head = ['Time', 'Host', 'User', 'Channel', 'What matched', 'Record'];
  return `<details id="${anchor(rule.id)}"${rule.level === 'critical' || rule.level === 'high' ? ' open' : ''}>
<summary>${badge(rule.level)} <b>${escape(rule.name)}</b> <span class="quiet">${number(rule.matches)}</span></summary>
${said}<p class="quiet">${escape(rule.author)} · <code>${escape(rule.id)}</code> ${tags}</p>${cut}
${table(head, rows)}</details>`;
}

function matchRow({ time, host, user, channel, eventCode, file, eventIndex, details }: SigmaMatch): string {
  const matched = details
    .map(({ field, value }) => {
      const text = value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
      return `<div>${field === '' ? '' : `<b>${escape(field)}</b> `}<code>${escape(text)}</code></div>`;
    })
    .join('');
  return tr(
    td(time === null ? '' : toIso(time), 'mono'),
    td(host),
    td(user),
    td(eventCode === '' ? channel : `${channel} ${eventCode}`),
    raw(matched, '', 'matched'),
    td(`${file}:${eventIndex}`, 'path'),
  );
}

function notRead({ unreadFiles, unparsedByReason, refused }: SigmaMatchSummary): string {
  const files = unreadFiles.map(({ file, reason }) => tr(td(file, 'mono'), td(reason)));
  const reasons = Object.entries(unparsedByReason).map(([reason, count]) =>
    tr(td(reason, 'mono'), td(count)),
  );
  const rules =
    refused.length === 0 ? '' : `<p>${number(refused.length)} rules were refused and took no part.</p>`;
  return `${files.length === 0 ? '' : table(['File', 'Why it was not read to its end'], files)}${
    reasons.length === 0 ? '' : table(['Records', 'Number'], reasons)
  }${rules}`;
}
