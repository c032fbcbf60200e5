import { describe, expect, it } from 'vitest';
import type { SigmaMatch, SigmaMatchSummary } from './sigma-match-types.ts';
import { ReportMatches, reportHtml } from './sigma-report.ts';
import { TriageCounts } from './sigma-triage.ts';

const hostile = `<img src=x onerror=alert(1)>"'&\u202e`;
const match = (over: Partial<SigmaMatch> = {}, id = 'r1'): SigmaMatch => ({
  ruleId: id,
  file: hostile,
  eventIndex: 0,
  rule: {
    id,
    title: hostile,
    level: 'high',
    status: null,
    description: hostile,
    author: hostile,
    tags: [hostile, 'attack.t1105'],
  },
  time: Date.UTC(2026, 0, 1),
  host: hostile,
  user: hostile,
  channel: hostile,
  eventCode: hostile,
  recordId: '',
  details: [{ field: hostile, value: hostile }],
  ...over,
});
const summary: SigmaMatchSummary = {
  files: 1,
  ignoredFiles: 0,
  loaded: 2,
  refused: [],
  warnings: [],
  eventFiles: 1,
  unreadFiles: [{ file: hostile, reason: hostile }],
  interrupted: false,
  events: 10,
  unparsed: 1,
  unparsedByReason: { [hostile]: 1 },
  outOfTime: 0,
  matchedEvents: 1,
  matches: 1,
  unroutedEvents: 0,
  threads: 0,
  durationMs: 1,
  eventsPerSecond: 1,
};

function page(matches: readonly SigmaMatch[], over: Partial<SigmaMatchSummary> = {}): string {
  const [counts, kept] = [new TriageCounts(), new ReportMatches()];
  for (const one of matches) {
    counts.add(one);
    kept.add(one);
  }
  return reportHtml({ ...summary, ...over }, counts.triage(), kept, 0);
}

describe('the report', () => {
  it('has no value of a rule, an event or a file as markup, and asks for nothing', () => {
    const html = page([match({}, hostile), match()]);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('\u202e');
    expect(
      html.match(/&lt;img src=x onerror=alert\(1\)&gt;&quot;&#39;&amp;&lt;U\+202E&gt;/g)?.length,
    ).toBeGreaterThan(15);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|https?:|url\(|@import/);
    // Links go to the rule's own part of the page.
    for (const [, id] of html.matchAll(/href="#([^"]*)"/g)) expect(html).toContain(`<details id="${id}"`);
  });

  it('keeps a part of many matches, and says so', () => {
    const html = page(Array.from({ length: 150 }, () => match()));
    expect(html).toContain('The first 100 that were found, of 150');
    expect(html.match(/class="matched"/g)).toHaveLength(100);
  });

  it('goes by months where days are too many', () => {
    const days = Array.from({ length: 100 }, (_, day) => match({ time: Date.UTC(2026, 0, 1 + day) }));
    expect(page(days)).toContain('Timeline by month (UTC)');
    expect(page(days)).toContain('<td class="mono">2026-04</td><td class="n">10</td>');
    expect(page(days.slice(0, 50))).toContain('<td class="mono">2026-02-19</td><td class="n">1</td>');
  });

  it('says when it is a part, and when nothing matched', () => {
    expect(page([], { interrupted: true })).toContain('this is the result up to there');
    expect(page([])).toContain('No match.');
  });
});
