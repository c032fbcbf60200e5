/** `sigma match` on small files: indexes, refusals, lines that are no events. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsers } from '../plugins/parsers/index.generated.ts';
import { runSigmaMatch } from './sigma-match.ts';
import type { SigmaMatchOptions, UnreadRecord } from './sigma-match-types.ts';

const ruleOf = (id: string, value = 'x', extra = ''): string =>
  `title: rule ${id}\nid: ${id}\nlogsource: {product: windows, category: process_creation}\ndetection:\n  sel:\n    Image: ${value}\n  condition: sel\n${extra}`;
const event = (Image: string): string =>
  JSON.stringify({
    EventID: 1,
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    Provider_Name: 'Microsoft-Windows-Sysmon',
    Computer: 'c',
    Image,
  });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sigma-match-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(
  rules: string,
  events: string | Uint8Array,
  more: Partial<SigmaMatchOptions> = {},
  name = 'e.ndjson',
) {
  await writeFile(join(folder, 'r.yml'), rules);
  await writeFile(join(folder, name), events);
  const found: [string, number][] = [];
  const unread: UnreadRecord[] = [];
  const summary = await runSigmaMatch({
    rulesPath: join(folder, 'r.yml'),
    eventsPath: join(folder, name),
    parsers,
    onMatch: ({ ruleId, eventIndex }) => found.push([ruleId, eventIndex]),
    onUnread: (line) => unread.push(line),
    ...more,
  });
  return { found, unread, summary };
}

describe('runSigmaMatch', () => {
  it('counts events by their non-empty lines, unreadable ones included', async () => {
    const lines = ['', event('x'), 'not json', '  ', '[1]', event('y'), event('x')].join('\r\n');
    const { found, unread, summary } = await run(ruleOf('id-1'), lines);
    expect(found).toEqual([
      ['id-1', 0],
      ['id-1', 4],
    ]);
    expect(unread).toMatchObject([
      { line: 3, eventIndex: 1, reason: 'malformed_json' },
      { line: 5, eventIndex: 2, reason: 'not_an_object' },
    ]);
    expect(summary).toMatchObject({
      files: 1,
      loaded: 1,
      events: 5,
      unparsed: 2,
      matches: 2,
      unroutedEvents: 0,
    });
  });

  it('reads gzip', async () => {
    const { found } = await run(ruleOf('id-1'), gzipSync(`${event('x')}\n`), {}, 'e.ndjson.gz');
    expect(found).toEqual([['id-1', 0]]);
  });

  it('takes what is good of a gzip file that breaks off, and says that it does', async () => {
    const lines = Array.from({ length: 500 }, (_, n) => event(n === 0 ? 'x' : `${n * 7919}`)).join('\n');
    const whole = gzipSync(lines);
    const { found, summary } = await run(ruleOf('id-1'), whole.subarray(0, whole.length - 20), {}, 'e.gz');
    expect(found).toEqual([['id-1', 0]]);
    expect(summary.unreadFiles).toEqual([
      { file: join(folder, 'e.gz'), reason: expect.stringContaining('ends before its end') },
    ]);
  });

  it('reads standard input, whatever the pieces it comes in', async () => {
    const bytes = Buffer.from(`${event('ü')}\n${event('x')}`);
    async function* pieces() {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const { found } = await run(ruleOf('id-1', 'Ü'), '', { eventsPath: '-', stdin: pieces() });
    expect(found).toEqual([['id-1', 0]]);
  });

  it('a line that is not UTF-8 is counted, not matched', async () => {
    const { found, unread } = await run(
      ruleOf('id-1'),
      Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(event('x'))]),
    );
    expect(unread).toMatchObject([{ eventIndex: 0, reason: 'invalid_utf8' }]);
    expect(found).toEqual([['id-1', 1]]);
  });

  it('refuses documents one by one, and a second rule of the same id', async () => {
    const text = [
      ruleOf('id-1'),
      'title: no\n',
      ruleOf('id-1', 'y'),
      ruleOf('id-2', "'%p%'").replace('Image:', 'Image|expand:'),
    ].join('---\n');
    const { summary } = await run(text, event('x'));
    expect(summary.loaded).toBe(1);
    expect(summary.refused.map(({ line, reason }) => [line, reason])).toEqual([
      [9, expect.stringContaining('no logsource')],
      [11, expect.stringMatching(/^the id is taken by .*r\.yml \(line 1\)$/)],
      [24, expect.stringContaining('%p% has no value')],
    ]);
  });

  it('a given logsource holds for events that no parser takes, and only for them', async () => {
    const rule = ruleOf('id-1').replace('{product: windows, category: process_creation}', '{product: acme}');
    const lines = `{"Image":"x"}\n${event('x')}`;
    expect((await run(rule, lines, { logsource: { product: 'acme' } })).found).toEqual([['id-1', 0]]);
    expect((await run(rule, lines)).summary.unparsedByReason).toEqual({ unknown_format: 1 });
  });

  it('ends between two batches when it is told to, with what was found until then', async () => {
    const controller = new AbortController();
    const lines = Array.from({ length: 50_000 }, () => event('x')).join('\n');
    const onMatch = (): void => controller.abort();
    const { summary } = await run(ruleOf('id-1'), lines, { signal: controller.signal, onMatch });
    expect(summary.interrupted).toBe(true);
    expect(summary.matches).toBeGreaterThan(0);
    expect(summary.events).toBeLessThan(50_000);
    expect(summary.unreadFiles).toEqual([]);
  });

  it('does not wait for a pipe on which nothing comes any more', async () => {
    const controller = new AbortController();
    const pipe = new PassThrough();
    pipe.write(`${event('x')}\n`);
    const idle = (): void => undefined;
    const sent = (): void => void setImmediate(() => controller.abort());
    const { found, summary } = await run(ruleOf('id-1'), '', {
      eventsPath: '-',
      stdin: pipe,
      progress: { archive: idle, begin: idle, file: idle, sent, report: idle, done: idle },
      signal: controller.signal,
    });
    expect(summary.interrupted).toBe(true);
    expect(found.length).toBeLessThanOrEqual(2);
  });

  it('counts events that no loaded rule looks at', async () => {
    const other = event('x').replace('"EventID":1', '"EventID":3');
    expect((await run(ruleOf('id-1'), other)).summary.unroutedEvents).toBe(1);
  });
});
