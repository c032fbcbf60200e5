/** What `sigma match` writes of matches: lines, timeline, table, summary. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { SigmaMatch } from '../../app/sigma-match-types.ts';
import { TriageCounts } from '../../app/sigma-triage.ts';
import { levelColumn } from './colour.ts';
import { triageText } from './summary.ts';
import { matchWriter, type OutputFormat } from './writers.ts';

function match(over: Partial<SigmaMatch> = {}, rule: Partial<SigmaMatch['rule']> = {}): SigmaMatch {
  return {
    ruleId: rule.id ?? 'r1',
    file: '/cases/7/Security.evtx',
    eventIndex: 4,
    rule: {
      id: 'r1',
      title: 'Tool',
      level: 'high',
      status: 'test',
      description: '',
      author: 'Jane Doe',
      tags: ['attack.execution', 'attack.t1059.001'],
      ...rule,
    },
    time: Date.UTC(2026, 2, 2, 8),
    host: 'WS-7',
    user: 'CORP\\amara',
    channel: 'Microsoft-Windows-Sysmon/Operational',
    eventCode: '1',
    recordId: '77',
    details: [{ field: 'Image', value: 'C:\\tool.exe' }],
    ...over,
  };
}

async function written(
  format: OutputFormat,
  matches: readonly SigmaMatch[],
  { several = true, terminalWidth = null as number | null } = {},
): Promise<string> {
  let text = '';
  const sink = {
    terminalWidth,
    write: (more: string) => {
      text += more;
      return Promise.resolve();
    },
  };
  const writer = matchWriter(format, sink, () => several);
  for (const one of matches) await writer.match(one);
  await writer.end();
  await writer.close();
  return text;
}

describe('matches', () => {
  it('are short lines of JSON that name their file only when there are several', async () => {
    expect(await written('json', [match()], { several: false })).toBe('{"rule_id":"r1","event_index":4}\n');
    expect(await written('json', [match()])).toContain('"file":"/cases/7/Security.evtx"');
  });

  it('are lines with all that is known', async () => {
    expect(JSON.parse(await written('ndjson', [match({ time: null })]))).toMatchObject({
      time: null,
      title: 'Tool',
      channel: 'Microsoft-Windows-Sysmon/Operational',
      details: [{ field: 'Image', value: 'C:\\tool.exe' }],
    });
  });

  it('are a timeline in the order of time, those without one last, long values cut', async () => {
    const text = await written('timeline', [
      match({ time: null, details: [{ field: '', value: 'x'.repeat(1_500) }] }),
      match({ time: 2_000 }),
      match({ time: 1_000, host: '=evil()' }),
    ]);
    const rows = text.split('\r\n').map((row) => row.split(','));
    expect(rows.map(([time, , , host]) => [time, host])).toEqual([
      ['time', 'host'],
      ['1970-01-01T00:00:01.000Z', '"\'=evil()"'],
      ['1970-01-01T00:00:02.000Z', 'WS-7'],
      ['', 'WS-7'],
      ['', undefined],
    ]);
    expect(rows[2]?.slice(5, 11)).toEqual([
      'Microsoft-Windows-Sysmon/Operational',
      '1',
      '77',
      'Image: C:\\tool.exe',
      'Execution',
      'T1059.001',
    ]);
    expect(rows[3]?.[8]).toBe(`${'x'.repeat(1_000)}…`);
  });

  it('are a header alone when there are none', async () => {
    expect(await written('csv', [])).toBe('time,level,rule_id,title,author,host,user,file,event_index\r\n');
    expect((await written('timeline', [])).split('\r\n')).toHaveLength(2);
    expect(await written('json', [])).toBe('');
  });

  it('are a table that fits the terminal', async () => {
    const text = await written('table', [match({ user: 'u'.repeat(200) })], { terminalWidth: 100 });
    const [head, row] = text.split('\n');
    expect(head).toMatch(/^TIME +LEVEL +TITLE +HOST +USER +CHANNEL +EVENT$/);
    expect(stripVTControlCharacters(row ?? '').length).toBeLessThanOrEqual(100);
    expect(row).toContain('2026-03-02 08:00:00Z');
    expect(row).toContain('Sysmon/Opera');
  });
});

describe('colours', () => {
  it.each([
    { isTerminal: true, environment: {}, coloured: true },
    { isTerminal: false, environment: {}, coloured: false },
    { isTerminal: true, environment: { NO_COLOR: '1' }, coloured: false },
    { isTerminal: true, environment: { NO_COLOR: '' }, coloured: true },
    { isTerminal: true, environment: { TERM: 'dumb' }, coloured: false },
  ])('$isTerminal $environment: $coloured', ({ isTerminal, environment, coloured }) => {
    const painted = levelColumn(0, isTerminal, environment);
    expect(painted !== undefined).toBe(coloured);
    if (painted !== undefined) expect(painted.paint('high')).toBe('\u001b[1;31mhigh\u001b[0m');
  });
});

describe('the summary', () => {
  const low = { id: 'r2', title: 'Small', level: 'low', tags: ['attack.t1105'] } as const;
  const counts = new TriageCounts();
  for (const one of [
    match(),
    match({ time: Date.UTC(2026, 2, 1) }),
    match({ host: 'ws-7', user: '' }, low),
    match(
      { time: null, host: 'WS-9' },
      { id: 'r3', title: 'Tactics', tags: ['attack.execution', 'attack.impact'] },
    ),
  ])
    counts.add(one);
  const triage = counts.triage();

  it('counts by level, rule, host, user, tactic and day', () => {
    expect(triage.levels).toEqual([
      { name: 'high', matches: 3, rules: 2 },
      { name: 'low', matches: 1, rules: 1 },
    ]);
    expect(triage.rules.map(({ id, matches, hosts }) => [id, matches, hosts])).toEqual([
      ['r1', 2, 1],
      ['r3', 1, 1],
      ['r2', 1, 1],
    ]);
    expect(triage.hosts).toEqual([
      { name: 'ws-7', matches: 3, rules: 2, level: 'high' },
      { name: 'ws-9', matches: 1, rules: 1, level: 'high' },
    ]);
    expect(triage.tactics.map(({ name, matches, techniques }) => [name, matches, techniques])).toEqual([
      ['Execution', 3, [{ name: 'T1059.001', matches: 2 }]],
      ['Impact', 1, []],
      ['', 1, [{ name: 'T1105', matches: 1 }]],
    ]);
    expect(triage.days).toEqual([
      { day: '2026-03-01', matches: 1, levels: { high: 1 } },
      { day: '2026-03-02', matches: 2, levels: { high: 1, low: 1 } },
    ]);
  });

  it('says it to a person', () => {
    const text = triageText(triage, { events: 1_000, matchedEvents: 3 }, false);
    expect(text).toContain('from 2026-03-01T00:00:00.000Z to 2026-03-02T08:00:00.000Z');
    expect(text).toContain('3 events of 1,000 with a match (0.30 %)');
    expect(text).toMatch(/\nlow +1 +1 +Small +Jane Doe\n/);
    expect(text).toMatch(/\n3 +ws-7 +2 +high\n/);
    expect(text).toMatch(/\nExecution +3 +2 +high +T1059\.001 \(2\)\n/);
    expect(text).toMatch(/days with most matches: 2026-03-02 \(2\), 2026-03-01 \(1\)$/);
    expect(triageText(new TriageCounts().triage(), { events: 0, matchedEvents: 0 }, false)).toBe('no match');
  });
});
