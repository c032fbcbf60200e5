import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompress, looksGzip, normaliseText, StreamFault } from './decompress.ts';

const limits = { maxDecompressionRatio: 200 };

async function* chunks(bytes: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(
  source: AsyncIterable<Uint8Array>,
): Promise<{ bytes: Buffer; fault: StreamFault | null }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of source) parts.push(part);
  } catch (thrown) {
    if (!(thrown instanceof StreamFault)) throw thrown;
    return { bytes: Buffer.concat(parts), fault: thrown };
  }
  return { bytes: Buffer.concat(parts), fault: null };
}

const text = Buffer.from(
  Array.from({ length: 20_000 }, (_, i) => `{"n":${i},"x":"${(i * 7919) % 10007}"}`).join('\n'),
);

describe('decompression', () => {
  it('gives back what went in, for both encodings and several members', async () => {
    expect((await collect(decompress(chunks(gzipSync(text)), 'gzip', limits))).bytes.equals(text)).toBe(true);
    expect((await collect(decompress(chunks(deflateSync(text)), 'deflate', limits))).bytes.equals(text)).toBe(
      true,
    );
    const two = Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]);
    expect((await collect(decompress(chunks(two), 'gzip', limits))).bytes.toString()).toBe('a\nb\n');
  });

  it('keeps everything before the end of a truncated stream, and says that it is truncated', async () => {
    const whole = gzipSync(text);
    const got = await collect(decompress(chunks(whole.subarray(0, whole.length / 2)), 'gzip', limits));
    expect(got.fault?.kind).toBe('truncated');
    expect(got.bytes.length).toBeGreaterThan(text.length / 4);
    expect(text.subarray(0, got.bytes.length).equals(got.bytes)).toBe(true);
  });

  it('says corrupt for damage and for what is not gzip at all', async () => {
    const damaged = Buffer.from(gzipSync(text));
    const middle = Math.floor(damaged.length / 2);
    damaged.fill(0xff, middle, middle + 50);
    const got = await collect(decompress(chunks(damaged), 'gzip', limits));
    expect(got.fault?.kind).toBe('corrupt');
    // What stands before the damage is exact; bytes after it may decode to something else before the error shows.
    const good = Math.floor(text.length * 0.4);
    expect(got.bytes.subarray(0, good).equals(text.subarray(0, good))).toBe(true);
    expect((await collect(decompress(chunks(Buffer.from('hello')), 'gzip', limits))).fault?.kind).toBe(
      'corrupt',
    );
  });

  it('stops at a bomb long before it has expanded', async () => {
    const bomb = gzipSync(Buffer.alloc(100 << 20));
    const got = await collect(decompress(chunks(bomb), 'gzip', limits));
    expect(got.fault?.kind).toBe('bomb');
    expect(got.bytes.length).toBeLessThan(40 << 20);
  });

  it('stops at the limits of a delivery, sent and decompressed', async () => {
    expect((await collect(decompress(chunks(text), 'identity', { ...limits, maxIn: 100 }))).fault?.kind).toBe(
      'too_large',
    );
    expect(
      (await collect(decompress(chunks(gzipSync(text)), 'gzip', { ...limits, maxOut: 1000 }))).fault?.kind,
    ).toBe('too_large');
  });
});

describe('text normalisation', () => {
  it.each([
    { bytes: Buffer.from('\ufeffa\n'), expected: 'a\n', why: 'UTF-8 mark' },
    { bytes: Buffer.from('\ufeffaé\n', 'utf16le'), expected: 'aé\n', why: 'UTF-16 as Windows writes it' },
    { bytes: Buffer.from('\ufeffaé\n', 'utf16le').swap16(), expected: 'aé\n', why: 'big-endian UTF-16' },
    { bytes: Buffer.from('a'), expected: 'a', why: 'shorter than a mark' },
    { bytes: Buffer.from(''), expected: '', why: 'nothing' },
  ])('reads $expected: $why', async ({ bytes, expected }) => {
    for (const size of [1, 2, 3, 100]) {
      expect((await collect(normaliseText(chunks(bytes, size)))).bytes.toString('utf8')).toBe(expected);
    }
  });

  it('knows gzip by its magic bytes', () => {
    expect(looksGzip(gzipSync('x'))).toBe(true);
    expect(looksGzip(Buffer.from('{"a":1}'))).toBe(false);
    expect(looksGzip(Buffer.alloc(0))).toBe(false);
  });
});
