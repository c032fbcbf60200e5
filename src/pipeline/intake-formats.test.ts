/** Files of every format through the whole intake into a real store: records stored are records sent. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evtxFile, sid } from '../../test/support/evtx.ts';
import {
  openTestStores,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../test/support/pipeline.ts';
import { readLines, sampleFiles } from '../../test/support/samples.ts';
import { sharedPath } from '../../test/support/shared.ts';
import type { SourceId } from '../model/ids.ts';
import type { StoredEvent } from '../store/events.ts';

let stores: TestStores;
let pipeline: TestPipeline;
beforeAll(async () => {
  stores = await openTestStores();
  pipeline = await startTestPipeline(stores);
}, 120_000);
afterAll(async () => {
  await pipeline?.stop();
  await stores?.close();
}, 120_000);

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000);
}

function importBytes(bytes: Buffer, under: string, fileName = 'file') {
  const signal = new AbortController().signal;
  return pipeline.intake.importStream({
    tenant,
    source: under as SourceId,
    fileName,
    body: once(bytes),
    modifiedAt: Date.UTC(2026, 2, 31),
    signal,
  });
}

async function stored(under: string, only: { readonly unparsedOnly?: true } = {}): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const event of stores.events.search({ tenant, source: under, limit: 10_000, ...only }))
    found.push(event);
  return found.sort((a, b) => a.seq - b.seq || a.idx - b.idx);
}

describe('a file', { timeout: 120_000 }, () => {
  it('of Windows events (EVTX) is stored as XML, and again as nothing', async () => {
    const file = evtxFile(
      Array.from({ length: 60 }, (_, i) => ({
        id: BigInt(i + 1),
        time: 134_169_129_301_234_567n,
        provider: 'Microsoft-Windows-Sysmon',
        eventId: 1,
        channel: 'Microsoft-Windows-Sysmon/Operational',
        computer: 'WS-07',
        userSid: sid(18),
        data: [
          ['Image', 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe'],
          ['CommandLine', `powershell -c ${i}`],
        ],
      })),
    );
    expect(await importBytes(file, 'evtx')).toMatchObject({
      format: 'evtx',
      read: 60,
      stored: 60,
      unparsed: 0,
      detections: 60,
    });
    expect(await importBytes(file, 'evtx')).toMatchObject({ stored: 0, duplicate: 60 });
    const [event] = await stored('evtx');
    expect(event).toMatchObject({ parser: 'windows-xml', host: 'WS-07', command_line: 'powershell -c 0' });
    expect(event?.raw).toMatch(/^<Event /);
  });

  it('of CloudTrail is stored record by record, and again as nothing', async () => {
    const body = Buffer.from(JSON.stringify({ Records: [{ a: 1 }, { a: 2 }, { a: 3 }] }));
    expect(await importBytes(body, 'wrapped')).toMatchObject({ format: 'json-document', stored: 3 });
    expect(await importBytes(body, 'wrapped')).toMatchObject({ stored: 0, duplicate: 3 });
    expect((await stored('wrapped')).map(({ raw }) => raw)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
  });

  it('of audit records keeps each of them, and says in the first what they say together', async () => {
    const event = (serial: number, program: string) =>
      ['SYSCALL', 'EXECVE', 'PATH', 'EOE'].map((type, i) => {
        const fields = [
          `arch=c000003e syscall=59 success=yes exe="/usr/bin/${program}" uid=0 pid=7`,
          `argc=2 a0="${program}" a1="--now"`,
          `item=0 name="/usr/bin/${program}"`,
          '',
        ][i];
        return `type=${type} msg=audit(1772438400.123:${serial}): ${fields}`;
      });
    const [first, second] = [event(1, 'one'), event(2, 'two')];
    const interleaved = first.flatMap((line, i) => [line, second[i] ?? '']);
    expect(await importBytes(Buffer.from(interleaved.join('\n')), 'audit')).toMatchObject({
      stored: 8,
      unparsed: 0,
    });
    const rows = await stored('audit');
    expect(rows.map(({ raw }) => raw)).toEqual(interleaved);
    expect(rows.map(({ command_line }) => command_line).filter((line) => line !== '')).toEqual([
      'one --now',
      'two --now',
      'one --now',
      'two --now',
    ]);
    expect(rows.filter(({ class_uid }) => class_uid === 1007).length).toBeGreaterThanOrEqual(2);
  });

  it('of findings gives a detection without a rule for each of them', async () => {
    const alert = (status: string) =>
      JSON.stringify({
        id: 'da1',
        status,
        severity: 'high',
        serviceSource: 'microsoftDefenderForEndpoint',
        title: 'Credential dumping',
        createdDateTime: '2026-03-02T08:00:00Z',
        lastUpdateDateTime: status === 'new' ? '2026-03-02T08:00:00Z' : '2026-03-02T09:00:00Z',
        evidence: [{ '@odata.type': '#microsoft.graph.security.deviceEvidence', deviceDnsName: 'ws-07' }],
      });
    const report = await importBytes(Buffer.from(`${alert('new')}\n${alert('resolved')}\n`), 'defender');
    expect(report).toMatchObject({ stored: 2, unparsed: 0, detections: 2 });
    const [event] = await stored('defender');
    expect(event).toMatchObject({ parser: 'microsoft-alert', host: 'ws-07', class_uid: 2004 });
  });

  it('with lines that nobody knows is stored whole, and they are counted by source', async () => {
    expect(await importBytes(Buffer.from('what is this\nand this\n'), 'odd')).toMatchObject({
      stored: 2,
      unparsed: 2,
    });
    expect((await stored('odd', { unparsedOnly: true })).map(({ raw }) => raw)).toEqual([
      'what is this',
      'and this',
    ]);
    expect(pipeline.counters.snapshot()['source.odd.unparsed']).toBe(2);
  });

  it('of lines takes the year from its last change', async () => {
    await importBytes(Buffer.from('Dec 31 23:59:59 h app: x\nMar 31 10:00:00 h app: y\n'), 'years');
    expect((await stored('years')).map(({ time }) => new Date(time).toISOString())).toEqual([
      '2025-12-31T23:59:59.000Z',
      '2026-03-31T10:00:00.000Z',
    ]);
  });
});

/** Kinds whose parsers are here: of these, fewer than one record in a hundred may be unparsed. */
const parsed = new Set([
  'linux-sshd',
  'linux-auditd',
  'linux-auth',
  'syslog',
  'windows-xml',
  'windows-json',
  'aws-guardduty',
  'ids-suricata',
  'crowdstrike',
  'aws-cloudtrail',
  'zeek',
  'okta',
  'azure-entra',
  'web-nginx',
  'web-apache',
]);

const samples = sharedPath('samples');
if (samples === null)
  console.log('intake: tests on recorded files skipped, the shared data folder is absent');

/** What a sender of the file would send, and how many records that is by another count than ours. */
function sentOf(path: string): { readonly bytes: Buffer; readonly records: number } {
  const text = readFileSync(sharedPath('samples', path) ?? path, 'utf8');
  if (/^\s*\{\s*"Records"/.test(text))
    return { bytes: Buffer.from(text), records: (JSON.parse(text) as { Records: unknown[] }).Records.length };
  const lines = readLines(path, text)
    .flatMap(({ raw }) => raw.split('\n'))
    .filter((line) => line.trim() !== '');
  const isTable = lines[0]?.startsWith('#separator') === true;
  return {
    bytes: Buffer.from(`${lines.join('\n')}\n`),
    records: isTable ? lines.filter((line) => !line.startsWith('#')).length : lines.length,
  };
}

describe.skipIf(samples === null)('recorded files', { timeout: 600_000 }, () => {
  const kinds =
    samples === null
      ? []
      : readdirSync(samples, { withFileTypes: true })
          .filter((entry) => entry.isDirectory() && entry.name !== 'LICENSES')
          .map(({ name }) => name);

  it('of every kind are stored whole', async () => {
    const wrong: string[] = [];
    for (const kind of kinds) {
      let [sent, unparsed] = [0, 0];
      for (const path of sampleFiles(kind)) {
        const { bytes, records } = sentOf(path);
        const report = await importBytes(bytes, kind, path.split('/').at(-1));
        sent += records;
        unparsed += report.unparsed;
        if (
          report.read !== records ||
          report.stored + report.duplicate !== records ||
          report.truncated !== undefined
        )
          wrong.push(`${path}: sent ${records}, ${JSON.stringify(report)}`);
      }
      const crashed = (await stored(kind, { unparsedOnly: true })).filter(
        (event) => event.unparsed === 'parser_error',
      );
      if (crashed.length > 0)
        wrong.push(`${kind}: ${crashed.length} crashed a parser: ${crashed[0]?.raw.slice(0, 200)}`);
      if (parsed.has(kind) && unparsed > sent / 100)
        wrong.push(`${kind}: ${unparsed} of ${sent} are unparsed`);
    }
    expect(wrong).toEqual([]);
  });
});
