/** Every format's cutter: which records come out, however the bytes are cut into chunks. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SourceId } from '../../model/ids.ts';
import { mainTenant } from '../../model/ids.ts';
import type { Frame } from '../cutter.ts';
import { Framer } from '../frame.ts';
import { fileChain } from '../identity.ts';
import { type Format, formats, guessFormat } from './guess.ts';
import { cutterOf } from './index.ts';

const limits = { maxRecordBytes: 1 << 16, batchRecords: 1_000, batchBytes: 1 << 20 };

interface Cut {
  readonly records: readonly string[];
  readonly ids: readonly string[];
  readonly facts: readonly unknown[];
}

function cut(bytes: Buffer, chunk: number, format: Format | null = null, options = limits): Cut {
  const framer = new Framer(fileChain(mainTenant, 'test' as SourceId), options);
  const guess = format === null ? guessFormat(bytes) : { format, wrapper: null };
  const cutter = cutterOf(guess, framer);
  const frames: Frame[] = [];
  const emit = (frame: Frame): void => void frames.push(frame);
  for (let at = 0; at < bytes.length; at += chunk) cutter.push(bytes.subarray(at, at + chunk), emit);
  const last = cutter.end(emit);
  if (last !== null) frames.push(last);
  return {
    records: frames.flatMap((frame) =>
      frame.ids.map((_, i) =>
        Buffer.from(frame.buffer.subarray(frame.offsets[2 * i], frame.offsets[2 * i + 1])).toString('utf8'),
      ),
    ),
    ids: frames.flatMap(({ ids }) => ids),
    facts: frames.map(({ facts }) => facts),
  };
}

const recordsOf = (text: string, format: Format | null = null) =>
  cut(Buffer.from(text), 1 << 20, format).records;

describe('what a file is taken for', () => {
  it.each([
    { head: '{"a":1}\n{"a":2}\n', format: 'json', wrapper: null, why: 'an object a line' },
    { head: '{"a":', format: 'json', wrapper: null, why: 'a line that is longer than what is looked at' },
    { head: '{\n  "a": 1\n}\n', format: 'json-document', wrapper: null, why: 'an object over several lines' },
    { head: '[{"a":1}]', format: 'json-document', wrapper: null, why: 'a list' },
    { head: '[\n  {\n', format: 'json-document', wrapper: null, why: 'a list over several lines' },
    { head: '{"Records":[{"eventVersion"', format: 'json-document', wrapper: 'Records', why: 'CloudTrail' },
    {
      head: '{"@odata.context":"https://x","value":[{"id"',
      format: 'json-document',
      wrapper: 'value',
      why: 'Graph',
    },
    {
      head: '{"value":[1,2]}\n',
      format: 'json',
      wrapper: null,
      why: 'a list of plain values is data, not records',
    },
    {
      head: '<?xml version="1.0"?>\n<Events><Event xmlns="',
      format: 'xml',
      wrapper: null,
      why: 'an exported log',
    },
    { head: '<Event><System>', format: 'xml', wrapper: null, why: 'an event a line' },
    { head: '#separator \\x09\n', format: 'zeek', wrapper: null, why: 'a Zeek log' },
    {
      head: '#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n',
      format: 'zeek',
      wrapper: null,
      why: 'a log of IIS',
    },
    { head: 'ElfFile\0\0\0', format: 'evtx', wrapper: null, why: 'an event log file' },
    {
      head: '[Thu Mar 14 09:26:53 2024] [error] x',
      format: 'text',
      wrapper: null,
      why: 'a bracket is not a list',
    },
    { head: '<134>1 2026-03-01T00:00:00Z h a - - - m', format: 'text', wrapper: null, why: 'syslog' },
    { head: '', format: 'text', wrapper: null, why: 'an empty file' },
  ])('$why: $format', ({ head, format, wrapper }) => {
    expect(guessFormat(Buffer.from(head))).toMatchObject({ format, wrapper });
  });
});

describe('JSON documents', () => {
  it('give each member of the wrapped list, in its own bytes', () => {
    const text = '{"owner":"x]","Records":[\n {"a": "}]"},{"b":[1,{"c":2}]} ],"more":[{"no":1}]}';
    expect(recordsOf(text)).toEqual(['{"a": "}]"}', '{"b":[1,{"c":2}]}']);
  });

  it('give each element of a list, what is no object included, since it must not be lost', () => {
    expect(recordsOf('[{"a":1}, "x,]", 12 ,null,{"b":"\\""}]')).toEqual([
      '{"a":1}',
      '"x,]"',
      '12',
      'null',
      '{"b":"\\""}',
    ]);
  });

  it('give objects that follow each other', () => {
    expect(recordsOf('{\n "a": 1\n}\n{\n "b": [2]\n}')).toEqual(['{\n "a": 1\n}', '{\n "b": [2]\n}']);
  });

  it('that end too early give their last element as it is', () => {
    expect(recordsOf('[{"a":1},{"b":')).toEqual(['{"a":1}', '{"b":']);
  });

  it('may come one after another', () => {
    expect(recordsOf('{"Records":[{"a":1}]}{"Records":[{"b":1}]}')).toEqual(['{"a":1}', '{"b":1}']);
  });
});

describe('Windows events as XML', () => {
  const event = (id: number) => `<Event xmlns="x"><System><EventID>${id}</EventID></System>\n</Event>`;

  it.each([
    { why: 'one a line', text: `${event(1)}\n${event(2)}\n` },
    { why: 'as wevtutil writes them', text: `${event(1)}${event(2)}` },
    {
      why: 'in a document',
      text: `<?xml version="1.0"?>\r\n<Events>${event(1)}<!-- x -->${event(2)}</Events>`,
    },
  ])('$why', ({ text }) => {
    expect(recordsOf(text)).toEqual([event(1), event(2)]);
  });

  it('text between events is kept', () => {
    expect(recordsOf(`${event(1)} rest of a broken one</Event> ${event(2)}`, 'xml')).toEqual([
      event(1),
      'rest of a broken one</Event>',
      event(2),
    ]);
  });
});

describe('Zeek logs', () => {
  const head =
    '#separator \\x09\n#set_separator\t,\n#path\tdns\n#open\t2026-01-01\n#fields\tts\tuid\n#types\ttime\tstring\n';

  it('rows are records, the header goes into their context', () => {
    const { records, facts } = cut(Buffer.from(`${head}1\tA\n2\tB\n#close\t2026-01-02\n`), 7);
    expect(records).toEqual(['1\tA', '2\tB']);
    expect(facts).toEqual([
      {
        decoder: 'table',
        header: '#separator \\x09\n#set_separator\t,\n#path\tdns\n#fields\tts\tuid\n#types\ttime\tstring',
      },
    ]);
  });

  it('new columns in the middle are in force from there', () => {
    const { facts, records } = cut(
      Buffer.from(`${head}1\tA\n#fields\tts\tid\n#types\ttime\tcount\n2\t3\n`),
      1 << 20,
    );
    expect(records).toEqual(['1\tA', '2\t3']);
    expect(facts).toHaveLength(2);
    expect(facts[1]).toMatchObject({
      header: expect.stringContaining('#path\tdns\n#fields\tts\tid') as string,
    });
  });

  it('the same rows under other columns are other events', () => {
    const one = cut(Buffer.from(`${head}1\tA\n`), 100);
    const other = cut(Buffer.from(`${head.replace('uid', 'user')}1\tA\n`), 100);
    expect(one.records).toEqual(other.records);
    expect(one.ids).not.toEqual(other.ids);
  });
});

describe('W3C extended logs', () => {
  const head = (fields: string, date: string) =>
    `#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: ${date}\r\n#Fields: ${fields}\r\n`;

  it('a restart that writes the same header again does not change what rows are', () => {
    const first = head('date c-ip', '2026-03-02 00:00:00');
    const text = `${first}a 1\r\n${head('date c-ip', '2026-03-02 08:00:00')}b 2\r\n${head('date', 'x')}c\r\n`;
    const { records, facts } = cut(Buffer.from(text), 13);
    expect(records).toEqual(['a 1', 'b 2', 'c']);
    const header = '#Software: Microsoft Internet Information Services 10.0\n#Fields: date';
    expect(facts).toMatchObject([{ header: `${header} c-ip` }, { header: `${header} c-ip` }, { header }]);
  });
});

describe('events of several records', () => {
  const audit = (serial: number, type: string) =>
    `type=${type} msg=audit(1700000000.00${serial % 10}:${serial}): a=1`;

  it('are not cut by the end of a batch', () => {
    const lines = [
      audit(1, 'SYSCALL'),
      audit(1, 'EOE'),
      audit(2, 'SYSCALL'),
      audit(2, 'PATH'),
      audit(2, 'EOE'),
    ];
    const framer = new Framer(fileChain(mainTenant, 'test' as SourceId), { ...limits, batchRecords: 4 });
    const sizes: number[] = [];
    framer.push(Buffer.from(`${lines.join('\n')}\n`), ({ ids }) => sizes.push(ids.length));
    sizes.push(framer.end()?.ids.length ?? 0);
    expect(sizes).toEqual([2, 3]);
  });

  it('have the ids they would have in any other batch', () => {
    const lines = Array.from({ length: 40 }, (_, i) =>
      audit(Math.floor(i / 3), i % 3 === 2 ? 'EOE' : 'PATH'),
    );
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    const small = cut(bytes, 50, 'text', { ...limits, batchRecords: 4 });
    const whole = cut(bytes, 1 << 20, 'text');
    expect(small.ids).toEqual(whole.ids);
    expect(small.records).toEqual(lines);
  });

  it('without an end are not waited for without bound', () => {
    const framer = new Framer(fileChain(mainTenant, 'test' as SourceId), { ...limits, batchRecords: 600 });
    const sizes: number[] = [];
    const lines = Array.from({ length: 1_300 }, () => audit(1, 'PATH'));
    framer.push(Buffer.from(`${lines.join('\n')}\n`), ({ ids }) => sizes.push(ids.length));
    expect(sizes).toEqual([600, 600]);
  });
});

describe('any bytes', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ',',
        ':',
        '\n',
        ' ',
        '<Event>',
        '</Event>',
        '<Events>',
        '#fields\t',
        '\r\n',
        '\t',
      ),
      fc.string({ maxLength: 6 }),
      fc.constant('{"Records":[{"a":1}]}'),
    ),
    { maxLength: 60 },
  );

  it.each(formats)('%s: the way they are cut into chunks changes nothing, and nothing throws', (format) => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 20 }), (parts, chunk) => {
        const bytes = Buffer.from(parts.join(''));
        expect(cut(bytes, chunk, format)).toEqual(cut(bytes, 1 << 20, format));
      }),
    );
  });

  it('no byte of a list that is more than white space and commas is lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        (values, chunk) => {
          const { records } = cut(Buffer.from(JSON.stringify(values)), chunk, 'json-document');
          expect(records.map((record) => JSON.parse(record) as unknown)).toEqual(
            values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
          );
        },
      ),
    );
  });
});
