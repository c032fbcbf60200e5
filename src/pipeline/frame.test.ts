import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceId, TenantId } from '../model/ids.ts';
import { type Frame, Framer, type FramerOptions } from './frame.ts';
import { fileChain } from './identity.ts';

const chain = fileChain('main' as TenantId, 'test' as SourceId);
const options: FramerOptions = { maxRecordBytes: 64, batchRecords: 1_000, batchBytes: 1 << 20 };

interface Read {
  texts: string[];
  ids: string[];
  flaws: (string | undefined)[];
  batches: number;
}

function read(chunks: readonly Uint8Array[], with_: FramerOptions = options): Read {
  const result: Read = { texts: [], ids: [], flaws: [], batches: 0 };
  const take = (frame: Frame | null): void => {
    if (frame === null) return;
    result.batches += 1;
    frame.ids.forEach((id, i) => {
      const bytes = frame.buffer.subarray(frame.offsets[2 * i], frame.offsets[2 * i + 1]);
      result.texts.push(Buffer.from(bytes).toString('latin1'));
      result.ids.push(id);
      result.flaws.push(frame.flaws.get(i));
    });
  };
  const framer = new Framer(chain, with_);
  for (const chunk of chunks) framer.push(chunk, take);
  take(framer.end());
  return result;
}

const readText = (text: string, with_?: FramerOptions) => read([Buffer.from(text, 'utf8')], with_);

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) break;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  chunks.push(bytes.subarray(at));
  return chunks;
}

describe('framer', () => {
  it.each([
    { text: '', expected: [], why: 'nothing is no record' },
    { text: 'a\nb\n', expected: ['a', 'b'], why: 'a line feed ends a record' },
    { text: 'a\nb', expected: ['a', 'b'], why: 'so does the end of the stream' },
    { text: 'a\r\nb\r\n', expected: ['a', 'b'], why: 'a carriage return belongs to the line end' },
    { text: '\n \t\n\r\na\n\n', expected: ['a'], why: 'blank lines are no records' },
    { text: 'a\rb\n', expected: ['a\rb'], why: 'a carriage return inside is part of the record' },
  ])('reads $expected: $why', ({ text, expected }) => {
    expect(readText(text).texts).toEqual(expected);
  });

  it('gives two identical lines two identities, and the same stream the same ones', () => {
    const ids = readText('same\nsame\n').ids;
    expect(new Set(ids).size).toBe(2);
    expect(readText('same\nsame').ids).toEqual(ids);
    expect(readText('same\r\n\r\nsame\r\n').ids).toEqual(ids);
  });

  it('keeps the identities of what was there when a file grows, and changes them after a difference', () => {
    const before = readText('a\nb\nc\n').ids;
    const grown = readText('a\nb\nc\nd\n').ids;
    expect(grown.slice(0, 3)).toEqual(before);
    const edited = readText('a\nX\nc\n').ids;
    expect(edited[0]).toBe(before[0]);
    expect(edited[2]).not.toBe(before[2]);
  });

  it('keeps a record of exactly the limit whole and cuts one byte more, without losing its neighbours', () => {
    const fits = 'x'.repeat(64);
    const tooLong = 'y'.repeat(65);
    const got = readText(`a\n${fits}\r\n${tooLong}\r\nb\n`);
    expect(got.texts).toEqual(['a', fits, 'y'.repeat(64), 'b']);
    expect(got.flaws).toEqual([undefined, undefined, 'record_too_long', undefined]);
  });

  it('tells two overlong records apart by the bytes that it does not keep', () => {
    const head = 'z'.repeat(100);
    expect(readText(`${head}1\n`).ids).not.toEqual(readText(`${head}2\n`).ids);
  });

  it('names bytes that are not UTF-8', () => {
    expect(read([Buffer.from([0x61, 0xff, 0x0a, 0x62, 0x0a])]).flaws).toEqual(['invalid_utf8', undefined]);
  });

  it('gives the same records and identities however the stream is cut into chunks and batches', () => {
    const line = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.string({ minLength: 50, maxLength: 140 }),
      fc.constant(''),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n'))),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (lines, sizes, batchRecords) => {
          const bytes = Buffer.from(lines.map(([text, end]) => text + end).join(''), 'utf8');
          const whole = read([bytes]);
          const pieces = read(cut(bytes, sizes), { ...options, batchRecords });
          expect({ ...pieces, batches: 0 }).toEqual({ ...whole, batches: 0 });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('counts blank lines by the record after them, whatever the batches', () => {
    const text = '\na\n\n \nb\nc\n\nd\n\n';
    const linesOf = (batchRecords: number): number[] => {
      const lines: number[] = [];
      let passed = 0;
      const take = (frame: Frame | null): void => {
        frame?.ids.forEach((_, i) => {
          passed += 1 + (frame.blanks.get(i) ?? 0);
          lines.push(passed);
        });
      };
      const framer = new Framer(chain, { ...options, batchRecords });
      framer.push(Buffer.from(text), take);
      take(framer.end());
      return lines;
    };
    expect([linesOf(100), linesOf(1), linesOf(3)]).toEqual([
      [2, 5, 6, 8],
      [2, 5, 6, 8],
      [2, 5, 6, 8],
    ]);
  });
});
