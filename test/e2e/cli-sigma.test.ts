/** `watchfloor sigma`: what is printed, and the exit codes that scripts go by. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvent } from '../support/events.ts';
import { jsonLines, runWatchfloor, temporaryData } from '../support/service.ts';

let files: Awaited<ReturnType<typeof temporaryData>>;
const at = (name: string): string => join(files.dir, name);

const rule = `title: =Tool
id: tool-1
name: tool
author: Jane Doe
level: high
tags: [attack.t1059.001]
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\\tool.exe'}
  condition: selection
`;
const burst = `title: Tool thrice
id: burst-1
level: critical
correlation:
  type: event_count
  rules: [tool]
  group-by: [User]
  timespan: 1h
  condition: {gte: 3}
`;
const filter = `title: not on WS-9
logsource: {product: windows}
filter:
  rules: any
  host: {Computer: WS-9}
  condition: not host
`;
const tool = (n: number, host: string) => processEvent(n, { Computer: host, Image: 'C:\\tool.exe' });

beforeAll(async () => {
  files = await temporaryData('sigma-files');
  await mkdir(at('logs/more'), { recursive: true });
  await writeFile(at('rule.yml'), rule);
  await writeFile(at('all.yml'), [rule, burst, filter].join('---\n'));
  await writeFile(at('bad.yml'), rule.replace('endswith', 'endwith'));
  await writeFile(at('logs/a.ndjson'), ndjson([tool(1, 'WS-1'), processEvent(2), tool(3, 'WS-2')]));
  await writeFile(at('logs/more/b.ndjson.gz'), gzipSync(ndjson([tool(4, 'WS-9'), tool(5, 'WS-1')])));
});
afterAll(() => files?.remove());

describe('sigma match', () => {
  it('goes over several files, and lets filters and correlations take part', async () => {
    const { code, stdout, stderr } = await runWatchfloor([
      'sigma',
      'match',
      '--rules',
      at('all.yml'),
      '--events',
      `${files.dir}/logs/**/*.ndjson*`,
      '--json',
    ]);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toEqual([
      { rule_id: 'burst-1', event_index: 1, file: at('logs/more/b.ndjson.gz') },
    ]);
    const summary = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
    expect(summary).toMatchObject({
      eventFiles: 2,
      events: 5,
      matches: 1,
      triage: { levels: [{ name: 'critical', matches: 1 }], hosts: [{ name: 'ws-1', matches: 1 }] },
    });
  });

  it('writes a table with a summary, and CSV that no spreadsheet runs', async () => {
    const args = ['sigma', 'match', '--rules', at('rule.yml'), '--events', at('logs/a.ndjson'), '--format'];
    const { stdout: text } = await runWatchfloor([...args, 'table']);
    expect(text).toMatch(/high +=Tool +Jane Doe +WS-1/);
    expect(text).toMatch(/MATCHES +ATT&CK\n2 +attack\.t1059\.001/);
    const { stdout: csv, code } = await runWatchfloor([...args, 'csv', '--fail-on', 'high']);
    const [head, first] = csv.split('\n');
    expect(head).toBe('time,level,rule_id,title,author,host,user,file,event_index');
    expect(first).toContain(',high,tool-1,"\'=Tool",Jane Doe,WS-1,');
    expect(code).toBe(1);
    expect((await runWatchfloor([...args, 'json', '--fail-on', 'critical'])).code).toBe(0);
  });

  it('writes a report in which nothing of a rule or an event is markup', async () => {
    await writeFile(at('markup.yml'), rule.replace('=Tool', '<script>alert(1)</script>'));
    const args = [
      'sigma',
      'match',
      '--rules',
      at('markup.yml'),
      '--events',
      at('logs/a.ndjson'),
      '--report',
      at('r.html'),
    ];
    expect((await runWatchfloor(args)).code).toBe(0);
    const html = await readFile(at('r.html'), 'utf8');
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('<td>WS-2</td>');
  });

  it('says which pattern names no file', async () => {
    const { code, stderr } = await runWatchfloor([
      'sigma',
      'match',
      '--rules',
      at('rule.yml'),
      '--events',
      at('*.evtx'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('no file of events there');
  });
});

describe('sigma check', () => {
  it('fails with file, line, reason and hint', async () => {
    const { code, stdout, stderr } = await runWatchfloor(['sigma', 'check', at('bad.yml')]);
    expect(code).toBe(1);
    expect(stderr).toContain('bad.yml:9: the modifier endwith does not exist');
    expect(stderr).toContain('hint: did you mean endswith?');
    expect(stdout).toContain('1 refused');
    const { stdout: json } = await runWatchfloor(['sigma', 'check', '--json', at('bad.yml'), at('all.yml')]);
    expect(jsonLines(json)).toMatchObject([
      { finding: 'refused', line: 9 },
      { files: 2, detection: 1, correlation: 1, filter: 1, refused: 1, warnings: 0 },
    ]);
  });

  it('takes warnings for failures when it is told to', async () => {
    await writeFile(at('filter.yml'), filter.replace('not host', 'host'));
    const args = ['sigma', 'check', at('rule.yml'), at('filter.yml')];
    expect((await runWatchfloor(args)).code).toBe(0);
    expect((await runWatchfloor([...args, '--strict'])).code).toBe(1);
    expect((await runWatchfloor([...args, '--strict', '--filters', 'exclude'])).code).toBe(0);
  });
});

describe('sigma explain, convert, stats', () => {
  it('explains a line of a file as a tree; the exit code says whether it matches', async () => {
    const args = ['sigma', 'explain', '--rule', at('all.yml'), '--event', at('logs/a.ndjson'), '--line'];
    const { code, stdout } = await runWatchfloor([...args, '1']);
    expect(code).toBe(0);
    expect(stdout).toContain('MATCH  =Tool (tool-1)');
    expect(stdout).toContain('✓ Image|endswith  = C:\\tool.exe');
    const miss = await runWatchfloor([...args, '2', '--json']);
    expect(miss.code).toBe(1);
    expect(jsonLines(miss.stdout)).toMatchObject([
      { rule_id: 'tool-1', matches: false, logsource: { outcome: true } },
    ]);
    expect((await runWatchfloor([...args, '9'])).stderr).toContain('no record in line 9');
  });

  it('converts with parameters, never with text of the rule in the statement', async () => {
    const { code, stdout } = await runWatchfloor(['sigma', 'convert', '--json', at('rule.yml')]);
    expect(code).toBe(0);
    const [{ where, params } = {}] = jsonLines(stdout);
    expect(where).not.toContain('tool');
    expect(Object.values(params as Record<string, string[]>).flat()).toContain('tool.exe');
  });

  it('counts', async () => {
    const { stdout } = await runWatchfloor(['sigma', 'stats', '--json', at('all.yml')]);
    expect(jsonLines(stdout)).toMatchObject([
      {
        kind: { detection: 1, correlation: 1, filter: 1 },
        level: { high: 1 },
        technique: { 'attack.t1059.001': 1 },
      },
    ]);
  });
});
