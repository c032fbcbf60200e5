/** What parsers say of the columns of their rows: a rule that is decided by a column must be right about the field. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleKinds, samplesOf } from '../../../test/support/cloud-samples.ts';
import { broken, laidOut, unknownServices } from '../../../test/support/columns.ts';
import { contextOf, goldenContext, rawOf, readGolden } from '../../../test/support/golden.ts';
import { repoRoot } from '../../../test/support/service.ts';
import { oddVariants } from '../../../test/support/verbatim.ts';
import { parsers } from './index.generated.ts';

/** What a shipper may make of a value. */
const value = fc.oneof(
  fc.constantFrom(
    '',
    '-',
    'C:\\Windows\\x.exe',
    'a\\',
    '/usr/bin/id',
    '::ffff:192.0.2.7',
    '192.0.2.7',
    'LOCAL',
  ),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
  fc.integer(),
  fc.double(),
  fc.constantFrom(null, true, [], ['a'], ['a', 'b'], {}, { '#text': 'x' }),
);

const layouts = parsers.flatMap(({ name, columns = [] }) => columns.map((layout) => ({ name, layout })));

/** Names that any layout of the parser knows, and some that feed the same columns. */
const names = [
  ...new Set(layouts.flatMap(({ layout }) => Object.keys(layout.fields))),
  'User',
  'ProcessId',
  'TargetUserName',
  'SubjectUserName',
  'ObjectName',
  'ObjectType',
  'Path',
  'EventType',
  'ParentProcessId',
  'ProcessID',
  'NewProcessId',
  'TargetProcessId',
  'ProcessGuid',
  'DestPort',
  'ShareName',
  'Protocol',
  'ImageLoaded',
  'QueryName',
  'TargetObject',
  'OperationType',
  'ObjectValueName',
  'SubjectUserSid',
  'Details',
];
const data = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: names.length });

const xmlText = (text: unknown): string =>
  String(text).replace(
    /[&<>"]|[^\x20-\ud7ff\ue000-\ufffd]/g,
    (unit) => `&#${Math.max(32, unit.charCodeAt(0))};`,
  );

describe('a column that is not empty is the text of its field', () => {
  it.each(parsers.filter(({ columns }) => columns !== undefined).map(({ name }) => name))(
    '%s: in its golden records, also with odd characters',
    (name) => {
      const cases = readGolden(fileURLToPath(new URL(`${name}.golden.yml`, import.meta.url)));
      const found = cases.flatMap((one) =>
        [rawOf(one), ...oddVariants(rawOf(one))].flatMap((raw) => broken(raw, contextOf(one), parsers)),
      );
      expect(found).toEqual([]);
    },
  );

  it('in Windows records of each kind with anything in their fields, in each form that shippers write', () => {
    const kinds = layouts.filter(({ name }) => name === 'windows-json').map(({ layout }) => layout);
    const arbitrary = fc.record({
      kind: fc.constantFrom(...kinds),
      at: fc.nat(),
      data,
      shape: fc.constantFrom('flat', 'dump', 'beat', 'xml'),
      computer: value,
    });
    fc.assert(
      fc.property(arbitrary, ({ kind: { channel, codes, logsource }, at, data: fields, shape, computer }) => {
        const id = Number(codes[at % codes.length]);
        const provider = logsource.product === 'linux' ? 'Linux-Sysmon' : 'x';
        const raw = { flat, dump, beat, xml }[shape](id, channel, provider, computer, fields);
        const context = { ...goldenContext, decoder: shape === 'xml' ? ('xml' as const) : ('json' as const) };
        expect(broken(raw, context, parsers)).toEqual([]);
      }),
      { numRuns: 4_000 },
    );
  });

  it('each of the fields is there in earnest where a record has them all', () => {
    const fields = Object.fromEntries(names.map((one) => [one, one === 'Protocol' ? 6 : `the ${one}`]));
    for (const { layout } of layouts) {
      for (const code of layout.codes) {
        const provider = layout.logsource.product === 'linux' ? 'Linux-Sysmon' : 'x';
        const raw = flat(Number(code), layout.channel, provider, 'a host', fields);
        const wanted = Object.keys(layout.fields).map((field) => `${layout.channel} ${code} ${field}`);
        expect(laidOut(raw, goldenContext, parsers)).toEqual(expect.arrayContaining(wanted));
      }
    }
  });

  it('in the records of the fixture', () => {
    const lines = readFileSync(`${repoRoot}/test/fixtures/finance-intrusion.ndjson`, 'utf8').split('\n');
    expect(lines.flatMap((line) => broken(line, goldenContext, parsers))).toEqual([]);
  });

  it('no two kinds of rows of a parser overlap', () => {
    for (const { name, columns = [] } of parsers) {
      const rows = columns.flatMap(({ logsource, channel, codes }) =>
        codes.map((code) => JSON.stringify([logsource, channel.toLowerCase(), code])),
      );
      expect(new Set(rows).size, name).toBe(rows.length);
    }
  });
});

describe('an event has no service that neither its row nor its parser tells of', () => {
  it.each(parsers.map(({ name }) => name))('%s: in its golden records', (name) => {
    const cases = readGolden(fileURLToPath(new URL(`${name}.golden.yml`, import.meta.url)));
    expect(cases.flatMap((one) => unknownServices(rawOf(one), contextOf(one), parsers))).toEqual([]);
  });

  const kinds = sampleKinds();
  if (kinds.length === 0)
    console.log('skipped: columns and services of recorded records, the shared data folder is absent');
  it.skipIf(kinds.length === 0)(
    'nor in every recorded record, and its columns hold',
    { timeout: 120_000 },
    () => {
      const found = kinds.flatMap((kind) =>
        samplesOf(kind).flatMap(({ raw, context }) => [
          ...broken(raw, context, parsers),
          ...unknownServices(raw, context, parsers),
        ]),
      );
      expect(found).toEqual([]);
    },
  );
});

type Write = (id: number, channel: string, provider: string, computer: unknown, data: object) => string;

const flat: Write = (EventID, Channel, Provider_Name, Computer, fields) =>
  JSON.stringify({ EventID, Channel, Provider_Name, Computer, ...fields });

const dump: Write = (EventID, Channel, Name, Computer, fields) =>
  JSON.stringify({
    Event: {
      System: { EventID, Channel, Computer, Provider: { '#attributes': { Name } } },
      EventData: fields,
    },
  });

const beat: Write = (event_id, channel, provider_name, computer_name, event_data) =>
  JSON.stringify({ winlog: { event_id, channel, provider_name, computer_name, event_data } });

const xml: Write = (id, channel, provider, computer, fields) => {
  const elements = Object.entries(fields).map(
    ([name, text]) => `<Data Name="${name}">${xmlText(text)}</Data>`,
  );
  return `<Event><System><Provider Name="${provider}"/><EventID>${id}</EventID><Channel>${channel}</Channel><Computer>${xmlText(computer)}</Computer></System><EventData>${elements.join('')}</EventData></Event>`;
};
