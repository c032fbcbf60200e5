/** `watchfloor import` on what lies around: folders, patterns, archives, every format; and syslog into a running service. */
import { createSocket } from 'node:dgram';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../support/events.ts';
import { evtxFile, sid } from '../support/evtx.ts';
import {
  eventually,
  jsonLines,
  runWatchfloor,
  type ServiceProcess,
  startServiceProcess,
  temporaryData,
} from '../support/service.ts';
import { tarOf } from '../support/tar.ts';
import { zip } from '../support/zip.ts';

let data: Awaited<ReturnType<typeof temporaryData>>;
let files: Awaited<ReturnType<typeof temporaryData>>;
let service: ServiceProcess;

const ports = { udp: 0, tcp: 0 };

/** A port that is free now. */
async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

beforeAll(async () => {
  [data, files] = await Promise.all([temporaryData('formats'), temporaryData('formats-files')]);
  ports.udp = await freePort();
  ports.tcp = await freePort();
  await writeFile(
    join(data.dir, 'watchfloor.yml'),
    `sources:
  syslog:
    - {source: net-udp, listen: "127.0.0.1:${ports.udp}"}
    - {source: net-tcp, listen: "127.0.0.1:${ports.tcp}", transport: tcp}
  webhook:
    - source: nms
      mapping: {when: "body.kind == 'alert'", uid: body.id, title: body.name}
`,
  );
  await writeFiles();
  service = await startServiceProcess(data.dir);
}, 180_000);
afterAll(async () => {
  await service?.stop();
  await Promise.all([data?.remove(), files?.remove()]);
});

const sshd = (n: number): string =>
  `Nov 24 08:00:00 web-01 sshd[${n}]: Failed password for root from 198.51.100.7 port ${4_000 + n} ssh2`;

async function writeFiles(): Promise<void> {
  await mkdir(join(files.dir, 'logs', 'deep'), { recursive: true });
  const put = (name: string, content: string | Buffer) => writeFile(join(files.dir, 'logs', name), content);
  await put('auth.log', `${[1, 2, 3].map(sshd).join('\n')}\n`);
  await put('.hidden', 'x\n');
  await put('deep/trail.json', JSON.stringify({ Records: [{ a: 1 }, { a: 2 }] }, null, 2));
  await put(
    'deep/conn.log',
    '#separator \\x09\n#path\tconn\n#fields\tts\tuid\n#types\ttime\tstring\n1772438400.5\tC1\n',
  );
  await put(
    'events.xml.gz',
    gzipSync('<Events><Event><System><EventID>1</EventID></System></Event></Events>'),
  );
  await put(
    'Security.evtx',
    evtxFile([
      {
        id: 1n,
        time: 134_169_129_301_234_567n,
        provider: 'Microsoft-Windows-Security-Auditing',
        eventId: 4634,
        channel: 'Security',
        computer: 'WS-07',
        userSid: sid(18),
        data: [['TargetUserName', 'amara']],
      },
    ]),
  );
  await put(
    'bundle.zip',
    zip([
      { name: 'two/b.ndjson', content: Buffer.from(ndjson(processEvents('ZIPPED', 4))) },
      { name: 'a.log', content: Buffer.from(`${sshd(9)}\n`), store: true },
      { name: 'bomb.log', content: Buffer.alloc(8 << 20, 'x') },
    ]),
  );
}

async function importJson(...args: string[]) {
  const { code, stdout, stderr } = await runWatchfloor(['import', ...args, '--data', data.dir, '--json']);
  return { code, stderr, reports: jsonLines(stdout) };
}

async function searched(...filter: string[]) {
  const { stdout } = await runWatchfloor(['events', 'search', ...filter, '--data', data.dir, '--json']);
  return jsonLines(stdout);
}

describe('import', () => {
  it('reads a tar archive, and of one that is cut what is there, half a file included', async () => {
    const content = {
      'var/log/auth.log': `${sshd(41)}\n`,
      'events.ndjson': ndjson(processEvents('TAR', 2_000)),
      'last.log': `${sshd(42)}\n`,
    };
    const whole = await tarOf(content);
    const [cut, all] = [join(files.dir, 'cut.tar'), join(files.dir, 'all.tar.gz')];
    await writeFile(cut, whole.subarray(0, whole.length / 2));
    await writeFile(all, gzipSync(whole));
    const first = await importJson(cut, '--source', 'tar');
    const stored = Number(first.reports[1]?.['stored']);
    expect(first).toMatchObject({
      code: 1,
      reports: [{ file: `${cut}/var/log/auth.log`, stored: 1 }, {}, {}],
    });
    expect([stored > 500, stored < 2_000]).toEqual([true, true]);
    expect(first.reports[1]?.['truncated']).toMatch(/the archive can't be read on/);
    expect(first.reports[2]).toMatchObject({ file: cut, error: /./ });
    const second = await importJson(all, '--source', 'tar');
    expect(second.code).toBe(0);
    expect(second.reports.map(({ read, duplicate }) => [read, duplicate])).toEqual([
      [1, 1],
      [2_000, stored - 1],
      [1, 0],
    ]);
  });

  it('reads a folder with all below it in the order of names, each file as what it is, and again as nothing', async () => {
    const logs = join(files.dir, 'logs');
    const { code, stderr, reports } = await importJson(logs, '--source', 'folder');
    expect(code).toBe(1);
    expect(
      reports.map(({ file, format, stored }) => [String(file).slice(logs.length + 1), format, stored]),
    ).toEqual([
      ['Security.evtx', 'evtx', 1],
      ['auth.log', 'text', 3],
      ['bundle.zip/a.log', 'text', 1],
      ['bundle.zip/bomb.log', undefined, undefined],
      ['bundle.zip/two/b.ndjson', 'json', 4],
      ['deep/conn.log', 'zeek', 1],
      ['deep/trail.json', 'json-document', 2],
      ['events.xml.gz', 'xml', 1],
    ]);
    expect(reports[3]?.['error']).toMatch(/expands more than 200 times/);
    expect(stderr).toContain('7 files (1 not read, or not to their end): 13 records read, 13 stored');
    const again = await importJson(logs, '--source', 'folder');
    expect(again.reports.map(({ stored }) => stored ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(again.stderr).toContain('13 records read, 0 stored, 13 duplicate');
  });

  it('reads what a pattern names, and says when that is nothing', async () => {
    const { reports } = await importJson(join(files.dir, 'logs', '**', '*.log'), '--source', 'pattern');
    expect(reports.map(({ format, stored }) => [format, stored])).toEqual([
      ['text', 3],
      ['zeek', 1],
    ]);
    const nothing = await importJson(join(files.dir, '*.nothing'));
    expect(nothing).toMatchObject({ code: 1, reports: [{ error: 'no file matches' }] });
  });

  it('takes a format that is asked for, and refuses one that it does not know', async () => {
    const file = join(files.dir, 'logs', 'auth.log');
    expect((await importJson(file, '--source', 'forced', '--format', 'json')).reports).toMatchObject([
      { format: 'json', stored: 3, unparsed: 3 },
    ]);
    expect((await importJson(file, '--format', 'jsonl')).reports).toMatchObject([
      { error: expect.stringContaining('format: one of json') },
    ]);
    expect((await importJson(file, '--zone', 'Mars/Olympus')).reports).toMatchObject([
      { error: expect.stringContaining('zone: "Mars/Olympus"') },
    ]);
  });

  it('says to a person what it took each file for, and where unparsed records are', async () => {
    const odd = join(files.dir, 'odd.txt');
    await writeFile(odd, 'what is this\n');
    const { stdout, stderr } = await runWatchfloor(['import', odd, '--data', data.dir]);
    expect(stdout).toBe(
      `${odd} (lines of text): 1 record read, 1 stored, 0 duplicate, 1 unparsed, 0 detections, 0 new alerts\n`,
    );
    expect(stderr).toContain('watchfloor events search --unparsed --source import');
    expect(await searched('--unparsed', '--source', 'import')).toMatchObject([
      { raw: 'what is this', unparsed: 'unknown_format' },
    ]);
  });
});

describe('a running service', () => {
  it('takes syslog over TCP and UDP', async () => {
    const tcp = connect(ports.tcp, '127.0.0.1');
    const message = `<38>${sshd(1)}`;
    tcp.end(`${message.length} ${message}<38>${sshd(2)}\n`);
    const udp = createSocket('udp4');
    udp.send(`<38>${sshd(3)}`, ports.udp, '127.0.0.1', () => udp.close());
    const arrived = (source: string, count: number) =>
      eventually(async () => {
        const events = await searched('--source', source);
        return events.length === count ? events : null;
      }, `${count} records of ${source}`);
    await arrived('net-tcp', 2);
    const [event] = await arrived('net-udp', 1);
    expect(event).toMatchObject({ host: 'web-01', user: 'root' });
  });

  it('takes lines and webhooks over HTTP, each with the token of its source', async () => {
    const token = async (name: string) => {
      const { stdout } = await runWatchfloor(['sources', 'add', name, 'x', '--data', data.dir, '--json']);
      return String(jsonLines(stdout)[0]?.['token']);
    };
    const post = async (path: string, secret: string, body: string) => {
      const answer = await fetch(`${service.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body,
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const [web, nms] = [await token('web-01'), await token('nms')];
    expect(await post('/intake/lines', web, `${sshd(1)}\nodd\n`)).toMatchObject({
      status: 200,
      body: { stored: 2, unparsed: 1, rejected: [{ index: 1, reason: 'unknown_format' }] },
    });
    expect(await post('/intake/ndjson', web, '[{"a":1},{"a":2}]')).toMatchObject({
      body: { read: 2, stored: 2 },
    });
    expect(
      await post('/intake/webhook/nms', nms, '{\n "kind": "heartbeat", "id": 1, "name": "x"\n}'),
    ).toMatchObject({
      status: 200,
      body: { read: 1, unparsed: 0 },
    });
    expect((await post('/intake/webhook/nms', web, '{}')).status).toBe(403);
    expect((await post('/intake/webhook/web-01', web, '{}')).status).toBe(404);
  });
});
