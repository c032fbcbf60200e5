/** `watchfloor serve`: what it refuses to start on, in which words and with which exit code, and how it stops. */
import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../support/events.ts';
import { jsonLines, runWatchfloor, startServiceProcess, temporaryData } from '../support/service.ts';

const directories: { remove(): Promise<void> }[] = [];
afterAll(() => Promise.all(directories.map((one) => one.remove())));

async function directory(): Promise<string> {
  const data = await temporaryData('serve');
  directories.push(data);
  return data.dir;
}

const serve = (dir: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  runWatchfloor(['serve', '--data', dir, '--port', '0', ...args], { env });

const missing = async (path: string): Promise<boolean> =>
  access(path).then(
    () => false,
    () => true,
  );

describe('serve refuses to start, with one clear line', () => {
  it('on a port that is taken: 3, and the data directory is free again', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const dir = await directory();
    try {
      const { code, stderr } = await serve(dir, ['--port', String(port)]);
      expect(code).toBe(3);
      expect(stderr).toContain(`port ${port} of 127.0.0.1 is taken`);
      expect(stderr).not.toContain('    at ');
      expect(await missing(join(dir, 'service.json'))).toBe(true);
      expect((await runWatchfloor(['check', '--data', dir])).code).toBe(0);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  it('on a directory of a newer version: 3, and nothing in it is touched', async () => {
    const dir = await directory();
    await writeFile(join(dir, 'format.json'), '{"format":99,"createdBy":"9.9.9"}\n');
    for (const run of [
      await serve(dir),
      await runWatchfloor(['alerts', '--data', dir]),
      await runWatchfloor(['check', '--data', dir]),
    ]) {
      expect(run).toMatchObject({ code: 3, stdout: '' });
      expect(run.stderr).toContain('made by Watchfloor 9.9.9');
    }
    expect((await readdir(dir)).sort()).toEqual(['format.json', 'lock']);
  });

  it('on a directory with a damaged format.json: 3', async () => {
    const dir = await directory();
    await writeFile(join(dir, 'format.json'), '{"for');
    expect(await serve(dir)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('format.json is damaged'),
    });
  });

  it("on somebody else's directory: 3, and leaves it as it was", async () => {
    const dir = await directory();
    await writeFile(join(dir, 'thesis.txt'), 'mine');
    expect(await serve(dir)).toMatchObject({ code: 3, stderr: expect.stringContaining('thesis.txt') });
    expect(await readdir(dir)).toEqual(['thesis.txt']);
  });

  it('on a path that is a file: 3', async () => {
    const file = join(await directory(), 'file');
    await writeFile(file, '');
    expect(await serve(file)).toMatchObject({ code: 3, stderr: expect.stringContaining(file) });
  });

  it('on a disk with less space than is wanted: 3, before anything is written', async () => {
    const dir = await directory();
    await writeFile(join(dir, 'watchfloor.yml'), 'events: { minFreeDisk: 8000000GiB }\n');
    const { code, stderr } = await serve(dir);
    expect(code).toBe(3);
    expect(stderr).toMatch(/Only [\d,]+ MiB are free/);
    expect(await readdir(dir)).not.toContain('events');
  });

  it.each([
    { why: 'an unknown key', config: 'intake: { maxRecordByte: 1MiB }', says: 'intake.maxRecordBytes' },
    { why: 'a key in the wrong place', config: 'maxBodyBytes: 1MiB', says: 'intake.maxBodyBytes' },
    { why: 'a value that is none', config: 'port: many', says: 'port' },
    { why: 'a file that is no YAML', config: 'port: [', says: 'watchfloor.yml' },
  ])('with $why in its configuration: 2, and names what was meant', async ({ config, says }) => {
    const dir = await directory();
    await writeFile(join(dir, 'watchfloor.yml'), `${config}\n`);
    const { code, stderr } = await runWatchfloor(['serve', '--data', dir]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
    expect(stderr).not.toContain('    at ');
    expect(await readdir(dir)).toEqual(['watchfloor.yml']);
  });

  it.each([
    {
      why: 'an unknown variable',
      env: { WATCHFLOOR_INTAKE_MAX_RECORD_BYTE: '1MiB' },
      says: 'WATCHFLOOR_INTAKE_MAX_RECORD_BYTES',
    },
    {
      why: 'a variable with a wrong value',
      env: { WATCHFLOOR_EVENTS_RETENTION: 'long' },
      says: 'WATCHFLOOR_EVENTS_RETENTION',
    },
  ])('with $why: 2, and names it', async ({ env, says }) => {
    expect(await serve(await directory(), [], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(says),
    });
  });

  it('with an option or a command that it does not have: 2', async () => {
    expect(await serve(await directory(), ['--prot', '1'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--port'),
    });
    expect(await runWatchfloor(['improt'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('import'),
    });
  });
});

describe('a running service', () => {
  it('listens, says when it is live and ready, keeps its token to its owner, and stops with 0 at SIGTERM, leaving no trace of itself', async () => {
    const dir = await directory();
    const service = await startServiceProcess(dir);
    for (const path of ['/health/live', '/health/ready']) {
      const response = await fetch(`${service.url}${path}`);
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
    }
    const file = join(dir, 'service.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ url: service.url, pid: service.pid });
    const imported = await runWatchfloor(['import', '-', '--data', dir, '--json'], {
      input: ndjson(processEvents('KEPT', 40, 4)),
    });
    expect(jsonLines(imported.stdout)).toMatchObject([{ stored: 40, detections: 10, alerts: 1 }]);
    expect(await service.stop()).toBe(0);
    expect(await missing(file)).toBe(true);
    expect(service.stderr()).not.toContain('"level":"error"');
    const alerts = await runWatchfloor(['alerts', '--data', dir, '--json']);
    expect(jsonLines(alerts.stdout)).toMatchObject([{ host: 'KEPT', detections: 10 }]);
  });

  it('starts again after it was killed, although its file still stands there', async () => {
    const dir = await directory();
    const killed = await startServiceProcess(dir);
    await killed.kill();
    expect(await missing(join(dir, 'service.json'))).toBe(false);
    const stale = await runWatchfloor(['status', '--data', dir, '--json']);
    expect(stale.code).toBe(0);
    const service = await startServiceProcess(dir);
    expect(service.token).not.toBe(killed.token);
    expect(await service.stop()).toBe(0);
  });

  it('on another directory is not disturbed by a second one', async () => {
    const [one, two] = [
      await startServiceProcess(await directory()),
      await startServiceProcess(await directory()),
    ];
    const added = await runWatchfloor(['sources', 'add', 'only-here', '--data', one.data, '--json']);
    expect(added.code).toBe(0);
    const other = await runWatchfloor(['sources', '--data', two.data, '--json']);
    expect(jsonLines(other.stdout).map((source) => source['id'])).not.toContain('only-here');
    await Promise.all([one.stop(), two.stop()]);
  });

  it('is made in a directory that does not exist yet', async () => {
    const dir = join(await directory(), 'a', 'b');
    await mkdir(join(dir, '..'));
    const service = await startServiceProcess(dir);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    await service.stop();
  });
});
