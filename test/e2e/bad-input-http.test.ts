/** Deliveries as bad senders send them: refused whole with a clear word, or stored once, however often they come. */
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ndjson, processEvents } from '../support/events.ts';
import { type ServiceProcess, startServiceProcess, temporaryData } from '../support/service.ts';

const maxBodyBytes = 1 << 20;
let data: Awaited<ReturnType<typeof temporaryData>>;
let service: ServiceProcess;
let token: string;
beforeAll(async () => {
  data = await temporaryData('http');
  await writeFile(
    join(data.dir, 'watchfloor.yml'),
    'intake: { maxBodyBytes: 1MiB, maxCompressedBytes: 64KiB }\n',
  );
  service = await startServiceProcess(data.dir);
  ({ token } = await service.api<{ token: string }>('POST', '/sources', {
    id: 'sensor',
    description: 'test',
  }));
});
afterAll(async () => {
  await service?.stop();
  await data?.remove();
});

type Headers = Readonly<Record<string, string>>;

async function send(body: string | Buffer, headers: Headers = {}, path = '/intake/ndjson') {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...headers },
    body: new Uint8Array(Buffer.from(body)),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: (await response.json()) as Record<string, unknown>,
  };
}

async function storedOf(host: string): Promise<number> {
  const { items } = await service.api<{ items: unknown[] }>('GET', `/events?host=${host}&limit=10000`);
  return items.length;
}

describe('who may deliver', () => {
  const body = ndjson(processEvents('INTRUDER', 2));

  it.each([
    { why: 'no token', header: () => ({ authorization: '' }), status: 401 },
    { why: 'a wrong token', header: () => ({ authorization: 'Bearer wf_source_nobody' }), status: 401 },
    {
      why: 'the right token in another scheme',
      header: () => ({ authorization: `Basic ${token}` }),
      status: 401,
    },
    {
      why: 'a token of the command line, which is for people',
      header: () => ({ authorization: `Bearer ${service.token}` }),
      status: 401,
    },
  ])('not with $why: $status', async ({ header, status }) => {
    const refused = await send(body, header());
    expect(refused.status).toBe(status);
    expect(refused.type).toContain('application/problem+json');
    expect(refused.body).toMatchObject({ status, code: 'E_UNAUTHENTICATED', detail: expect.any(String) });
    expect(await storedOf('INTRUDER')).toBe(0);
  });

  it.each(['/alerts', '/events', '/rules', '/audit', '/system/status'])(
    'a source, which may only deliver, does not read %s',
    async (path) => {
      const response = await fetch(`${service.url}/api${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect([401, 403]).toContain(response.status);
    },
  );

  it('a source does not upload files under the name of another', async () => {
    const refused = await send(body, {}, '/intake/file?source=dc-01&name=a.ndjson');
    expect([401, 403]).toContain(refused.status);
    expect(await storedOf('INTRUDER')).toBe(0);
  });
});

describe('what is refused is refused whole', () => {
  const events = (host: string) => ndjson(processEvents(host, 50));

  it.each([
    {
      why: 'a body over the limit',
      host: 'BIG',
      status: 413,
      code: 'E_TOO_LARGE',
      make: (text: string) => ({ body: text + ' '.repeat(maxBodyBytes), headers: {} }),
    },
    {
      why: 'a body that is over the limit when it is unpacked',
      host: 'BIG-GZ',
      status: 413,
      code: 'E_TOO_LARGE',
      make: (text: string) => ({
        body: gzipSync(text + 'x'.repeat(2 * maxBodyBytes)),
        headers: { 'content-encoding': 'gzip' },
      }),
    },
    {
      why: 'a packed body over the limit for packed ones',
      host: 'BIG-PACKED',
      status: 413,
      code: 'E_TOO_LARGE',
      make: (text: string) => ({
        body: gzipSync(text.repeat(8), { level: 0 }),
        headers: { 'content-encoding': 'gzip' },
      }),
    },
    {
      why: 'a truncated gzip body',
      host: 'CUT',
      status: 400,
      code: 'E_BAD_ENCODING',
      make: (text: string) => ({
        body: gzipSync(text).subarray(0, -20),
        headers: { 'content-encoding': 'gzip' },
      }),
    },
    {
      why: 'a body that is not the gzip it says',
      host: 'NOT-GZ',
      status: 400,
      code: 'E_BAD_ENCODING',
      make: (text: string) => ({ body: text, headers: { 'content-encoding': 'gzip' } }),
    },
    {
      why: 'an encoding that nobody knows',
      host: 'BR',
      status: 400,
      code: 'E_BAD_ENCODING',
      make: (text: string) => ({ body: text, headers: { 'content-encoding': 'br' } }),
    },
    {
      why: 'an idempotency key that is too long',
      host: 'KEY',
      status: 400,
      code: 'E_BAD_REQUEST',
      make: (text: string) => ({ body: text, headers: { 'idempotency-key': 'k'.repeat(256) } }),
    },
  ])('$why: $status, and once mended it is stored once', async ({ host, status, code, make }) => {
    const { body, headers } = make(events(host));
    const refused = await send(body, headers);
    expect(refused).toMatchObject({ status, body: { code } });
    expect(String(refused.body['detail']).length).toBeGreaterThan(20);
    expect(await storedOf(host)).toBe(0);
    expect(await send(events(host))).toMatchObject({
      status: 200,
      body: { read: 50, stored: 50, duplicate: 0 },
    });
    expect(await storedOf(host)).toBe(50);
  });

  it('says which encodings there are', async () => {
    const refused = await send('{}\n', { 'content-encoding': 'zstd' });
    expect(refused.body['detail']).toContain('gzip');
  });

  it('an empty body is a delivery of nothing', async () => {
    expect(await send('')).toMatchObject({
      status: 200,
      body: { read: 0, stored: 0, duplicate: 0, unparsed: 0, rejected: [] },
    });
  });
});

describe('a delivery that comes again', () => {
  it('is stored once when its body is the same, packed or not', async () => {
    const body = ndjson(processEvents('AGAIN', 30));
    expect(await send(body)).toMatchObject({ status: 200, body: { stored: 30, duplicate: 0 } });
    expect(await send(body)).toMatchObject({ status: 200, body: { stored: 0, duplicate: 30 } });
    expect(await send(gzipSync(body), { 'content-encoding': 'gzip' })).toMatchObject({
      status: 200,
      body: { stored: 0, duplicate: 30 },
    });
    expect(await storedOf('AGAIN')).toBe(30);
  });

  it('is stored twice when its keys say that it is two', async () => {
    const body = ndjson(processEvents('KEYS', 10));
    for (const key of ['one', 'two'])
      expect(await send(body, { 'idempotency-key': key })).toMatchObject({ body: { stored: 10 } });
    expect(await send(body, { 'idempotency-key': 'two' })).toMatchObject({
      body: { stored: 0, duplicate: 10 },
    });
    expect(await storedOf('KEYS')).toBe(20);
  });

  it('is stored once when it comes many times at once', async () => {
    const body = ndjson(processEvents('CROWD', 200));
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send(body, { 'idempotency-key': 'crowd' })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 8 }, () => 200));
    expect(answers.reduce((sum, { body: report }) => sum + Number(report['stored']), 0)).toBe(200);
    expect(await storedOf('CROWD')).toBe(200);
  });

  it('names the records that became no events by their index', async () => {
    const body = `${ndjson(processEvents('REJECTED', 2))}\nnot json\n{"who":"knows"}\n`;
    expect(await send(body)).toMatchObject({
      status: 200,
      body: {
        read: 4,
        stored: 4,
        unparsed: 2,
        rejected: [
          { index: 2, reason: 'malformed_json' },
          { index: 3, reason: 'unknown_format' },
        ],
      },
    });
  });

  it('is stored once when the first try broke off in the middle', async () => {
    const body = ndjson(processEvents('BROKEN', 400));
    const half = Buffer.from(body).subarray(0, body.length / 2);
    await new Promise<void>((resolve) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-length': Buffer.byteLength(body),
        'idempotency-key': 'broken',
      };
      const broken = request(`${service.url}/intake/ndjson`, { method: 'POST', headers });
      broken.on('error', () => resolve());
      broken.on('close', resolve);
      broken.write(half, () => broken.destroy());
    });
    expect(await send(body, { 'idempotency-key': 'broken' })).toMatchObject({
      status: 200,
      body: { read: 400, stored: 400, duplicate: 0 },
    });
    expect(await storedOf('BROKEN')).toBe(400);
  });

  it('leaves no error in the log of the service', () => {
    const errors = service
      .stderr()
      .split('\n')
      .filter((line) => /"level":"(?:error|fatal)"/.test(line));
    expect(errors).toEqual([]);
  });
});
