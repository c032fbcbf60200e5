/** Decoders against anything: they never throw, they lose no part of a line, they find what is carried. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenContext } from '../../../test/support/golden.ts';
import { instantOf } from '../../base/civil-time.ts';
import type { Decoder } from '../../model/batch.ts';
import { parsers } from '../../plugins/parsers/index.generated.ts';
import { claimants, parseRecord } from '../parse.ts';
import { readLine } from './syslog.ts';
import { readRow } from './table.ts';

const decoders: readonly Decoder[] = ['json', 'xml', 'table', 'text'];
const header =
  '#separator \\x09\n#set_separator\t,\n#path\tx\n#fields\ta\tb\tc\n#types\ttime\tset[string]\tbool';

const piece = fc.oneof(
  fc.constantFrom(
    '<134>',
    '<999>',
    '1 ',
    'Mar  2 10:11:12 ',
    '2026-03-02T10:11:12Z ',
    '2026-03-02 10:11:12,5 ',
    'host ',
    'sshd[1]: ',
    'sudo: ',
    'app[2] ',
    '- - - ',
    '[id a="b"] ',
    '\uFEFF',
    '{"a":',
    '{"message":"',
    '"}',
    '}',
    '@cee: ',
    '<Event>',
    '</Event>',
    '<System/>',
    '\t',
    '\x1d',
    'type=SYSCALL msg=audit(1772438400.123:7): ',
    'a0="x" ',
    'Failed password for ',
    ' from 192.0.2.1 port 22 ssh2',
    'pam_unix(sshd:auth): ',
    '[**] [1:2:3] ',
    '\u0000',
    '\\x2e',
    '(empty)',
    '-',
  ),
  fc.string({ maxLength: 12 }),
);
const text = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''));

describe('any text', () => {
  it.each(decoders)(
    'read as %s is an event or a reason, never a throw, and the same every time',
    (decoder) => {
      const context = { ...goldenContext, decoder, header };
      fc.assert(
        fc.property(text, (raw) => {
          const outcome = parseRecord(raw, context, parsers);
          if (outcome.kind === 'unparsed') expect(outcome.reason).not.toBe('parser_error');
          else {
            expect(outcome.event.time === null || Number.isFinite(outcome.event.time)).toBe(true);
            expect(outcome.event.ocsf.class_uid).toBeTypeOf('number');
            expect(JSON.stringify(parseRecord(raw, context, parsers))).toBe(JSON.stringify(outcome));
          }
        }),
        { numRuns: 500 },
      );
    },
  );

  it('is claimed by one parser at most', () => {
    fc.assert(
      fc.property(text, (raw) => {
        for (const { parsers: names } of claimants(raw, { ...goldenContext, decoder: 'text' }, parsers))
          expect(names.length, names.join(' and ')).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('as a line keeps its message whole: what is taken off stands before it', () => {
    fc.assert(
      fc.property(text, (line) => {
        const read = readLine(line, { month: '2026-03' });
        expect(line.replace(/[\r\n\0]+$/, '').endsWith(read.message)).toBe(true);
        expect(read.line).toBe(line);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an envelope', () => {
  it.each([
    {
      line: '<134> Mar 14 09:26:53 sensor-01 test something',
      host: 'sensor-01',
      app: '',
      message: 'test something',
      why: 'no tag',
    },
    {
      line: '<134>Mar 14 2024 09:26:53 fw : %ASA-3-1: deny',
      host: 'fw',
      app: '',
      message: ': %ASA-3-1: deny',
      why: 'a year',
    },
    {
      line: 'Mar 14 09:26:53 /usr/sbin/cron[42]: (root) CMD',
      host: '',
      app: '/usr/sbin/cron',
      message: '(root) CMD',
      why: 'no host',
    },
    { line: '<13>kernel: [1.5] x', host: '', app: 'kernel', message: '[1.5] x', why: 'no time' },
    { line: '<165>1 - - - - - -', host: '', app: '', message: '', why: 'nothing but nils' },
    {
      line: '<165>1 nonsense h a p m - x',
      host: '',
      app: '',
      message: '1 nonsense h a p m - x',
      why: 'no time where one must be',
    },
    { line: '<192>x', host: '', app: '', message: '<192>x', why: 'a priority that is too high' },
    {
      line: '2024-01-02T03:04:05.678+01:00 h app[7]: m: n',
      host: 'h',
      app: 'app',
      message: 'm: n',
      why: 'rsyslog’s file',
    },
    {
      line: '<38>1 2026-03-02T10:11:12Z h sshd 7 - -  Failed password for x\n',
      host: 'h',
      app: 'sshd',
      message: 'Failed password for x',
      why: 'rsyslog’s RFC 5424 with octet counts: a second blank, and a line end in the count',
    },
    {
      line: '<38>1 2026-03-02T10:11:12Z h app 7 - - \uFEFF größer',
      host: 'h',
      app: 'app',
      message: 'größer',
      why: 'a byte order mark',
    },
  ])('$why', ({ line, host, app, message }) => {
    expect(readLine(line, { month: '2026-03' })).toMatchObject({ host, app, message });
  });
});

describe('a time without a year', () => {
  const at = (month: number, day: number, context: { month?: string; zone?: string }, hour = 12) => {
    const found = instantOf({ year: null, month, day, hour, minute: 0, second: 0, ms: 0 }, context);
    return found === null ? null : new Date(found).toISOString();
  };

  it.each([
    {
      month: 12,
      day: 31,
      in: '2026-01',
      want: '2025-12-31T12:00:00.000Z',
      why: 'of December, come in January',
    },
    { month: 1, day: 1, in: '2026-01', want: '2026-01-01T12:00:00.000Z', why: 'of the same month' },
    {
      month: 2,
      day: 1,
      in: '2026-01',
      want: '2026-02-01T12:00:00.000Z',
      why: 'a day ahead, since clocks differ',
    },
    {
      month: 2,
      day: 3,
      in: '2026-01',
      want: '2025-02-03T12:00:00.000Z',
      why: 'later than that: of the year before',
    },
    { month: 2, day: 29, in: '2026-03', want: '2024-02-29T12:00:00.000Z', why: 'that only leap years have' },
    { month: 2, day: 30, in: '2026-03', want: null, why: 'that no year has' },
    { month: 13, day: 1, in: '2026-03', want: null, why: 'of a month that is none' },
  ])('$why', ({ month, day, in: received, want }) => {
    expect(at(month, day, { month: received })).toBe(want);
  });

  it('without a month is none', () => {
    expect(at(3, 1, {})).toBeNull();
  });

  it.each([
    { zone: 'Europe/Berlin', month: 7, hour: 2, want: '2026-07-15T00:00:00.000Z' },
    { zone: 'Europe/Berlin', month: 1, hour: 2, want: '2026-01-15T01:00:00.000Z' },
    { zone: 'Asia/Kolkata', month: 1, hour: 2, want: '2026-01-14T20:30:00.000Z' },
    { zone: 'America/New_York', month: 7, hour: 22, want: '2026-07-16T02:00:00.000Z' },
  ])('in $zone, month $month', ({ zone, month, hour, want }) => {
    expect(at(month, 15, { month: '2026-07', zone }, hour)).toBe(want);
  });
});

describe('a row', () => {
  it('has its values as Zeek’s JSON writer gives them', () => {
    expect(readRow('1.5\ta\\x2cb,c\tT', { header })).toEqual({
      ok: true,
      value: { _path: 'x', a: 1.5, b: ['a,b', 'c'], c: true },
    });
    expect(readRow('-\t(empty)\tF', { header })).toEqual({
      ok: true,
      value: { _path: 'x', b: [], c: false },
    });
  });

  it('with other columns than its header is a reason', () => {
    expect(readRow('1.5\ta', { header })).toEqual({ ok: false, error: 'malformed_row' });
    expect(readRow('1.5', { header: '' })).toEqual({ ok: false, error: 'malformed_row' });
  });
});

describe('a line in a shipper’s object', () => {
  const line = 'Failed password for root from 198.51.100.7 port 40022 ssh2';
  it.each([
    {
      why: 'Vector',
      json: { appname: 'sshd', host: 'web-01', message: line, timestamp: '2026-03-02T10:11:12Z' },
    },
    {
      why: 'Fluent Bit, parsed',
      json: { ident: 'sshd', host: 'web-01', message: line, date: 1_772_446_272.5 },
    },
    {
      why: 'Fluent Bit, tail',
      json: { date: 1_772_446_272.5, log: `Mar  2 10:11:12 web-01 sshd[1]: ${line}\n` },
    },
    {
      why: 'Filebeat',
      json: {
        '@timestamp': '2026-03-02T10:11:12Z',
        host: { name: 'web-01' },
        event: { original: `Mar  2 10:11:12 web-01 sshd[1]: ${line}` },
      },
    },
    {
      why: 'a Splunk HTTP event',
      json: { event: `Mar  2 10:11:12 web-01 sshd[1]: ${line}`, sourcetype: 'syslog' },
    },
    {
      why: 'an Elasticsearch hit',
      json: { _index: 'x', _source: { message: `Mar  2 10:11:12 web-01 sshd[1]: ${line}` } },
    },
    {
      why: 'rsyslog',
      json: {
        '@timestamp': '2026-03-02T10:11:12Z',
        hostname: 'web-01',
        programname: 'sshd',
        message: line,
        severity: 'info',
      },
    },
    {
      why: 'rsyslog with the tag in the message',
      json: { '@timestamp': '2026-03-02T10:11:12Z', host: 'web-01', message: `sshd[812]: ${line}` },
    },
    {
      why: 'syslog-ng',
      json: {
        PROGRAM: 'sshd',
        PRIORITY: 'info',
        PID: '812',
        MESSAGE: line,
        HOST: 'web-01',
        FACILITY: 'auth',
        ISODATE: '2026-03-02T10:11:12+00:00',
      },
    },
  ])('$why', ({ json }) => {
    const outcome = parseRecord(JSON.stringify(json), goldenContext, parsers);
    if (outcome.kind !== 'event') throw new Error(outcome.reason);
    expect(outcome.parser.name).toBe('sshd');
    expect(outcome.event.native).toMatchObject({ user: 'root', src_ip: '198.51.100.7', hostname: 'web-01' });
    expect(new Date(outcome.event.time ?? 0).toISOString().slice(0, 19)).toBe('2026-03-02T10:11:12');
  });
});
