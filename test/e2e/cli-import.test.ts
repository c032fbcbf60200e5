/** `watchfloor import` as scripts use it: what it counts, what it stores once, and whom it works with. */
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvent, processEvents, suspicious } from '../support/events.ts';
import {
  eventually,
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  startWatchfloor,
  temporaryData,
} from '../support/service.ts';
import { sharedPath } from '../support/shared.ts';

const recording = sharedPath('samples', 'windows-json', 'otrf', 'psh_cmstp_execution_bypassuac.ndjson');
if (recording === null)
  console.warn('the recording is not here (WATCHFLOOR_SHARED): its import is not tested');

let data: Awaited<ReturnType<typeof temporaryData>>;
let files: Awaited<ReturnType<typeof temporaryData>>;
beforeAll(async () => {
  [data, files] = await Promise.all([temporaryData('import'), temporaryData('import-files')]);
});
afterAll(() => Promise.all([data.remove(), files.remove()]));

async function put(name: string, content: string | Buffer): Promise<string> {
  const path = join(files.dir, name);
  await writeFile(path, content);
  return path;
}

async function importJson(...paths: string[]) {
  const { code, stdout } = await runWatchfloor(['import', ...paths, '--data', data.dir, '--json']);
  return { code, reports: jsonLines(stdout) };
}

async function searched(...filter: string[]) {
  const { code, stdout } = await runWatchfloor([
    'events',
    'search',
    ...filter,
    '--data',
    data.dir,
    '--json',
    '--limit',
    '10000',
  ]);
  expect(code).toBe(0);
  return jsonLines(stdout);
}

describe('import into a running service', () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await startServiceProcess(data.dir);
  });
  afterAll(() => service?.stop());

  it('answers one JSON object for the file, with every count', async () => {
    const file = await put('counts.ndjson', `${ndjson(processEvents('COUNTS', 30, 10))}not json\n`);
    const { code, reports } = await importJson(file);
    expect(code).toBe(0);
    expect(reports).toEqual([
      {
        file,
        format: 'json',
        read: 31,
        stored: 31,
        duplicate: 0,
        unparsed: 1,
        outOfRange: 0,
        detections: 3,
        alerts: 1,
      },
    ]);
  });

  it('says the same to a person in one line, with nothing of JSON in it', async () => {
    const file = await put('person.ndjson', ndjson(processEvents('PERSON', 2)));
    const { code, stdout } = await runWatchfloor(['import', file, '--data', data.dir]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${file} (JSON lines): 2 records read, 2 stored, 0 duplicate, 0 unparsed, 0 detections, 0 new alerts\n`,
    );
  });

  it('takes the other files when one of them is missing, and says 1', async () => {
    const [first, last] = [
      await put('first.ndjson', ndjson(processEvents('FIRST', 3))),
      await put('last.ndjson', ndjson(processEvents('LAST', 4))),
    ];
    const missing = join(files.dir, 'missing.ndjson');
    const { code, reports } = await importJson(first, missing, last);
    expect(code).toBe(1);
    expect(reports).toMatchObject([
      { file: first, stored: 3 },
      { file: missing, error: expect.stringContaining('no such file') },
      { file: last, stored: 4 },
    ]);
    expect(reports[1]).not.toHaveProperty('stored');
  });

  it('stores the same content once, whatever the file is called and however it is packed', async () => {
    const content = ndjson(processEvents('ONCE', 50));
    const original = await put('once.ndjson', content);
    const renamed = await put('other-name.log', content);
    const packed = await put('once.ndjson.gz', gzipSync(content));
    const disguised = await put('packed-without-saying-so', gzipSync(content, { level: 1 }));
    const { code, reports } = await importJson(original, original, renamed, packed, disguised);
    expect(code).toBe(0);
    expect(reports.map((report) => [report['read'], report['stored'], report['duplicate']])).toEqual([
      [50, 50, 0],
      ...Array.from({ length: 4 }, () => [50, 0, 50]),
    ]);
    const { stdout } = await runWatchfloor(['import', '-', '--data', data.dir, '--json'], { input: content });
    expect(jsonLines(stdout)).toMatchObject([{ file: '-', read: 50, stored: 0, duplicate: 50 }]);
  });

  it('stores only what a file has grown by', async () => {
    const events = processEvents('GROWN', 40);
    const file = await put('grown.ndjson', ndjson(events.slice(0, 25)));
    expect((await importJson(file)).reports).toMatchObject([{ read: 25, stored: 25 }]);
    await put('grown.ndjson', ndjson(events));
    expect((await importJson(file)).reports).toMatchObject([{ read: 40, stored: 15, duplicate: 25 }]);
    expect(await searched('--host', 'GROWN')).toHaveLength(40);
  });

  it('keeps two identical lines as two events, because they were two records', async () => {
    const event = processEvent(1, { Computer: 'TWINS' });
    const file = await put('twins.ndjson', ndjson([event, event]));
    expect((await importJson(file)).reports).toMatchObject([{ read: 2, stored: 2, duplicate: 0 }]);
    const found = await searched('--host', 'TWINS');
    expect(new Set(found.map((one) => one['eventId'])).size).toBe(2);
  });

  it('reads standard input, and gzip on it as well', async () => {
    const content = ndjson(processEvents('STDIN', 5));
    const run = await runWatchfloor(['import', '-', '--data', data.dir, '--json'], {
      input: gzipSync(content),
    });
    expect(run.code).toBe(0);
    expect(jsonLines(run.stdout)).toMatchObject([{ file: '-', read: 5, stored: 5 }]);
  });

  it('keeps the same file of another source as other events', async () => {
    const file = await put('sources.ndjson', ndjson(processEvents('SOURCES', 3)));
    await importJson(file);
    expect((await importJson(file, '--source', 'dc-01')).reports).toMatchObject([
      { stored: 3, duplicate: 0 },
    ]);
    expect(await searched('--host', 'SOURCES', '--source', 'dc-01')).toHaveLength(3);
  });

  it('keeps a file of one event a day over 400 days whole, and finds them by the time of the event', async () => {
    const start = Date.UTC(2025, 7, 1, 12);
    const events = Array.from({ length: 400 }, (_, day) =>
      processEvent(day, { Computer: 'YEAR', TimeCreated: new Date(start + day * 86_400_000).toISOString() }),
    );
    const file = await put('year.ndjson', ndjson(events));
    expect((await importJson(file)).reports).toMatchObject([
      { read: 400, stored: 400, unparsed: 0, outOfRange: 0 },
    ]);
    expect(await searched('--host', 'YEAR')).toHaveLength(400);
    const january = await searched(
      '--host',
      'YEAR',
      '--from',
      '2026-01-01T00:00:00Z',
      '--to',
      '2026-02-01T00:00:00Z',
    );
    expect(january).toHaveLength(31);
    expect(january.map((one) => one['time'])).toEqual(
      january
        .map((one) => String(one['time']))
        .toSorted()
        .reverse(),
    );
  });

  it('gives a file that two commands import at once to one of them', async () => {
    const file = await put('race.ndjson', ndjson(processEvents('RACE', 3_000)));
    const both = await Promise.all([importJson(file), importJson(file)]);
    const stored = both.map(({ reports }) => Number(reports[0]?.['stored']));
    const duplicate = both.map(({ reports }) => Number(reports[0]?.['duplicate']));
    expect(stored.toSorted((a, b) => a - b)).toEqual([0, 3_000]);
    expect(duplicate.toSorted((a, b) => a - b)).toEqual([0, 3_000]);
    expect(await searched('--host', 'RACE')).toHaveLength(3_000);
  });

  it.skipIf(recording === null)('takes a real recording whole and once', async () => {
    const content = await readFile(recording!);
    const copy = join(files.dir, 'copied-elsewhere.json');
    await copyFile(recording!, copy);
    const packed = await put('recording.gz', gzipSync(content));
    const { code, reports } = await importJson(recording!, recording!, copy, packed);
    expect(code).toBe(0);
    expect(
      reports.map((report) => [report['read'], report['stored'], report['duplicate'], report['unparsed']]),
    ).toEqual([
      [600, 600, 0, 0],
      [600, 0, 600, 0],
      [600, 0, 600, 0],
      [600, 0, 600, 0],
    ]);
    expect(Number(reports[0]?.['alerts'])).toBeGreaterThan(0);
    expect(reports.slice(1).map((report) => report['detections'])).toEqual([0, 0, 0]);
  });
});

describe('import without a service', () => {
  let alone: Awaited<ReturnType<typeof temporaryData>>;
  beforeAll(async () => {
    alone = await temporaryData('import-alone');
  });
  afterAll(() => alone?.remove());

  const lockHeld = async () => {
    const names = await readdir(join(alone.dir, 'lock')).catch(() => []);
    return names.some((name) => /^\d+$/.test(name)) ? true : null;
  };

  it('holds the directory while it works: another process is told who has it, and touches nothing', async () => {
    const first = startWatchfloor(['import', '-', '--data', alone.dir, '--json'], { input: null });
    try {
      await eventually(lockHeld, 'the lock of the first process');
      const file = await put('alone.ndjson', ndjson(processEvents('SECOND', 1)));
      for (const args of [['import', file, '--json'], ['serve', '--port', '0'], ['check']]) {
        const second = await runWatchfloor([...args, '--data', alone.dir]);
        expect({ args, code: second.code, stdout: second.stdout }).toEqual({ args, code: 3, stdout: '' });
        // The service that the first command started for itself, not the command.
        expect(second.stderr).toMatch(/in use by process \d+ since /);
      }
    } finally {
      first.child.stdin?.end(ndjson(processEvents('ALONE', 20, 5)));
    }
    const { code, stdout, stderr } = await first.done;
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    expect(jsonLines(stdout)).toMatchObject([{ file: '-', read: 20, stored: 20, detections: 4, alerts: 1 }]);
  });

  it('leaves its alerts to the service that is started afterwards', async () => {
    const more = await put(
      'alone-more.ndjson',
      ndjson(processEvents('ALONE-2', 10, 2).map((event) => ({ ...event, ...suspicious }))),
    );
    const imported = await runWatchfloor(['import', more, '--data', alone.dir, '--json']);
    expect(jsonLines(imported.stdout)).toMatchObject([{ stored: 10, detections: 10, alerts: 1 }]);
    const before = await runWatchfloor(['alerts', '--data', alone.dir, '--json']);
    const service = await startServiceProcess(alone.dir);
    try {
      const after = await runWatchfloor(['alerts', '--data', alone.dir, '--json']);
      const alerts = jsonLines(after.stdout);
      expect(alerts).toEqual(jsonLines(before.stdout));
      expect(Object.fromEntries(alerts.map((alert) => [alert['host'], alert['detections']]))).toEqual({
        ALONE: 4,
        'ALONE-2': 10,
      });
    } finally {
      await service.stop();
    }
  });
});
