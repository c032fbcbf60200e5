/** What `import` says: rate, time left, the sum at the end. */
import { describe, expect, it } from 'vitest';
import type { Output } from '../output.ts';
import { createProgress, fileText, type ImportResult, timeText, totalText } from './progress.ts';

const result = (more: Partial<ImportResult> = {}): ImportResult => ({
  format: 'text',
  what: 'lines of text',
  read: 1_000,
  stored: 900,
  duplicate: 100,
  unparsed: 2,
  outOfRange: 0,
  detections: 3,
  alerts: 1,
  ...more,
});

describe('progress', () => {
  it('counts rate and time left over all files', () => {
    const said: string[] = [];
    const output: Output = {
      json: false,
      result: () => undefined,
      note: () => undefined,
      progress: (text) => said.push(text),
    };
    let now = 0;
    const progress = createProgress(output, 2, 4_000_000, () => now);
    progress.file('a.log');
    progress.sent(1_000_000);
    now = 1_000;
    progress.report({ read: 10_000, what: 'lines of text' });
    progress.done(10_000, 1_000_000);
    progress.file('b.log');
    progress.sent(1_000_000);
    now = 4_000;
    progress.report({ read: 6_000, what: 'JSON lines' });
    now = 4_100;
    progress.report({ read: 6_500, what: 'JSON lines' });
    expect(said).toEqual([
      '1 of 2 a.log (lines of text): 10,000 records, 10,000/s, 3 s left',
      '2 of 2 b.log (JSON lines): 6,000 records, 4,000/s, 4 s left',
    ]);
  });

  it('says how many matches there are, and nothing of a name that moves the cursor', () => {
    const said: string[] = [];
    const idle = (): void => undefined;
    const output: Output = { json: false, result: idle, note: idle, progress: (text) => said.push(text) };
    let now = 0;
    const progress = createProgress(output, 1, null, () => now);
    progress.file('a\u001b[2J.evtx');
    now = 1_000;
    progress.report({ read: 10, what: 'a Windows event log file (EVTX)', matches: 1 });
    expect(said).toEqual(['a␛[2J.evtx (a Windows event log file (EVTX)): 10 records, 10/s, 1 match']);
  });

  it.each([
    { seconds: 0.2, text: '1 s' },
    { seconds: 99, text: '99 s' },
    { seconds: 600, text: '10 min' },
    { seconds: 12_000, text: '3 h 20 min' },
  ])('writes $seconds seconds as $text', ({ seconds, text }) => {
    expect(timeText(seconds)).toBe(text);
  });
});

it('a file that was not read to its end says so on a line of its own', () => {
  expect(fileText('a.log', result({ truncated: 'interrupted', outOfRange: 4 }))).toBe(
    'a.log (lines of text): 1,000 records read, 900 stored, 100 duplicate, 2 unparsed, 3 detections, 1 new alert, 4 with a time out of range\n  not read to its end: interrupted',
  );
});

it('the end is the sum of all files', () => {
  expect(totalText([result(), result({ alerts: 2 })], 1)).toBe(
    '2 files (1 not read, or not to their end): 2,000 records read, 1,800 stored, 200 duplicate, 4 unparsed, 6 detections, 3 new alerts',
  );
});
