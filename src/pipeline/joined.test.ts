/** Audit events of several records: detection sees them once, whole, and a replay sees the same. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { goldenContext } from '../../test/support/golden.ts';
import { sha256Hex } from '../base/ids.ts';
import { parseMappings } from '../lang/sigma/index.ts';
import type { RuleId } from '../model/ids.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';
import type { StoredRecord } from '../store/events.ts';
import { createEvaluator, type Evaluator } from './evaluate.ts';
import { type Frame, Framer } from './frame.ts';
import { fileChain } from './identity.ts';
import { defaultPipelineOptions } from './options.ts';
import { processBatch } from './process.ts';
import { replayBatches } from './replay.ts';

const receivedAt = Date.UTC(2026, 2, 3);
const context = { ...goldenContext, decoder: 'text' as const };
/** The exclusion asks for a field of another record than the selection's. */
const source = `
title: Shadow file read
id: 6f3d1c2a-0000-4000-8000-00000000000a
status: test
author: Watchfloor contributors
level: high
logsource: { product: linux, service: auditd }
detection:
  selection: { type: PATH, name: /etc/shadow }
  arguments: { type: EXECVE, a0: cat }
  filter: { exe: /usr/bin/allowed }
  condition: selection and arguments and not filter
`;
const ruleId = '6f3d1c2a-0000-4000-8000-00000000000a' as RuleId;

let evaluator: Evaluator;
beforeAll(() => {
  const mappings = parseMappings(readFileSync('content/mappings/windows.yml', 'utf8'));
  evaluator = createEvaluator([{ id: ruleId, hash: sha256Hex(source), source, path: 'x.yml' }], mappings);
});

const at = (serial: number, type: string, fields: string): string =>
  `type=${type} msg=audit(1772438400.${String(serial % 1000).padStart(3, '0')}:${serial}): ${fields}`;

function event(serial: number, exe: string): string[] {
  return [
    at(serial, 'SYSCALL', `arch=c000003e syscall=59 success=yes pid=7 uid=0 exe="${exe}"`),
    at(serial, 'EXECVE', 'argc=2 a0="cat" a1="/etc/shadow"'),
    at(serial, 'PATH', 'item=0 name="/etc/shadow"'),
    at(serial, 'PATH', 'item=1 name="/lib64/ld.so"'),
    at(serial, 'EOE', ''),
  ];
}

function frames(lines: readonly string[], batchRecords: number): Frame[] {
  const framer = new Framer(fileChain(context.tenant, context.source), {
    ...defaultPipelineOptions,
    batchRecords,
  });
  const found: Frame[] = [];
  framer.push(Buffer.from(`${lines.join('\n')}\n`), (frame) => found.push(frame));
  const last = framer.end();
  return last === null ? found : [...found, last];
}

const deps = () => ({ parsers, evaluator, range: defaultPipelineOptions });

function run(frame: Frame, seq: number) {
  return processBatch({ seq, context, receivedAt, ...frame, skip: new Set() }, deps(), { rows: true });
}

function rowsOf(rows: Uint8Array): Record<string, unknown>[] {
  const text = Buffer.from(rows).toString('utf8').trimEnd();
  return text.split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** As the store would give a batch back. */
function storedOf(rows: Uint8Array): StoredRecord[] {
  return rowsOf(rows).map(
    (row) =>
      ({
        tenant: row['tenant'],
        source: row['source'],
        seq: row['seq'],
        idx: row['idx'],
        eventId: row['event_id'],
        receivedAt,
        context: row['context'],
        unparsed: row['unparsed'],
        raw: Buffer.from(String(row['raw'])),
      }) as StoredRecord,
  );
}

describe('an event of several records', () => {
  const interleaved = event(1, '/usr/bin/cat').flatMap((line, i) => [
    line,
    event(2, '/usr/bin/allowed')[i] ?? '',
    ...(i === 2 ? ['Mar  2 08:00:00 web-01 app: between'] : []),
  ]);

  it('is matched once, by fields of all of its records, and excluded by any of them', () => {
    const [frame] = frames(interleaved, 5_000);
    const { detections, stored, unparsed } = run(frame!, 1);
    expect([stored, unparsed]).toEqual([11, {}]);
    expect(detections).toHaveLength(1);
    expect(detections[0]!.eventId).toBe(frame!.ids[0]);
    expect(detections[0]!.evidence?.native['name']).toEqual(['/etc/shadow', '/lib64/ld.so']);
    expect(Buffer.from(detections[0]!.evidence?.raw ?? []).toString()).toBe(
      event(1, '/usr/bin/cat').join('\n'),
    );
  });

  it('keeps each record as it came, and says the whole in the row of the first', () => {
    const [frame] = frames(interleaved, 5_000);
    const rows = rowsOf(run(frame!, 1).rows);
    expect(rows.map(({ raw }) => raw)).toEqual(interleaved);
    expect(rows[0]).toMatchObject({
      command_line: 'cat /etc/shadow',
      process: '/usr/bin/cat',
      class_uid: 1007,
    });
    expect(rows[2]).toMatchObject({ process: '' });
  });

  it('is the same after a replay, and whatever the size of batches', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      event(i + 1, i % 7 === 0 ? '/usr/bin/cat' : '/usr/bin/allowed'),
    );
    const lines = many.flat();
    const whole = frames(lines, 5_000).flatMap((frame, i) =>
      run(frame, i + 1).detections.map(({ id }) => id),
    );
    expect(whole).toHaveLength(9);
    for (const size of [3, 8, 41]) {
      // No batch ends inside of an event, even where an event is longer than a batch should be.
      for (const { ids } of frames(lines, size)) expect(ids.length % 5).toBe(0);
      const batches = frames(lines, size).map((frame, i) => run(frame, i + 1));
      expect(batches.flatMap(({ detections }) => detections.map(({ id }) => id))).toEqual(whole);
      const replayed = batches
        .flatMap(({ rows }) => replayBatches(storedOf(rows)))
        .flatMap(({ batch }) => processBatch({ ...batch, context }, deps(), { rows: false }).detections);
      expect(replayed.map(({ id }) => id)).toEqual(whole);
      expect(replayed.map(({ evidence }) => evidence)).toEqual(
        batches.flatMap(({ detections }) => detections.map(({ evidence }) => evidence)),
      );
    }
  });

  it('of two hosts with the same serial number is two events', () => {
    const lines = ['web-01', 'web-02'].flatMap((host) =>
      event(1, '/usr/bin/cat').map((line) => `node=${host} ${line}`),
    );
    const [frame] = frames(lines, 5_000);
    expect(run(frame!, 1).detections.map(({ host }) => host)).toEqual(['web-01', 'web-02']);
  });
});
