/** Instants as records write them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTimestamp } from './timestamp.ts';

const table: readonly {
  readonly value: unknown;
  readonly at: string | null;
  readonly zoned?: boolean;
  readonly why: string;
}[] = [
  {
    value: '2026-03-02T08:15:30.1239999Z',
    at: '2026-03-02T08:15:30.123Z',
    zoned: true,
    why: '100 ns are cut, not rounded',
  },
  {
    value: '2026-03-02T08:15:30.5Z',
    at: '2026-03-02T08:15:30.500Z',
    zoned: true,
    why: 'one digit is tenths',
  },
  { value: '2026-03-02T08:15:30Z', at: '2026-03-02T08:15:30.000Z', zoned: true, why: 'no fraction' },
  { value: '2026-03-02T08:15Z', at: '2026-03-02T08:15:00.000Z', zoned: true, why: 'no seconds' },
  {
    value: '2026-03-02 08:15:30,123',
    at: '2026-03-02T08:15:30.123Z',
    zoned: false,
    why: 'a decimal comma, no zone',
  },
  {
    value: '2026-03-02 10:15:30 +0200',
    at: '2026-03-02T08:15:30.000Z',
    zoned: true,
    why: 'an offset after a blank',
  },
  {
    value: '2026-03-02T02:45:30-05:30',
    at: '2026-03-02T08:15:30.000Z',
    zoned: true,
    why: 'an offset west of Greenwich',
  },
  { value: '2026-03-02 08:15:30 UTC', at: '2026-03-02T08:15:30.000Z', zoned: true, why: 'the zone by name' },
  { value: '2024-02-29T00:00:00Z', at: '2024-02-29T00:00:00.000Z', zoned: true, why: 'a leap day' },
  { value: '2026-02-29T00:00:00Z', at: null, why: 'no leap day that year' },
  { value: '2026-13-01T00:00:00Z', at: null, why: 'no such month' },
  { value: '2026-03-02T24:00:00Z', at: null, why: 'no such hour' },
  { value: '2026-03-02T08:15:30+02', at: null, why: 'half an offset' },
  { value: '2026-03-02T08:15:30 CET', at: null, why: 'a zone name that is ambiguous is not guessed' },
  { value: '2026-03-02', at: null, why: 'a date is no instant' },
  {
    value: '1601-01-01T00:00:00Z',
    at: '1601-01-01T00:00:00.000Z',
    zoned: true,
    why: 'an unset FILETIME stays visible',
  },
  {
    value: '2999-12-31T23:59:59Z',
    at: '2999-12-31T23:59:59.000Z',
    zoned: true,
    why: 'the range is not judged here',
  },
  { value: '/Date(1772439330123)/', at: '2026-03-02T08:15:30.123Z', zoned: true, why: 'Windows PowerShell' },
  { value: 1_772_439_330, at: '2026-03-02T08:15:30.000Z', zoned: true, why: 'seconds' },
  { value: 1_772_439_330_123, at: '2026-03-02T08:15:30.123Z', zoned: true, why: 'milliseconds' },
  { value: 1_772_439_330_123_456, at: '2026-03-02T08:15:30.123Z', zoned: true, why: 'microseconds' },
  { value: 12, at: null, why: 'too small to be a time' },
  { value: Number.NaN, at: null, why: 'no number' },
  { value: '', at: null, why: 'empty' },
  { value: null, at: null, why: 'nothing' },
];

describe('readTimestamp', () => {
  it.each(table)('$value: $why', ({ value, at, zoned }) => {
    const read = readTimestamp(value);
    expect(read === null ? null : new Date(read.at).toISOString()).toBe(at);
    if (at !== null) expect(read?.zoned).toBe(zoned);
  });

  it('agrees with Date on every instant that Date can write with four digits of year', () => {
    const dates = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(dates, (date) => readTimestamp(date.toISOString())?.at === date.getTime()));
  });

  it('never throws, and answers a whole number or null', () => {
    fc.assert(fc.property(fc.string(), (text) => Number.isInteger(readTimestamp(text)?.at ?? 0)));
  });
});
