/** Backups of a service at work, and what comes back from them. */
import { appendFile, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../support/events.ts';
import {
  eventually,
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  startWatchfloor,
  temporaryData,
} from '../support/service.ts';

interface Manifest {
  readonly upToSeq: number;
  readonly events: readonly { path: string; rows: number }[];
  readonly records: readonly { path: string; table: string; rows: number }[];
}
interface Alert {
  readonly id: string;
  readonly ruleId: string;
  readonly host: string;
  readonly detections: number;
}

let place: Awaited<ReturnType<typeof temporaryData>>;
let source: ServiceProcess;
const at = (name: string): string => join(place.dir, name);
beforeAll(async () => {
  place = await temporaryData('backup');
  source = await startServiceProcess(at('source'));
});
afterAll(async () => {
  await source?.stop();
  await place?.remove();
});

async function backup(dir: string) {
  const run = await runWatchfloor(['backup', dir, '--data', at('source'), '--json']);
  return { ...run, report: jsonLines(run.stdout)[0] ?? {} };
}

const restore = (from: string, to: string) => runWatchfloor(['restore', from, '--data', to, '--json']);

/** `rule host` → detections and the events of the evidence. */
async function alertsOf(service: ServiceProcess) {
  const { items } = await service.api<{ items: Alert[] }>('GET', '/alerts?limit=500');
  const all = await Promise.all(
    items.map(async (alert) => {
      const { evidence } = await service.api<{ evidence: { eventId: string }[] }>(
        'GET',
        `/alerts/${alert.id}`,
      );
      return [
        `${alert.ruleId} ${alert.host}`,
        { detections: alert.detections, evidence: evidence.map((one) => one.eventId) },
      ] as const;
    }),
  );
  return Object.fromEntries(all);
}

async function caughtUp(service: ServiceProcess): Promise<void> {
  await eventually(async () => {
    const { consumers } = await service.api<{ consumers: { lag: number }[] }>('GET', '/system/status');
    return consumers.every((one) => one.lag === 0) ? true : null;
  }, 'detection to catch up');
}

async function rowsOf(service: ServiceProcess): Promise<number> {
  const { events } = await service.api<{ events: { rows: number } }>('GET', '/system/status');
  return events.rows;
}

describe('a backup in the middle of an import', () => {
  const total = 20_000;
  const lines = Array.from({ length: 40 }, (_, host) =>
    processEvents(`HOST-${String(host).padStart(2, '0')}`, total / 40, 50),
  ).flat();

  it('is written while both go on, and loses nothing of the import', async () => {
    const text = ndjson(lines);
    const half = text.indexOf('\n', text.length / 2) + 1;
    const running = startWatchfloor(['import', '-', '--data', at('source'), '--json'], { input: null });
    const stdin = running.child.stdin;
    if (stdin === null) throw new Error('no standard input');
    stdin.write(text.slice(0, half));
    await eventually(async () => ((await rowsOf(source)) > 0 ? true : null), 'the first stored events');
    let written = false;
    const writing = backup(at('middle')).finally(() => {
      written = true;
    });
    // More keeps coming as long as the backup is written, and the last piece comes after it.
    const rest = text.slice(half).split(/(?<=\n)/);
    while (!written && rest.length > 1_000) {
      stdin.write(rest.splice(0, 200).join(''));
      await rowsOf(source);
    }
    const made = await writing;
    stdin.end(rest.join(''));
    const imported = await running.done;
    expect(jsonLines(imported.stdout)).toMatchObject([
      { read: total, stored: total, duplicate: 0, unparsed: 0, detections: total / 50, alerts: 40 },
    ]);
    expect(made.code).toBe(0);
    expect(Number(made.report['events'])).toBeGreaterThan(0);
    expect(Number(made.report['events'])).toBeLessThan(total);
    expect(await rowsOf(source)).toBe(total);
  });

  it('comes back whole, passes the check, catches up, and says what a fresh import of exactly its events says', async () => {
    const manifest = JSON.parse(await readFile(join(at('middle'), 'manifest.json'), 'utf8')) as Manifest;
    const inBackup = manifest.events.reduce((sum, file) => sum + file.rows, 0);
    const restored = await restore(at('middle'), at('restored'));
    expect(restored.code).toBe(0);
    expect(jsonLines(restored.stdout)).toMatchObject([
      { events: inBackup, upToSeq: manifest.upToSeq, check: { ok: true, faults: [] } },
    ]);
    expect((await runWatchfloor(['check', '--data', at('restored'), '--json'])).code).toBe(0);

    const service = await startServiceProcess(at('restored'));
    let alerts: Awaited<ReturnType<typeof alertsOf>>;
    try {
      await caughtUp(service);
      expect(await rowsOf(service)).toBe(inBackup);
      alerts = await alertsOf(service);
      // An import is in order, so the events of the backup are the first ones of the file.
      const fresh = await startServiceProcess(at('fresh'));
      try {
        const first = ndjson(lines.slice(0, inBackup));
        const imported = await runWatchfloor(['import', '-', '--data', at('fresh'), '--json'], {
          input: first,
        });
        expect(jsonLines(imported.stdout)).toMatchObject([{ stored: inBackup }]);
        expect(alerts).toEqual(await alertsOf(fresh));
      } finally {
        await fresh.stop();
      }
      // The interrupted file goes on there as if nothing had been.
      const rest = await runWatchfloor(['import', '-', '--data', at('restored'), '--json'], {
        input: ndjson(lines),
      });
      expect(jsonLines(rest.stdout)).toMatchObject([
        { read: total, stored: total - inBackup, duplicate: inBackup },
      ]);
      expect(await alertsOf(service)).toEqual(await alertsOf(source));
    } finally {
      await service.stop();
    }
    expect((await runWatchfloor(['check', '--data', at('restored')])).code).toBe(0);
  });
});

describe('a backup', () => {
  it('is refused on a directory that is not empty, and nothing in it is touched', async () => {
    await mkdir(at('full'));
    await writeFile(join(at('full'), 'mine.txt'), 'mine');
    const run = await backup(at('full'));
    expect(run).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is not empty') });
    expect(await readdir(at('full'))).toEqual(['mine.txt']);
  });

  it('takes a closed alert with its verdict and history along', async () => {
    const { items } = await source.api<{ items: (Alert & { version: number; key: string })[] }>(
      'GET',
      '/alerts?limit=1',
    );
    const [alert] = items;
    await source.api('POST', `/alerts/${alert?.id}/close`, {
      version: alert?.version,
      verdict: 'false_positive',
      reason: 'a test',
    });
    expect((await backup(at('made-here'))).code).toBe(0);
    // A backup is what is in it, wherever it stands.
    await rename(at('made-here'), at('closed'));
    expect((await restore(at('closed'), at('closed-data'))).code).toBe(0);
    const shown = await runWatchfloor([
      'alerts',
      'show',
      String(alert?.key),
      '--data',
      at('closed-data'),
      '--json',
    ]);
    expect(jsonLines(shown.stdout)).toMatchObject([
      { id: alert?.id, status: 'closed', verdict: 'false_positive' },
    ]);
    expect(jsonLines(shown.stdout)[0]?.['history']).toContainEqual(
      expect.objectContaining({ kind: 'closed' }),
    );
  });

  it('is not restored over data that is there: 3', async () => {
    const run = await restore(at('closed'), at('closed-data'));
    expect(run).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('has data in it already'),
    });
  });

  it('is not restored into a directory that a service holds: 3', async () => {
    const run = await restore(at('closed'), at('source'));
    expect(run).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`in use by process ${source.pid}`),
    });
  });

  it.each([
    { why: 'a file of events has a changed byte', file: 'events', harm: 'change' },
    { why: 'a file of records has a changed byte', file: 'records', harm: 'change' },
    { why: 'a file of events has grown', file: 'events', harm: 'grow' },
    { why: 'a file of records is missing', file: 'records', harm: 'remove' },
  ] as const)('that is damaged is refused, and the file is named: $why', async ({ file, harm }) => {
    const copy = at(`damaged-${file}-${harm}`);
    for (const folder of ['', 'events', 'records']) {
      await mkdir(join(copy, folder), { recursive: true });
      for (const entry of await readdir(join(at('closed'), folder), { withFileTypes: true })) {
        if (entry.isFile())
          await copyFile(join(at('closed'), folder, entry.name), join(copy, folder, entry.name));
      }
    }
    const manifest = JSON.parse(await readFile(join(copy, 'manifest.json'), 'utf8')) as Manifest;
    const path = [...manifest[file]].sort((a, b) => b.rows - a.rows)[0]?.path ?? '';
    if (harm === 'remove') await rm(join(copy, path));
    else if (harm === 'grow') await appendFile(join(copy, path), 'x');
    else {
      const bytes = await readFile(join(copy, path));
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      await writeFile(join(copy, path), bytes);
    }
    const target = at(`into-${file}-${harm}`);
    expect(await restore(copy, target)).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining(`${path} in ${copy} is damaged`),
    });
    // Nothing was taken from it: a good backup can still go there.
    if (harm === 'remove') expect((await restore(at('closed'), target)).code).toBe(0);
  });

  it.each([
    { why: 'it was not finished', manifest: null, says: 'has no manifest.json' },
    { why: 'its manifest is of another format', manifest: '{"format":2}', says: 'not of this format' },
  ])('is refused when $why', async ({ manifest, says }) => {
    const dir = at(`manifest-${says.length}-${manifest?.length ?? 0}`);
    await mkdir(dir);
    if (manifest !== null) await writeFile(join(dir, 'manifest.json'), manifest);
    expect(await restore(dir, `${dir}-into`)).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining(says),
    });
  });
});
