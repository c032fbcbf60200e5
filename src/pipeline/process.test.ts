import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../base/ids.ts';
import { parseMappings } from '../lang/sigma/index.ts';
import type { RecordContext } from '../model/batch.ts';
import type { ContextId, RuleId, SourceId, TenantId } from '../model/ids.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import type { EventRow } from '../store/events.ts';
import { createEvaluator, type Evaluator } from './evaluate.ts';
import { type Frame, Framer } from './frame.ts';
import { fileChain } from './identity.ts';
import { defaultPipelineOptions } from './options.ts';
import { processBatch } from './process.ts';
import { replayBatches } from './replay.ts';
import { rawBytes } from './rows.ts';

const receivedAt = Date.UTC(2026, 10, 24);
const context: RecordContext = {
  id: 'c'.repeat(32) as ContextId,
  tenant: 'main' as TenantId,
  source: 'test' as SourceId,
  decoder: 'json',
  transport: 'file',
  file: 'a.ndjson',
};
const source = `
title: Notepad starts
id: 6f3d1c2a-0000-4000-8000-000000000001
status: test
author: Watchfloor contributors
level: low
logsource: { category: process_creation, product: windows }
detection:
  selection: { Image|endswith: '\\notepad.exe' }
  condition: selection
`;
const ruleId = '6f3d1c2a-0000-4000-8000-000000000001' as RuleId;

let evaluator: Evaluator;
beforeAll(() => {
  const mappings = parseMappings(readFileSync('content/mappings/windows.yml', 'utf8'));
  evaluator = createEvaluator(
    [{ id: ruleId, hash: sha256Hex(source), source, path: 'notepad.yml' }],
    mappings,
  );
});

const event = (over: Record<string, unknown> = {}) => ({
  EventID: 1,
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  Computer: 'WS-1.corp.example',
  TimeCreated: '2026-11-20T10:00:00.000Z',
  Image: 'C:\\Windows\\System32\\notepad.exe',
  CommandLine: 'notepad.exe a.txt',
  User: 'CORP\\a.novak',
  ...over,
});

function frameOf(...lines: (string | Buffer)[]): Frame {
  const framer = new Framer(fileChain(context.tenant, context.source), {
    ...defaultPipelineOptions,
    maxRecordBytes: 2_000,
  });
  for (const line of lines) {
    framer.push(typeof line === 'string' ? Buffer.from(line) : line, () => undefined);
    framer.push(Buffer.from('\n'), () => undefined);
  }
  return framer.end() as Frame;
}

function run(frame: Frame, skip: readonly number[] = []) {
  const deps = { parsers, evaluator, range: defaultPipelineOptions };
  const result = processBatch({ seq: 7, context, receivedAt, ...frame, skip: new Set(skip) }, deps, {
    rows: true,
  });
  const rows = Buffer.from(result.rows)
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EventRow);
  return { ...result, rows };
}

describe('the hot path over a batch', () => {
  it('gives a row for each record, with its place, and a detection for each match', () => {
    const { rows, detections } = run(
      frameOf(JSON.stringify(event()), JSON.stringify(event({ Image: 'C:\\a.exe' }))),
    );
    expect(rows.map((row) => [row.seq, row.idx, row.host, row.user, row.process, row.event_code])).toEqual([
      [7, 0, 'WS-1.corp.example', 'CORP\\a.novak', 'C:\\Windows\\System32\\notepad.exe', '1'],
      [7, 1, 'WS-1.corp.example', 'CORP\\a.novak', 'C:\\a.exe', '1'],
    ]);
    expect(detections).toHaveLength(1);
    expect(detections[0]).toMatchObject({
      ruleId,
      seq: 7,
      idx: 0,
      host: 'WS-1.corp.example',
      severity: 'low',
      eventId: rows[0]?.event_id,
    });
    expect(detections[0]?.evidence?.matched).toEqual([
      {
        selection: 'selection',
        field: 'Image|endswith',
        pattern: '\\notepad.exe',
        value: 'C:\\Windows\\System32\\notepad.exe',
      },
    ]);
    expect(Buffer.from(detections[0]?.evidence?.raw ?? []).toString()).toBe(JSON.stringify(event()));
  });

  it.each([
    { line: '{"a":', reason: 'malformed_json', why: 'cut off' },
    { line: '[1,2]', reason: 'not_an_object', why: 'a list is not a record' },
    { line: '{"hello":"world"}', reason: 'unknown_format', why: 'no parser takes it' },
    { line: `{"a":"${'x'.repeat(3_000)}"}`, reason: 'record_too_long', why: 'longer than the limit' },
    { line: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), reason: 'invalid_utf8', why: 'not text' },
  ])('keeps a record that is no event and says $reason: $why', ({ line, reason }) => {
    const { rows, unparsed, stored, firstUnparsed } = run(frameOf(JSON.stringify(event()), line));
    expect(stored).toBe(2);
    expect(rows[1]?.unparsed).toBe(reason);
    expect(unparsed).toEqual({ [reason]: 1 });
    expect(firstUnparsed).toEqual([{ idx: 1, reason }]);
    const kept = rawBytes(rows[1]?.raw ?? '', rows[1]?.raw_encoding ?? 'utf8');
    expect(Buffer.from(line).subarray(0, 2_000).equals(kept)).toBe(true);
  });

  it('keeps NUL bytes and control characters exactly', () => {
    const line = JSON.stringify(event({ CommandLine: 'a\u0000b\u001bc\u202e' }));
    const { rows } = run(frameOf(line));
    expect(rows[0]?.raw).toBe(line);
    expect(rows[0]?.command_line).toBe('a\u0000b\u001bc\u202e');
  });

  it.each([
    { time: '1601-01-01T00:00:00.000Z', origin: 'out_of_range', why: 'the zero of Windows file time' },
    { time: '2999-12-31T00:00:00.000Z', origin: 'out_of_range', why: 'a broken clock' },
    { time: '2026-11-24T12:00:00.000Z', origin: 'event', why: 'a clock that runs half a day ahead' },
    { time: '1999-01-01T00:00:00.000Z', origin: 'event', why: 'old, but believable' },
  ])('takes $time as $origin: $why', ({ time, origin }) => {
    const { rows, outOfRange } = run(frameOf(JSON.stringify(event({ TimeCreated: time }))));
    expect(rows[0]?.time_origin).toBe(origin);
    expect(rows[0]?.time).toBe(origin === 'event' ? time : new Date(receivedAt).toISOString());
    expect(outOfRange).toBe(origin === 'event' ? 0 : 1);
  });

  it('passes over records that are stored already, and leaves the others their index', () => {
    const lines = [0, 1, 2].map((n) => JSON.stringify(event({ ProcessId: n })));
    const { rows, detections, stored } = run(frameOf(...lines), [1]);
    expect(stored).toBe(2);
    expect(rows.map((row) => row.idx)).toEqual([0, 2]);
    expect(detections.map((one) => one.idx)).toEqual([0, 2]);
  });

  it('carries evidence for the first 25 detections of a rule on a host, and counts the others', () => {
    const lines = Array.from({ length: 40 }, (_, n) => JSON.stringify(event({ ProcessId: n })));
    const { detections } = run(frameOf(...lines));
    expect(detections).toHaveLength(40);
    expect(detections.map((one) => one.evidence !== null)).toEqual(
      Array.from({ length: 40 }, (_, n) => n < 25),
    );
  });

  it('finds the same detections when it reads the stored rows again', () => {
    const lines = Array.from({ length: 30 }, (_, n) =>
      n % 7 === 3 ? Buffer.from([0xff, 0x41]) : JSON.stringify(event({ ProcessId: n })),
    );
    const first = run(frameOf(...lines), [4, 5]);
    const stored = first.rows.map((row) => ({
      tenant: context.tenant,
      source: context.source,
      receivedAt,
      seq: row.seq,
      idx: row.idx,
      eventId: row.event_id as never,
      context: row.context,
      unparsed: row.unparsed,
      raw: rawBytes(row.raw, row.raw_encoding),
    }));
    const [part, ...others] = replayBatches(stored);
    expect(others).toEqual([]);
    const deps = { parsers, evaluator, range: defaultPipelineOptions };
    const again = processBatch({ ...part!.batch, context }, deps, { rows: false });
    const plain = (list: readonly (typeof first.detections)[number][]) =>
      list.map((one) => ({
        ...one,
        evidence: one.evidence && { ...one.evidence, raw: Buffer.from(one.evidence.raw).toString('latin1') },
      }));
    expect(plain(again.detections)).toEqual(plain(first.detections));
    expect(again.rows).toHaveLength(0);
  });

  it('detections come in the order of the records, whatever kinds of events take turns', () => {
    const security = { Channel: 'Security', EventID: 4688, NewProcessName: 'C:\\notepad.exe' };
    const lines = [
      event(),
      event(security),
      event(),
      { ...event(), Image: 'C:\\other.exe' },
      event(security),
    ];
    const { detections } = run(frameOf(...lines.map((line) => JSON.stringify(line))));
    expect(detections.map(({ idx }) => idx)).toEqual([0, 1, 2, 4]);
    expect(detections.every(({ evidence }) => evidence !== null)).toBe(true);
  });

  it('half of a surrogate pair in a column is no character, or the store could refuse the batch', () => {
    const { rows } = run(frameOf(JSON.stringify(event({ CommandLine: 'a\ud800', Computer: '\udc00x' }))));
    expect(rows).toMatchObject([{ command_line: 'a\ufffd', host: '\ufffdx' }]);
  });
});
