/** Event log files: what is read, what of a damaged one, and what another reader makes of the same bytes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EvtxFile } from '@ts-evtx/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EvtxEvent, evtxFile, sid } from '../../../../test/support/evtx.ts';
import { goldenContext } from '../../../../test/support/golden.ts';
import type { SourceId } from '../../../model/ids.ts';
import { mainTenant } from '../../../model/ids.ts';
import { parsers } from '../../../plugins/parsers/index.generated.ts';
import type { Frame } from '../../cutter.ts';
import { Framer } from '../../frame.ts';
import { fileChain } from '../../identity.ts';
import { parseRecord } from '../../parse.ts';
import { EvtxCutter } from './cutter.ts';

const limits = { maxRecordBytes: 1 << 20, batchRecords: 1_000, batchBytes: 8 << 20 };
/** 2026-03-02T08:15:30.1234567Z */
const time = 134_169_129_301_234_567n;

function event(id: number, data: EvtxEvent['data'], more: Partial<EvtxEvent> = {}): EvtxEvent {
  return {
    id: BigInt(id),
    time,
    provider: 'Microsoft-Windows-PowerShell',
    eventId: 4104,
    channel: 'Microsoft-Windows-PowerShell/Operational',
    computer: 'WS-07.corp.example',
    userSid: sid(21, 1, 2, 3, 1104),
    data,
    ...more,
  };
}

function read(bytes: Buffer, chunk = 1 << 20) {
  const framer = new Framer(fileChain(mainTenant, 's' as SourceId), limits);
  const cutter = new EvtxCutter(framer);
  const frames: Frame[] = [];
  const emit = (frame: Frame): void => void frames.push(frame);
  for (let at = 0; at < bytes.length; at += chunk) cutter.push(bytes.subarray(at, at + chunk), emit);
  const last = cutter.end(emit);
  if (last !== null) frames.push(last);
  return {
    records: frames.flatMap(({ buffer, offsets, ids }) =>
      ids.map((_, i) => Buffer.from(buffer.subarray(offsets[2 * i], offsets[2 * i + 1])).toString('utf8')),
    ),
    ids: frames.flatMap(({ ids }) => ids),
    fault: cutter.fault(),
  };
}

function nativeOf(xml: string): Readonly<Record<string, unknown>> {
  const outcome = parseRecord(xml, { ...goldenContext, decoder: 'xml' }, parsers);
  if (outcome.kind !== 'event') throw new Error(outcome.reason);
  return outcome.event.native;
}

const script = 'if ($a -lt 2) {\r\n  "<x>" & \'y\'\r\n}\u0001';
const events = Array.from({ length: 50 }, (_, i) =>
  event(i + 1, [
    ['ScriptBlockText', i % 2 === 0 ? script : `number ${i}`],
    ['Path', null],
    ['MessageNumber', i],
  ]),
);

describe('an event log file', () => {
  it('gives every event with all of its fields', () => {
    const { records, fault } = read(evtxFile(events));
    expect(records).toHaveLength(50);
    expect(fault).toBeNull();
    expect(nativeOf(records[0]!)).toMatchObject({
      EventID: 4104,
      Channel: 'Microsoft-Windows-PowerShell/Operational',
      Provider_Name: 'Microsoft-Windows-PowerShell',
      Computer: 'WS-07.corp.example',
      Level: '4',
      Keywords: '0x8020000000000000',
      TimeCreated: '2026-03-02T08:15:30.1234567Z',
      EventRecordID: '1',
      Security_UserID: 'S-1-5-21-1-2-3-1104',
      ScriptBlockText: script,
      Path: '',
      MessageNumber: '0',
    });
    expect(records.map((xml) => nativeOf(xml)['EventRecordID'])).toEqual(events.map(({ id }) => String(id)));
  });

  it('gives the same records and ids however it is cut into chunks', () => {
    const file = evtxFile(events);
    expect(read(file, 1_000)).toEqual(read(file));
  });

  it('writes an element for each item of a list, and leaves an optional attribute out that has no value', () => {
    const file = evtxFile([event(1, [['Data', ['a', 'b', 'c']]], { userSid: null })]);
    const [xml] = read(file).records;
    expect(xml).toContain('<Data Name="Data">a</Data><Data Name="Data">b</Data><Data Name="Data">c</Data>');
    expect(xml).toContain('<Security/>');
  });

  it('reads an attribute that is written in several parts, as a template has it around an ampersand', () => {
    const [xml] = read(evtxFile([event(1, [['A&B', 'x']])])).records;
    expect(xml).toContain('<Data Name="A&amp;B">x</Data>');
  });

  it('without a sound header, or cut off, is read as far as it goes', () => {
    const file = evtxFile(events);
    const dirty = Buffer.from(file);
    dirty.fill(0xff, 100, 128);
    expect(read(dirty)).toMatchObject({ fault: null, records: { length: 50 } });
    const cut = read(file.subarray(0, 4_096 + 65_536 + 3_000));
    expect(cut.fault).toMatch(/damaged: chunk 2 of 2/);
    expect(cut.records.length).toBeGreaterThanOrEqual(20);
    expect(cut.ids).toEqual(read(file).ids.slice(0, cut.ids.length));
  });

  it('is the same file when it has grown', () => {
    const before = read(evtxFile(events.slice(0, 20)));
    expect(read(evtxFile(events)).ids.slice(0, 20)).toEqual(before.ids);
  });

  it('that is damaged anywhere never throws, and keeps what cannot be read as bytes', () => {
    const file = evtxFile(events.slice(0, 10));
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 4_096, max: 4_096 + 12_000 }), fc.integer({ min: 0, max: 255 })),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (changes) => {
          const damaged = Buffer.from(file);
          for (const [place, byte] of changes) damaged[place] = byte;
          const { records } = read(damaged);
          for (const record of records) {
            const outcome = parseRecord(record, { ...goldenContext, decoder: 'xml' }, parsers);
            if (outcome.kind === 'unparsed') expect(outcome.reason).not.toBe('parser_error');
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('reads as another program reads it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wf-evtx-'));
    try {
      const plain = events.map((one) => ({ ...one, data: one.data.filter(([name]) => name !== 'Path') }));
      const file = evtxFile(plain);
      await writeFile(join(folder, 'x.evtx'), file);
      const other = [...(await EvtxFile.open(join(folder, 'x.evtx'))).records()].map((record) =>
        record.renderXml(),
      );
      const ours = read(file).records;
      expect(other).toHaveLength(ours.length);
      // The other reader indents the lines of a text, cuts times and writes GUIDs in capitals.
      const facts = (xml: string) => {
        const { ScriptBlockText: _text, TimeCreated: _time, ...rest } = nativeOf(xml);
        return JSON.parse(JSON.stringify(rest).toLowerCase()) as unknown;
      };
      expect(ours.map(facts)).toEqual(other.map(facts));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
