/** `sigma match` on every format that an import reads, and on a selection of rules and times. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evtxFile, sid } from '../../test/support/evtx.ts';
import { zip } from '../../test/support/zip.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { runSigmaMatch } from './sigma-match.ts';
import { threadsFor } from './sigma-match-pool.ts';
import type { SigmaMatch, SigmaMatchOptions, UnreadRecord } from './sigma-match-types.ts';

const rules = `title: Tool
id: tool
level: high
status: test
tags: [attack.t1059.001, attack.execution]
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\\tool.exe'}, condition: s}
---
title: Guessing
id: sshd
logsource: {product: linux, service: sshd}
detection: {k: [Failed password], condition: k}
---
title: Shell
id: exec
level: low
logsource: {product: linux, service: auditd}
detection: {s: {type: EXECVE, a0: sh}, t: {type: SYSCALL}, condition: s}
---
title: Connection
id: conn
logsource: {product: zeek, service: conn}
detection: {s: {id.resp_p: 4444}, condition: s}
---
title: Trail
id: trail
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: StopLogging}, condition: s}
`;
const evtx = evtxFile([
  {
    id: 77n,
    time: 134_169_129_301_234_567n,
    provider: 'Microsoft-Windows-Sysmon',
    eventId: 1,
    channel: 'Microsoft-Windows-Sysmon/Operational',
    computer: 'WS-7',
    userSid: sid(18),
    data: [['Image', 'C:\\tool.exe']],
  },
]);
const xml = (image: string): string =>
  `<Event><System><Provider Name="Microsoft-Windows-Sysmon"/><EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>WS-7</Computer><TimeCreated SystemTime="2026-03-02T08:00:00Z"/></System><EventData><Data Name="Image">${image}</Data></EventData></Event>`;
const json = (image: string, time = '2026-03-02T08:00:00Z'): string =>
  JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    Computer: 'WS-7',
    TimeCreated: time,
    Image: image,
  });
const sshd = 'Mar  2 08:00:00 web-01 sshd[1]: Failed password for root from 198.51.100.7 port 4000 ssh2';
const audit = (n: number): string =>
  `type=SYSCALL msg=audit(1772438400.123:${n}): arch=c000003e syscall=59 success=yes comm="sh" exe="/bin/sh"\ntype=EXECVE msg=audit(1772438400.123:${n}): argc=1 a0="sh"\ntype=EOE msg=audit(1772438400.123:${n}): \n`;
const trail = JSON.stringify(
  {
    Records: [
      {
        eventVersion: '1.08',
        eventSource: 's3.amazonaws.com',
        eventName: 'GetObject',
        eventTime: '2026-03-02T08:00:00Z',
      },
      {
        eventVersion: '1.08',
        eventSource: 'cloudtrail.amazonaws.com',
        eventName: 'StopLogging',
        eventTime: '2026-03-02T08:00:00Z',
      },
    ],
  },
  null,
  2,
);
const zeek =
  '#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\n#types\ttime\tstring\taddr\tport\taddr\tport\n1772438400.5\tC1\t192.0.2.1\t5000\t192.0.2.2\t4444\n';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'match-formats-'));
  await mkdir(join(folder, 'e', 'deep'), { recursive: true });
  await writeFile(join(folder, 'r.yml'), rules);
});
afterEach(() => rm(folder, { recursive: true }));

async function run(files: Readonly<Record<string, string | Buffer>>, more: Partial<SigmaMatchOptions> = {}) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, 'e', name), content);
  const found: SigmaMatch[] = [];
  const unread: UnreadRecord[] = [];
  const summary = await runSigmaMatch({
    rulesPath: join(folder, 'r.yml'),
    eventsPath: join(folder, 'e'),
    parsers,
    details: true,
    onMatch: (match) => found.push(match),
    onUnread: (record) => unread.push(record),
    ...more,
  });
  const told = found.map(({ ruleId, file, eventIndex }) => [
    ruleId,
    file.slice(folder.length + 3),
    eventIndex,
  ]);
  return { found, told, unread, summary };
}

describe('a folder', () => {
  it('is read with all that is below it, each file as what it is', async () => {
    const { told, summary } = await run({
      'a.evtx': evtx,
      'b.xml': `<Events>${xml('C:\\x.exe')}${xml('C:\\tool.exe')}</Events>`,
      'c.json': trail,
      'd.log': `${sshd}\n`,
      'deep/conn.log': zeek,
      'deep/utf16.xml': Buffer.from(`\uFEFF${xml('C:\\tool.exe')}`, 'utf16le'),
      'e.ndjson.gz': gzipSync(`${json('C:\\tool.exe')}\n`),
      'f.zip': zip([
        { name: 'C/a.evtx', content: evtx },
        { name: 'auth.log.gz', content: gzipSync(sshd) },
      ]),
      'g.audit': audit(1) + audit(2),
    });
    expect(told).toEqual([
      ['tool', 'a.evtx', 0],
      ['tool', 'b.xml', 1],
      ['trail', 'c.json', 1],
      ['sshd', 'd.log', 0],
      ['conn', 'deep/conn.log', 0],
      ['tool', 'deep/utf16.xml', 0],
      ['tool', 'e.ndjson.gz', 0],
      ['tool', 'f.zip/C/a.evtx', 0],
      ['sshd', 'f.zip/auth.log.gz', 0],
      ['exec', 'g.audit', 0],
      ['exec', 'g.audit', 3],
    ]);
    expect(summary).toMatchObject({ eventFiles: 10, unparsed: 0, unreadFiles: [], matches: 11 });
  });

  it('is read without the file that is being written into it', async () => {
    const { told, summary } = await run(
      { 'a.log': sshd, 'out.csv': 'time,level\n' },
      { exceptFiles: [join(folder, 'e', 'out.csv')] },
    );
    expect([told.length, summary.eventFiles]).toEqual([1, 1]);
  });

  it('has files that can not be read, which are told while the others are read', async () => {
    const { told, summary } = await run({
      'a.zip': Buffer.from('PK\u0003\u0004 is none'),
      'b.log': Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]),
      'c.log': sshd,
      lastlog: Buffer.alloc(4_096, `${'\0'.repeat(30)}web-01`),
      'd.tar.gz': gzipSync(Buffer.concat([Buffer.alloc(257, 'x'), Buffer.from('ustar'), Buffer.alloc(762)])),
      'e.zip': zip([
        { name: 'inner.tar', content: Buffer.from(`${'x'.repeat(257)}ustar${'\0'.repeat(762)}`) },
      ]),
    });
    expect(told).toEqual([['sshd', 'c.log', 0]]);
    expect(summary.unreadFiles.map(({ file, reason }) => [file.slice(folder.length + 3), reason])).toEqual([
      ['a.zip', expect.stringContaining('no zip archive')],
      ['b.log', expect.stringContaining('zstd')],
      ['d.tar.gz', expect.stringContaining("can't be read on")],
      ['e.zip/inner.tar', expect.stringContaining('tar archive')],
      ['lastlog', expect.stringContaining('binary file')],
    ]);
  });
});

describe('a match', () => {
  it('tells channel, event id, record number and the values by which the rule matched', async () => {
    const { found } = await run({ 'a.evtx': evtx });
    expect(found).toMatchObject([
      { host: 'WS-7', channel: 'Microsoft-Windows-Sysmon/Operational', eventCode: '1', recordId: '77' },
    ]);
    expect(found[0]?.details).toEqual([{ field: 'Image', value: 'C:\\tool.exe' }]);
  });

  it('of a line has its logsource for a channel', async () => {
    const { found } = await run({ 'a.log': sshd }, { zone: 'Europe/Berlin' });
    expect(found).toMatchObject([{ channel: 'sshd', eventCode: '', host: 'web-01' }]);
    expect(new Date(found[0]?.time ?? 0).toISOString()).toMatch(/-03-02T07:00:00\.000Z$/);
  });
});

describe('a record that can not be read', () => {
  it('is told by its line, over batches and blank lines, and by its number where there are no lines', async () => {
    const lines = Array.from({ length: 4_500 }, (_, n) => (n % 3 === 0 ? '' : json(`C:\\${n}.exe`)));
    lines[4_400] = '{"broken"';
    const { unread } = await run({ 'a.ndjson': lines.join('\n'), 'b.json': '[{"a": 1},\n\n3]' });
    expect(unread.map(({ line, eventIndex, reason }) => [line, eventIndex, reason])).toEqual([
      [4_401, 2_933, 'malformed_json'],
      [1, 0, 'unknown_format'],
      [2, 1, 'not_an_object'],
    ]);
  });

  it('is matched by its fields under a logsource that was given', async () => {
    const logsource = { product: 'linux', service: 'sshd' };
    const { told } = await run(
      { 'a.txt': 'no envelope: Failed password\n', 'b.ndjson': '{"note":"Failed password"}\n' },
      { logsource },
    );
    expect(told).toEqual([
      ['sshd', 'a.txt', 0],
      ['sshd', 'b.ndjson', 0],
    ]);
  });

  it('is so because a format was forced', async () => {
    const { unread } = await run({ 'a.log': sshd }, { format: 'json' });
    expect(unread).toMatchObject([{ line: 1, reason: 'malformed_json' }]);
  });
});

describe('a selection', () => {
  const files = {
    'a.ndjson': `${json('C:\\tool.exe')}\n${json('C:\\tool.exe', '2026-03-03T08:00:00Z')}`,
    'b.log': sshd,
  };
  it.each([
    { select: { minLevel: 'high' }, rules: ['tool'], loaded: 1 },
    { select: { minLevel: 'critical' }, rules: [], loaded: 0 },
    { select: { statuses: ['Test'] }, rules: ['tool'], loaded: 1 },
    { select: { tags: ['attack.t1059'] }, rules: ['tool'], loaded: 1 },
    { select: { tags: ['attack.t105'] }, rules: [], loaded: 0 },
    { select: { rules: ['guess'] }, rules: ['sshd'], loaded: 1 },
    { select: { exceptRules: ['tool', 'shell'] }, rules: ['sshd'], loaded: 3 },
  ] as const)('of rules by $select', async ({ select, rules: expected, loaded }) => {
    const { found, summary } = await run(files, { select });
    expect([...new Set(found.map(({ ruleId }) => ruleId))]).toEqual(expected);
    expect(summary.loaded).toBe(loaded);
  });

  it('of times takes the first instant and not the last, and nothing without a time', async () => {
    const at = Date.parse('2026-03-02T08:00:00Z');
    const { found, summary } = await run(
      { ...files, 'c.ndjson': json('C:\\tool.exe').replace('"TimeCreated"', '"Other"') },
      { within: { from: at, to: at + 24 * 3_600_000 }, select: { rules: ['tool'] } },
    );
    expect(found.map(({ time }) => time)).toEqual([at]);
    expect(summary.outOfTime).toBeGreaterThanOrEqual(2);
  });

  it('keeps rules that a correlation needs, without telling them', async () => {
    await writeFile(
      join(folder, 'r.yml'),
      `${rules.replace('id: tool\n', 'id: tool\nname: tool\n')}---\ntitle: Twice\nid: twice\nlevel: critical\ncorrelation: {type: event_count, rules: [tool], group-by: [Computer], timespan: 2d, condition: {gte: 2}, generate: true}\n`,
    );
    const { told } = await run(files, { select: { minLevel: 'critical' } });
    expect(told).toEqual([['twice', 'a.ndjson', 1]]);
  });
});

describe('threads', () => {
  const twice = `${rules.replace('id: tool\n', 'id: tool\nname: tool\n')}---\ntitle: Twice\nid: twice\ncorrelation: {type: event_count, rules: [tool], group-by: [Computer], timespan: 2d, condition: {gte: 2}, generate: true}\n`;
  const many = (n: number): string =>
    Array.from({ length: n }, (_, i) =>
      i % 700 === 3 ? '{' : json(i % 500 === 0 ? 'C:\\tool.exe' : `C:\\${i}.exe`),
    ).join('\n');

  it('find the same in the same order, correlations over files included', { timeout: 60_000 }, async () => {
    await writeFile(join(folder, 'r.yml'), twice);
    const files = {
      'a.ndjson': many(9_000),
      'b.evtx': evtx,
      'c.log': zeek,
      'd.audit': audit(1),
      'e.log': zeek.replaceAll('5000', '5001'),
      'f.ndjson.gz': gzipSync(many(5_000)),
    };
    const alone = await run(files, { threads: 0 });
    const together = await run(files, { threads: 2 });
    expect(together.summary.threads).toBe(2);
    expect(together.found).toEqual(alone.found);
    expect(together.unread).toEqual(alone.unread);
    expect(alone.told).toContainEqual(['twice', 'b.evtx', 0]);
    const { threads: _threads, durationMs: _ms, eventsPerSecond: _rate, ...counts } = alone.summary;
    expect(together.summary).toMatchObject(counts);
  });

  it.each([0, 2])(
    'keep the programs they have built for the next run (%i of them)',
    { timeout: 60_000 },
    async (threads) => {
      const cache = { directory: join(folder, 'cache'), version: '1' };
      const programs = () => readdir(join(cache.directory, 'programs'));
      const files = { 'a.ndjson': many(100), 'b.evtx': evtx, 'c.log': zeek };
      const plain = await run(files);
      const first = await run(files, { threads, cache });
      const built = await programs();
      expect(built.length).toBeGreaterThan(1);
      const second = await run(files, { threads, cache });
      expect([first.found, second.found]).toEqual([plain.found, plain.found]);
      expect(await programs()).toEqual(built);
    },
  );

  it('are taken for much that is on a machine with cores, beside the one that reads', () => {
    expect([
      threadsFor(1e9, 8),
      threadsFor(1e9, 2),
      threadsFor(1e9, 1),
      threadsFor(1e6, 8),
      threadsFor(null, 8),
    ]).toEqual([7, 1, 0, 0, 0]);
    expect(threadsFor(1e9, 128)).toBe(16);
  });
});
