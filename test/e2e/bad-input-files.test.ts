/** Hostile and broken files: each gets a clear count or a clear word, what was good in it is kept, the service stays up. */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvent, processEvents, suspicious } from '../support/events.ts';
import {
  jsonLines,
  peakMemory,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';

let data: Awaited<ReturnType<typeof temporaryData>>;
let files: Awaited<ReturnType<typeof temporaryData>>;
let service: ServiceProcess;
beforeAll(async () => {
  [data, files] = await Promise.all([temporaryData('bad'), temporaryData('bad-files')]);
  service = await startServiceProcess(data.dir);
});
afterAll(async () => {
  await service?.stop();
  await Promise.all([data?.remove(), files?.remove()]);
});

async function put(name: string, content: string | Buffer): Promise<string> {
  const path = join(files.dir, name);
  await writeFile(path, content);
  return path;
}

async function importFile(path: string) {
  const { code, stdout } = await runWatchfloor(['import', path, '--data', data.dir, '--json']);
  const [report = {}, ...more] = jsonLines(stdout);
  expect(more).toEqual([]);
  return { code, report };
}

async function stored(filter: Readonly<Record<string, string>>) {
  const query = new URLSearchParams({ limit: '10000', ...filter });
  const { items } = await service.api<{ items: Record<string, unknown>[] }>(
    'GET',
    `/events?${query.toString()}`,
  );
  return items;
}

const utf16 = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
const utf16be = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]);
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const good = (host: string, n = 0): string => JSON.stringify(processEvent(n, { Computer: host }));

describe('what is wrong with a record is counted, and the record is kept', () => {
  it.each([
    {
      why: 'malformed lines between good ones',
      host: 'MALFORMED',
      content: `${good('MALFORMED')}\n{"a":\nhello\n{"b":1}}\n${good('MALFORMED', 1)}\n`,
      read: 5,
      unparsed: 3,
      reason: 'malformed_json',
    },
    {
      why: 'a NUL byte where JSON allows none',
      host: 'NUL',
      content: `${good('NUL')}\n{"a":"\u0000"}\n\u0000\u0000\u0000\n${good('NUL', 1)}\n`,
      read: 4,
      unparsed: 2,
      reason: 'malformed_json',
    },
    {
      why: 'bytes that are no UTF-8',
      host: 'LATIN',
      content: Buffer.concat([
        Buffer.from(`${good('LATIN')}\n{"a":"`),
        Buffer.from([0xe9, 0xff, 0xc0, 0xaf]),
        Buffer.from(`"}\n${good('LATIN', 1)}\n`),
      ]),
      read: 3,
      unparsed: 1,
      reason: 'invalid_utf8',
    },
    {
      why: 'a JSON list on one line',
      host: 'LIST',
      content: `${good('LIST')}\n[${good('LIST', 1)},${good('LIST', 2)}]\n${good('LIST', 3)}`,
      read: 3,
      unparsed: 1,
      reason: 'not_an_object',
    },
    {
      why: 'a hundred thousand levels of objects',
      host: 'DEEP',
      content: `${good('DEEP')}\n${nested(100_000)}\n${good('DEEP', 1)}\n`,
      read: 3,
      unparsed: 1,
      reason: 'too_deep',
    },
    {
      why: 'a hundred thousand levels of lists, not even closed',
      host: 'DEEP-LIST',
      content: `${good('DEEP-LIST')}\n${'['.repeat(100_000)}\n${good('DEEP-LIST', 1)}\n`,
      read: 3,
      unparsed: 1,
      reason: 'malformed_json',
    },
    {
      why: 'a record over the limit of 1 MiB',
      host: 'LONG',
      content: `${good('LONG')}\n{"a":"${'é'.repeat(700_000)}"}\n${good('LONG', 1)}\n`,
      read: 3,
      unparsed: 1,
      reason: 'record_too_long',
    },
  ])('$why', async ({ host, content, read, unparsed, reason }) => {
    const { code, report } = await importFile(await put(`${host}.ndjson`, content));
    expect({ code, report }).toMatchObject({
      code: 0,
      report: { read, stored: read, duplicate: 0, unparsed },
    });
    expect(await stored({ host })).toHaveLength(read - unparsed);
    const received = (await service.api<{ events: { lastSeq: number } }>('GET', '/system/status')).events
      .lastSeq;
    const bad = (await stored({ unparsed: 'true' })).filter((one) => one['seq'] === received);
    expect(bad.map((one) => one['unparsed'])).toEqual(Array.from({ length: unparsed }, () => reason));
  });

  it('bytes that are no UTF-8 come back to the byte', async () => {
    const line = Buffer.from([0x7b, 0xff, 0x00, 0xc0, 0xaf, 0x7d, 0x78, 0x31, 0x39]);
    await importFile(await put('bytes.ndjson', line));
    const found = (await stored({ unparsed: 'true', text: 'x19' })).find(
      (one) => one['rawEncoding'] === 'latin1',
    );
    expect(Buffer.from(String(found?.['raw']), 'latin1')).toEqual(line);
  });

  it('a deep object inside of an event that a rule matches makes an alert or a counted record, never a fault', async () => {
    const event = JSON.stringify(processEvent(1, { Computer: 'DEEP-MATCH', ...suspicious })).slice(0, -1);
    const lines = [10, 1_000, 20_000, 100_000].map((levels) => `${event},"Extra":${nested(levels)}}`);
    const { code, report } = await importFile(
      await put('deep-match.ndjson', `${lines.join('\n')}\n${good('DEEP-MATCH')}\n`),
    );
    expect({ code, report }).toMatchObject({ code: 0, report: { read: 5, stored: 5 } });
    expect(report).toMatchObject({ unparsed: 3, detections: 1 });
    const { items } = await service.api<{ items: { id: string }[] }>('GET', '/alerts?text=DEEP-MATCH');
    expect(items).toHaveLength(1);
    const detail = await service.api<{ detections: number; evidence: unknown[] }>(
      'GET',
      `/alerts/${items[0]?.id}`,
    );
    expect(detail.detections).toBe(report['detections']);
    expect(detail.evidence).toHaveLength(detail.detections);
  });

  it('a NUL and lone surrogates in fields of a match reach the alert and its evidence', async () => {
    const event = processEvent(1, {
      Computer: 'NUL-\u0000-HOST',
      ...suspicious,
      User: 'CORP\\a\u0000b',
      Description: '\ud800 \u0000 \udfff',
    });
    const { code, report } = await importFile(await put('nul-match.ndjson', ndjson([event])));
    expect({ code, report }).toMatchObject({
      code: 0,
      report: { stored: 1, unparsed: 0, detections: 1, alerts: 1 },
    });
    const { items } = await service.api<{ items: { id: string; host: string }[] }>(
      'GET',
      '/alerts?text=-HOST',
    );
    const detail = await service.api<{ evidence: { raw: string }[] }>('GET', `/alerts/${items[0]?.id}`);
    expect(JSON.parse(detail.evidence[0]?.raw ?? '')).toEqual(event);
  });

  it('events of 1601 and 2999 are kept, counted, and found at the time of receipt', async () => {
    const times = ['1601-01-01T00:00:00.000Z', '2999-12-31T23:59:59.999Z'];
    const events = times.map((TimeCreated, n) => processEvent(n, { Computer: 'TIMES', TimeCreated }));
    const { code, report } = await importFile(await put('times.ndjson', ndjson(events)));
    expect({ code, report }).toMatchObject({
      code: 0,
      report: { read: 2, stored: 2, unparsed: 0, outOfRange: 2 },
    });
    const now = Date.now();
    const found = await stored({
      host: 'TIMES',
      from: new Date(now - 600_000).toISOString(),
      to: new Date(now + 600_000).toISOString(),
    });
    expect(found.map((one) => [one['timeOrigin'], one['time'] === one['received']])).toEqual([
      ['out_of_range', true],
      ['out_of_range', true],
    ]);
  });
});

describe('text as other tools write it', () => {
  it.each([
    { why: 'UTF-16 little endian, as PowerShell writes it', host: 'UTF16LE', encode: utf16 },
    { why: 'UTF-16 big endian', host: 'UTF16BE', encode: utf16be },
    {
      why: 'UTF-8 with a byte order mark',
      host: 'UTF8BOM',
      encode: (text: string) => Buffer.from(`\ufeff${text}`),
    },
    {
      why: 'carriage returns at line ends',
      host: 'CRLF',
      encode: (text: string) => Buffer.from(text.replaceAll('\n', '\r\n')),
    },
    { why: 'UTF-16 inside of gzip', host: 'UTF16GZ', encode: (text: string) => gzipSync(utf16(text)) },
  ])('reads $why', async ({ host, encode }) => {
    const content = ndjson([1, 2, 3].map((n) => processEvent(n, { Computer: host, User: 'CORP\\žofie' })));
    const { code, report } = await importFile(await put(`${host}.txt`, encode(content)));
    expect({ code, report }).toMatchObject({ code: 0, report: { read: 3, stored: 3, unparsed: 0 } });
    expect((await stored({ host })).map((one) => one['user'])).toEqual([
      'CORP\\žofie',
      'CORP\\žofie',
      'CORP\\žofie',
    ]);
  });

  it.each([
    { why: 'an empty file', content: '' },
    { why: 'blank lines only', content: '\n \r\n\t\n\n' },
    { why: 'an empty gzip stream', content: gzipSync('') },
  ])('$why is nothing, and no error', async ({ content }) => {
    const { code, report } = await importFile(await put('empty.ndjson', content));
    expect({ code, report }).toMatchObject({
      code: 0,
      report: { read: 0, stored: 0, unparsed: 0, alerts: 0 },
    });
  });
});

describe('files that can not be read to their end', () => {
  it('a truncated gzip file: what came before the cut is stored, 1 says that something is missing, the whole file adds the rest', async () => {
    const events = processEvents('CUT', 5_000);
    const whole = gzipSync(ndjson(events));
    const cut = await put('cut.gz', whole.subarray(0, Math.floor(whole.length * 0.6)));
    const { code, report } = await importFile(cut);
    expect(code).toBe(1);
    expect(report).toMatchObject({
      file: cut,
      unparsed: 0,
      truncated: expect.stringContaining('ends before its end'),
    });
    const kept = Number(report['stored']);
    expect(kept).toBeGreaterThan(1_000);
    expect(kept).toBeLessThan(5_000);
    const again = await importFile(await put('cut-whole.gz', whole));
    expect(again).toMatchObject({ code: 0, report: { read: 5_000, stored: 5_000 - kept, duplicate: kept } });
    expect(await stored({ host: 'CUT' })).toHaveLength(5_000);
  });

  it('names the truncated file to a person', async () => {
    const cut = await put(
      'cut-named.gz',
      gzipSync(ndjson(processEvents('CUT-NAMED', 2_000))).subarray(0, 9_000),
    );
    const { code, stdout } = await runWatchfloor(['import', cut, '--data', data.dir]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${cut} (JSON lines): `);
    expect(stdout).toContain('not read to its end');
  });

  it('a damaged gzip file is stored up to the damage, but for what the decompressor had not given out', async () => {
    const before = gzipSync(ndjson(processEvents('DAMAGED', 1_000)));
    const damaged = gzipSync(ndjson(processEvents('DAMAGED-2', 100)));
    damaged.fill(0xff, 10, 16);
    const { code, report } = await importFile(await put('damaged.gz', Buffer.concat([before, damaged])));
    expect(code).toBe(1);
    expect(report).toMatchObject({ unparsed: 0, truncated: expect.stringContaining('damaged') });
    const lost = 1_000 - Number(report['stored']);
    expect(lost).toBeGreaterThanOrEqual(0);
    // zlib hands out 16 KiB at a time, and nothing of the piece in which it fails.
    expect(lost * Buffer.byteLength(ndjson(processEvents('DAMAGED', 1)))).toBeLessThan(17 << 10);
    expect(await stored({ host: 'DAMAGED' })).toHaveLength(Number(report['stored']));
    expect(await stored({ host: 'DAMAGED-2' })).toHaveLength(0);
  });

  it('a bomb of 2 GB of zeros is stopped early, and what stands before it is kept', async () => {
    const before = gzipSync(ndjson(processEvents('BOMB', 10)));
    const zeros = gzipSync(Buffer.alloc(64 << 20), { level: 9 });
    const { code, report } = await importFile(
      await put('bomb.gz', Buffer.concat([before, ...Array.from({ length: 32 }, () => zeros)])),
    );
    expect(code).toBe(1);
    expect(report).toMatchObject({
      stored: 10,
      truncated: expect.stringContaining('expands more than 200 times'),
    });
  });

  it.each([
    { why: 'a zip archive', head: 'PK\u0003\u0004', says: 'zip archive' },
    { why: 'a Parquet file', head: 'PAR1', says: 'Parquet' },
    { why: 'a bzip2 file', head: 'BZh9', says: 'bunzip2' },
  ])('$why is refused with what to do', async ({ head, says }) => {
    const file = await put('container', Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(5_000, 7)]));
    const { code, report } = await importFile(file);
    expect(code).toBe(1);
    expect(report).toEqual({ file, error: expect.stringContaining(says) });
  });

  it('an event log file that holds nothing but garbage says which parts of it are damaged', async () => {
    const file = await put(
      'garbage.evtx',
      Buffer.concat([Buffer.from('ElfFile\0'), Buffer.alloc(200_000, 7)]),
    );
    const { code, report } = await importFile(file);
    expect(code).toBe(1);
    expect(report).toMatchObject({
      file,
      format: 'evtx',
      stored: 0,
      truncated: expect.stringContaining('chunk 1'),
    });
  });

  it('a folder without files is named', async () => {
    const folder = join(files.dir, 'folder');
    await mkdir(folder);
    const { code, report } = await importFile(folder);
    expect({ code, report }).toEqual({
      code: 1,
      report: { file: folder, error: expect.stringContaining('no file is in it') },
    });
  });
});

describe('the service', () => {
  it('takes a line of 200 MB without holding it in memory', async () => {
    await importFile(await put('warm.ndjson', ndjson(processEvents('WARM', 10_000))));
    const before = await peakMemory(service.pid);
    const long = join(files.dir, 'long.ndjson');
    const piece = Buffer.alloc(1 << 20, 'x');
    async function* content() {
      yield Buffer.from(`${good('HUGE')}\n{"a":"`);
      for (let i = 0; i < 200; i++) yield piece;
      yield Buffer.from(`"}\n${good('HUGE', 1)}\n`);
    }
    await pipeline(Readable.from(content()), createWriteStream(long));
    const { code, report } = await importFile(long);
    expect({ code, report }).toMatchObject({ code: 0, report: { read: 3, stored: 3, unparsed: 1 } });
    expect(await stored({ host: 'HUGE' })).toHaveLength(2);
    const after = await peakMemory(service.pid);
    if (before === null || after === null)
      console.warn('this system does not tell the memory of a process: not checked');
    else expect((after - before) / 2 ** 20).toBeLessThan(150);
  });

  it('is ready after all of it, and has logged no error', async () => {
    const ready = await fetch(`${service.url}/health/ready`);
    expect(ready.status).toBe(200);
    const { consumers } = await service.api<{ consumers: { lag: number }[] }>('GET', '/system/status');
    expect(consumers.map((one) => one.lag)).toEqual([0]);
    const errors = service
      .stderr()
      .split('\n')
      .filter((line) => /"level":"(?:error|fatal)"/.test(line));
    expect(errors).toEqual([]);
  });
});
