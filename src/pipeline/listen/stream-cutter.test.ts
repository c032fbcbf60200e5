/** RFC 6587: messages of a TCP stream, however it is cut into packets. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceId } from '../../model/ids.ts';
import { mainTenant } from '../../model/ids.ts';
import type { Frame } from '../cutter.ts';
import { Framer } from '../frame.ts';
import { connectionChain } from '../identity.ts';
import { SyslogStreamCutter } from './stream-cutter.ts';

const limits = { maxRecordBytes: 1_000, batchRecords: 100, batchBytes: 1 << 20 };

function messages(bytes: Buffer, packet: number): string[] {
  const framer = new Framer(connectionChain(mainTenant, 's' as SourceId, 'c'), limits);
  const cutter = new SyslogStreamCutter(framer);
  const frames: Frame[] = [];
  const emit = (frame: Frame): void => void frames.push(frame);
  for (let at = 0; at < bytes.length; at += packet) cutter.push(bytes.subarray(at, at + packet), emit);
  const last = cutter.end(emit);
  if (last !== null) frames.push(last);
  return frames.flatMap(({ buffer, offsets, ids }) =>
    ids.map((_, i) => Buffer.from(buffer.subarray(offsets[2 * i], offsets[2 * i + 1])).toString('utf8')),
  );
}

const of = (text: string): string[] => messages(Buffer.from(text), 1 << 20);

describe('a TCP stream', () => {
  it.each([
    { why: 'line ends', text: '<13>one\n<13>two\r\n<13>three', want: ['<13>one', '<13>two', '<13>three'] },
    { why: 'octet counts', text: '7 <13>one11 <13>two\nmor', want: ['<13>one', '<13>two\nmor'] },
    { why: 'counts and a line end after each', text: '7 <13>one\n7 <13>two\n', want: ['<13>one', '<13>two'] },
    {
      why: 'both in one stream',
      text: '7 <13>one<13>line\n7 <13>two',
      want: ['<13>one', '<13>line', '<13>two'],
    },
    { why: 'NULs', text: '<13>one\0<13>two\0', want: ['<13>one', '<13>two'] },
    {
      why: 'a line that begins with a year',
      text: '2026-03-02T00:00:00Z h app: x\n',
      want: ['2026-03-02T00:00:00Z h app: x'],
    },
    { why: 'a line that begins with a number', text: '12 monkeys\n', want: ['12 monkeys'] },
    { why: 'nothing but line ends', text: '\n\r\n\0\n', want: [] },
    { why: 'a count that is not reached', text: '99 <13>cut', want: ['<13>cut'] },
    { why: 'only the beginning of a count', text: '12', want: ['12'] },
    { why: 'characters of several octets', text: '10 <13>größ7 <13>two', want: ['<13>größ', '<13>two'] },
  ])('with $why', ({ text, want }) => {
    expect(of(text)).toEqual(want);
  });

  it('gives the same messages however it is cut into packets', () => {
    const piece = fc.oneof(
      fc.constantFrom('7 <13>one', '<13>two\n', '\n', '\0', '1', ' ', '<', '99999999999 <', '3 <a>'),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (pieces, packet) => {
        const bytes = Buffer.from(pieces.join(''));
        expect(messages(bytes, packet)).toEqual(messages(bytes, 1 << 20));
      }),
    );
  });

  it('loses nothing but what frames the messages', () => {
    const message = fc
      .string({ minLength: 1, maxLength: 50 })
      .map((text) => `<13>${text.replaceAll('\n', ' ')}`);
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), fc.integer({ min: 1, max: 9 }), (list, packet) => {
        const counted = list.map((one) => `${Buffer.byteLength(one)} ${one}`).join('');
        expect(messages(Buffer.from(counted), packet)).toEqual(list.map((one) => one.replace(/\r$/, '')));
      }),
    );
  });
});
