/** The Windows parser against hostile input, and against recorded events where they are at hand. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenContext, readGolden } from '../../../test/support/golden.ts';
import { sharedPath } from '../../../test/support/shared.ts';
import type { ParsedEvent } from '../../model/event.ts';
import { missingRequired, unknownAttributes } from '../../model/ocsf.ts';
import parser from './windows-json.ts';

type Json = Record<string, unknown>;

function parsed(record: Json): ParsedEvent {
  expect(parser.accepts(record, goldenContext, null)).toBe(true);
  const outcome = parser.parse(record, goldenContext, null);
  if (outcome.kind !== 'event') throw new Error(`unparsed: ${outcome.reason}`);
  return outcome;
}

const golden = readGolden(fileURLToPath(new URL('windows-json.golden.yml', import.meta.url)));
const records = golden.map((one) => (typeof one.raw === 'string' ? JSON.parse(one.raw) : one.raw) as Json);

/** Every object and list in a value, by way of which any part of it can be replaced. */
function places(value: unknown): [container: Json, name: string][] {
  if (typeof value !== 'object' || value === null) return [];
  const here = Object.keys(value).map((name): [Json, string] => [value as Json, name]);
  return [...here, ...Object.values(value).flatMap(places)];
}

/** `accepts`, `parse` and the OCSF view; says whether the outcome keeps the rules of every outcome. */
function survives(record: Json): boolean {
  if (!parser.accepts(record, goldenContext, null)) return true;
  const outcome = parser.parse(record, goldenContext, null);
  if (outcome.kind === 'unparsed') return outcome.reason === 'unknown_format';
  const missing = missingRequired(outcome.ocsf).filter((name) => name !== 'time' || outcome.time !== null);
  const timeIsSane = outcome.time === null || Number.isSafeInteger(outcome.time);
  return timeIsSane && Number.isInteger(outcome.native['EventID']) && missing.length === 0;
}

describe('input of any kind', () => {
  it('never makes the parser throw', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => survives(record as Json)));
  });

  it('never makes it throw when one part of a real record is replaced by anything', () => {
    const name = fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'EventID',
      'Channel',
      'Data',
      '#text',
      'a b',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...records),
        fc.nat(),
        fc.jsonValue(),
        name,
        fc.boolean(),
        (record, at, value, extra, add) => {
          const copy = structuredClone(record);
          const all = places(copy);
          const [container, field] = all[at % all.length]!;
          const target = add ? extra : field;
          Object.defineProperty(container, target, {
            value,
            enumerable: true,
            configurable: true,
            writable: true,
          });
          return survives(copy);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('cannot change what all objects inherit', () => {
    const record = JSON.parse(
      '{"EventID":1,"Channel":"Security","Computer":"WS-07","__proto__":{"polluted":1},"EventData":{"__proto__":{"polluted":1},"Image":"x"}}',
    ) as Json;
    const { native } = parsed(record);
    expect(native['Image']).toBe('x');
    expect(native['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(native)).toBe(Object.prototype);
  });

  it('is not changed by parsing', () => {
    for (const record of records) {
      const before = structuredClone(record);
      if (parser.accepts(record, goldenContext, null)) parser.parse(record, goldenContext, null);
      expect(record).toEqual(before);
    }
  });
});

it('copies of an event carry its OCSF view, although it is made when first asked for', () => {
  const event = parsed({ EventID: 4634, Channel: 'Security', Computer: 'WS-07', TargetUserName: 'bodil' });
  expect({ ...event }.ocsf.class_uid).toBe(3002);
  expect(structuredClone(event).ocsf.class_uid).toBe(3002);
  expect((JSON.parse(JSON.stringify(event)) as { ocsf: Json }).ocsf['class_uid']).toBe(3002);
  expect(event.ocsf).toBe(event.ocsf);
});

function lines(bytes: Uint8Array): string[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '');
}

function ocsfProblems(event: ParsedEvent): string[] {
  return [...missingRequired(event.ocsf), ...unknownAttributes(event.ocsf)].filter((name) => name !== 'time');
}

const samples = sharedPath('samples', 'windows-json');
if (samples === null)
  console.log('windows-json: tests on recorded events skipped, the shared data folder is absent');

describe.skipIf(samples === null)('recorded events', () => {
  const files =
    samples === null
      ? []
      : readdirSync(samples, { recursive: true, encoding: 'utf8' }).filter((file) =>
          file.endsWith('.ndjson'),
        );

  it.each(files)('%s parses in every line, with a time and a whole OCSF view', (file) => {
    for (const line of lines(readFileSync(`${samples}/${file}`))) {
      const record = JSON.parse(line) as Json;
      const event = parsed(file.startsWith('panther') ? (record['event'] as Json) : record);
      expect(event.time).not.toBeNull();
      expect(ocsfProblems(event)).toEqual([]);
    }
  });

  it('NXLog records give the EventType that their Sysmon message states', () => {
    let seen = 0;
    for (const file of files.filter((name) => name.startsWith('otrf'))) {
      for (const line of lines(readFileSync(`${samples}/${file}`))) {
        const record = JSON.parse(line) as Json;
        const stated = /^EventType: (\w+)/m.exec(String(record['Message']))?.[1];
        if (stated === undefined) continue;
        seen += 1;
        expect(parsed(record).native['EventType']).toBe(stated);
      }
    }
    expect(seen).toBeGreaterThan(100);
  });

  const regression = sharedPath('sigma', 'regression-dev.ndjson.gz') ?? '';
  it('the regression events parse, and Defender names its threat without blanks', () => {
    const tests = lines(gunzipSync(readFileSync(regression))).map((line) => JSON.parse(line) as Json);
    const events = tests.flatMap((test) =>
      (test['events'] as Json[]).map((event) => ({ test, event: parsed(event) })),
    );
    expect(events).toHaveLength(106);
    for (const { event } of events) {
      expect(Number.isInteger(event.native['EventID'])).toBe(true);
      expect(typeof event.native['Channel']).toBe('string');
      expect(event.time).not.toBeNull();
      expect(ocsfProblems(event)).toEqual([]);
    }
    const defender = events.find(({ test }) => (test['logsource'] as Json)['service'] === 'windefend');
    expect(defender?.event.native['ThreatName']).toMatch(/EICAR/);
    expect(defender?.event.ocsf.class_uid).toBe(2004);
  });

  const perf = sharedPath('sigma', 'perf-50k.ndjson.gz') ?? '';
  it('the first 2,000 benchmark events parse, nulls included', () => {
    for (const line of lines(gunzipSync(readFileSync(perf))).slice(0, 2000)) {
      const event = parsed(JSON.parse(line) as Json);
      expect(Number.isInteger(event.native['EventID'])).toBe(true);
      expect(ocsfProblems(event)).toEqual([]);
    }
  });
});
