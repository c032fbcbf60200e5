import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestRecords } from '../../../test/support/records.ts';
import { AppError } from '../../base/errors.ts';
import { mainTenant } from '../../model/ids.ts';
import { startServer, type TestServer, type TestStore } from '../server.fixture.ts';
import type { IntakeService } from './services.ts';

type Delivery = Parameters<IntakeService['deliver']>[0];
type Upload = Parameters<IntakeService['importStream']>[0];

let store: TestStore;
let server: TestServer;
let port: number;
let sourceToken: string;
let apiToken: string;
/** What the service does in a test. */
let deliver: IntakeService['deliver'];
let deliverBulk: IntakeService['deliverBulk'];
let importStream: IntakeService['importStream'];

const report = { read: 0, stored: 0, duplicate: 0, unparsed: 0, rejected: [] };
const imported = {
  file: 'f',
  format: 'json',
  what: 'JSON lines',
  read: 0,
  stored: 0,
  duplicate: 0,
  unparsed: 0,
  detections: 0,
  alerts: 0,
  outOfRange: 0,
};

beforeAll(async () => {
  store = await openTestRecords();
  server = await startServer(store, {
    intake: {
      deliver: (delivery) => deliver(delivery),
      deliverBulk: (delivery) => deliverBulk(delivery),
      importStream: (upload) => importStream(upload),
    },
  });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  port = (server.app.server.address() as AddressInfo).port;
  const id = 'dc-01';
  await server.records.transaction((tx) => server.access.addSourceIdentity(tx, mainTenant, id));
  sourceToken = await server.access.issueToken({
    identity: { tenant: mainTenant, id },
    kind: 'source_token',
  });
  apiToken = await server.tokenFor('engineer');
}, 240_000);
afterAll(async () => {
  await server.close();
  await store.close();
});
beforeEach(() => {
  server.clock.advance(60_001);
});

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** Sends over a real connection; the answer is read while the body may still go out. */
async function post(path: string, headers: Record<string, string>, body: Buffer | Readable): Promise<Answer> {
  const sent = httpRequest({ port, host: '127.0.0.1', method: 'POST', path, headers });
  // The answer decides; what happens to the rest of the body is looked at apart.
  sent.on('error', () => undefined);
  const answered = once(sent, 'response');
  if (body instanceof Readable) body.pipe(sent);
  else sent.end(body);
  const [response] = (await answered) as [Readable & { statusCode: number; headers: Answer['headers'] }];
  return {
    status: response.statusCode,
    headers: response.headers,
    text: (await bytesOf(response)).toString(),
  };
}

const auth = (token: string) => ({ authorization: `Bearer ${token}` });

/** A body of `mebibytes` in small pieces. */
function bigBody(mebibytes: number): Readable {
  return Readable.from(
    (function* () {
      for (let i = 0; i < mebibytes * 16; i += 1) yield Buffer.alloc(1 << 16, 0x61);
    })(),
  );
}

describe('POST /intake/ndjson', () => {
  test('a delivery reaches the service byte for byte, with its source, key and encoding', async () => {
    const body = gzipSync('{"a":1}\n{"a":2}\n');
    const seen: (Omit<Delivery, 'body' | 'signal'> & { bytes: Buffer })[] = [];
    deliver = async ({ body, signal, ...rest }) => {
      expect(signal.aborted).toBe(false);
      seen.push({ ...rest, bytes: await bytesOf(body) });
      return { ...report, read: 2, stored: 2 };
    };
    const headers = { ...auth(sourceToken), 'content-encoding': 'gzip', 'idempotency-key': 'k-1' };
    const answer = await post('/intake/ndjson', headers, body);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ ...report, read: 2, stored: 2 });
    expect(seen).toEqual([
      {
        actor: { kind: 'source', id: 'dc-01', name: 'dc-01', tenant: 'main', roles: ['source'] },
        source: 'dc-01',
        encoding: 'gzip',
        idempotencyKey: 'k-1',
        format: 'json',
        bytes: body,
      },
    ]);
  });

  test.each([
    { path: '/intake/lines', format: 'text' },
    { path: '/intake/webhook/dc-01', format: 'webhook' },
  ])('$path is a delivery of $format', async ({ path, format }) => {
    const seen: string[] = [];
    deliver = async ({ body, ...rest }) => {
      await bytesOf(body);
      seen.push(rest.format);
      return report;
    };
    expect((await post(path, auth(sourceToken), Buffer.from('x'))).status).toBe(200);
    expect(seen).toEqual([format]);
  });

  test("a webhook's address must be that of the token's source", async () => {
    const answer = await post('/intake/webhook/other', auth(sourceToken), Buffer.from('{}'));
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'E_FORBIDDEN' });
  });

  test('an empty delivery without any header is a delivery of nothing', async () => {
    deliver = async ({ body, encoding, idempotencyKey }) => {
      expect([encoding, idempotencyKey, (await bytesOf(body)).length]).toEqual(['identity', null, 0]);
      return report;
    };
    expect((await post('/intake/ndjson', auth(sourceToken), Buffer.alloc(0))).status).toBe(200);
  });

  test.each([
    { headers: { 'content-encoding': 'br' }, code: 'E_BAD_ENCODING', why: 'an encoding that we do not know' },
    {
      headers: { 'content-encoding': 'gzip, gzip' },
      code: 'E_BAD_ENCODING',
      why: 'an encoding on an encoding',
    },
    { headers: { 'idempotency-key': 'a'.repeat(256) }, code: 'E_BAD_REQUEST', why: 'an endless key' },
    { headers: { 'idempotency-key': 'a b' }, code: 'E_BAD_REQUEST', why: 'a key with a blank' },
  ])('$why is refused before the body is read', async ({ headers, code }) => {
    deliver = async () => {
      throw new Error('not to be reached');
    };
    const answer = await post('/intake/ndjson', { ...auth(sourceToken), ...headers }, Buffer.from('{}'));
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, code]);
  });

  test('an API token delivers nothing: a delivery belongs to its source', async () => {
    expect((await post('/intake/ndjson', auth(apiToken), Buffer.from('{}'))).status).toBe(401);
  });

  test('a wrong token on a big body gets its whole answer and a clean close', async () => {
    const answer = await post('/intake/ndjson', auth('wfi_wrong'), bigBody(24));
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'E_UNAUTHENTICATED' });
    expect(answer.headers).toMatchObject({ connection: 'close', 'content-type': 'application/problem+json' });
    const denied = (await server.services.audit.list({ tenant: mainTenant }, { limit: 5 })).items[0];
    expect(denied).toMatchObject({
      outcome: 'denied',
      resource: 'intake',
      details: { reason: 'bad_credentials' },
    });
  });

  test('a service that stops reading halfway still gets its refusal to the sender', async () => {
    deliver = async ({ body }) => {
      for await (const chunk of body) {
        if ((chunk as Buffer).length > 0) throw new AppError('E_TOO_LARGE', 'The delivery is too large.');
      }
      return report;
    };
    const answer = await post('/intake/ndjson', auth(sourceToken), bigBody(24));
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([413, 'E_TOO_LARGE']);
  });

  test('a sender that goes aborts the signal and ends the body', async () => {
    const socket = connect(port, '127.0.0.1');
    const ended = new Promise<string>((resolve) => {
      deliver = async ({ body, signal }) => {
        socket.destroy();
        await bytesOf(body).catch(() => resolve(`aborted: ${String(signal.aborted)}`));
        return report;
      };
    });
    socket.write(
      `POST /intake/ndjson HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${sourceToken}\r\ncontent-length: 1000\r\n\r\nhalf`,
    );
    expect(await ended).toBe('aborted: true');
  });

  test('the body comes through as a stream: the first bytes arrive while the last are not yet sent', async () => {
    let release: () => void = () => undefined;
    deliver = async ({ body }) => {
      const [first] = (await once(body, 'data')) as [Buffer];
      release();
      const rest = await bytesOf(body);
      return { ...report, read: first.length + rest.length };
    };
    const first = new Promise<void>((resolve) => {
      release = resolve;
    });
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('first');
        await first;
        yield Buffer.from('last');
      })(),
    );
    const answer = await post('/intake/ndjson', auth(sourceToken), body);
    expect(JSON.parse(answer.text).read).toBe(9);
  });
});

describe('/intake/elastic', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const ask = (method: string, path: string, headers: Record<string, string> = auth(sourceToken)) =>
    fetch(`http://127.0.0.1:${port}/intake/elastic${path}`, { method, headers });

  test.each(['/_bulk', '/winlogbeat-9/_bulk?pipeline=routing'])(
    '%s answers for each document, as its sender expects it',
    async (path) => {
      const body = Buffer.from('{"create":{}}\n{"a":1}\n{"index":{}}\n{"a":2}\n');
      deliverBulk = async (delivery) => {
        expect(await bytesOf(delivery.body)).toEqual(body);
        expect(delivery).toMatchObject({ source: 'dc-01', encoding: 'identity' });
        return { actions: ['create', 'index'] };
      };
      const answer = await post(`/intake/elastic${path}`, auth(sourceToken), body);
      expect([answer.status, answer.headers['x-elastic-product']]).toEqual([200, 'Elasticsearch']);
      expect(JSON.parse(answer.text)).toMatchObject({
        errors: false,
        items: [{ create: { status: 201 } }, { index: { status: 201 } }],
      });
    },
  );

  test('what is refused says so in the form that shippers look for', async () => {
    deliverBulk = async () => {
      throw new AppError('E_DISK_FULL', 'the disk is almost full');
    };
    const answer = await post('/intake/elastic/_bulk', auth(sourceToken), Buffer.from(''));
    expect([answer.status, answer.headers['x-elastic-product']]).toEqual([507, 'Elasticsearch']);
  });

  test.each([
    { agent: 'Elastic-filebeat/9.1.2 (linux; amd64)', version: '9.1.2' },
    { agent: 'curl/8.0', version: '8.19.0' },
  ])(
    'a Beat is told its own version, since it refuses an older server ($agent)',
    async ({ agent, version }) => {
      const answer = await ask('GET', '', { ...auth(sourceToken), 'user-agent': agent });
      expect(await answer.json()).toMatchObject({ version: { number: version } });
    },
  );

  test.each([
    { method: 'HEAD', path: '/', status: 200 },
    { method: 'GET', path: '/_license', status: 200 },
    { method: 'PUT', path: '/_index_template/filebeat-9.1.2', status: 200 },
    { method: 'HEAD', path: '/_ilm/policy/filebeat', status: 200 },
    { method: 'POST', path: '/logs/_search', status: 404 },
    { method: 'DELETE', path: '/logs', status: 404 },
  ])('$method $path is $status', async ({ method, path, status }) => {
    expect((await ask(method, path)).status).toBe(status);
  });

  test('nothing is told to who has no token', async () => {
    expect((await ask('GET', '/', {})).status).toBe(401);
    expect((await ask('GET', '/', auth(apiToken))).status).toBe(401);
  });

  test.each(['Basic', 'ApiKey'])('a token may come as %s, with its source before it', async (scheme) => {
    const as = (name: string) =>
      ask('GET', '/', { authorization: `${scheme} ${base64(`${name}:${sourceToken}`)}` });
    expect((await as('dc-01')).status).toBe(200);
    const other = await as('dc-02');
    expect([other.status, await other.json()]).toMatchObject([403, { code: 'E_FORBIDDEN' }]);
  });
});

describe('POST /intake/file', () => {
  const linesOf = (text: string): unknown[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  test('progress comes line by line and the result last', async () => {
    const seen: Pick<Upload, 'source' | 'fileName'>[] = [];
    importStream = async ({ source, fileName, body, onProgress }) => {
      seen.push({ source, fileName });
      onProgress({ read: 1 });
      const bytes = await bytesOf(body);
      onProgress({ read: 2 });
      return { ...imported, file: fileName, read: bytes.length };
    };
    const path = `/intake/file?source=lab&name=${encodeURIComponent('/var/log/../day one.ndjson')}`;
    const answer = await post(path, auth(apiToken), Buffer.from('abc'));
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    expect(linesOf(answer.text)).toEqual([
      { progress: { read: 1 } },
      { progress: { read: 2 } },
      { result: { ...imported, file: 'day one.ndjson', read: 3 } },
    ]);
    expect(seen).toEqual([{ source: 'lab', fileName: 'day one.ndjson' }]);
  });

  test('what is known of the file goes with it', async () => {
    const seen: Pick<Upload, 'format' | 'modifiedAt' | 'zone'>[] = [];
    importStream = async ({ format, modifiedAt, zone, body }) => {
      seen.push({ format, modifiedAt, zone });
      await bytesOf(body);
      return imported;
    };
    const more = '&format=text&modified=2026-03-02T10:00:00.000Z&zone=Europe/Berlin';
    await post(`/intake/file?name=a${more}`, auth(apiToken), Buffer.from('x'));
    await post('/intake/file?name=a', auth(apiToken), Buffer.from('x'));
    expect(seen).toEqual([
      { format: 'text', modifiedAt: Date.UTC(2026, 2, 2, 10), zone: 'Europe/Berlin' },
      { format: null, modifiedAt: null, zone: null },
    ]);
    const bad = await post('/intake/file?name=a&modified=yesterday', auth(apiToken), Buffer.from('x'));
    expect(bad.status).toBe(400);
  });

  test('an import that fails ends with its problem as the last line, also halfway through a big file', async () => {
    importStream = async ({ body, onProgress }) => {
      for await (const chunk of body) {
        onProgress({ bytes: (chunk as Buffer).length > 0 });
        throw new AppError('E_DISK_FULL', 'The disk is full.');
      }
      throw new Error('not to be reached');
    };
    const answer = await post('/intake/file?name=big.ndjson', auth(apiToken), bigBody(24));
    const lines = linesOf(answer.text);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ error: { code: 'E_DISK_FULL', status: 507 } });
  });

  test('a fault of the service is logged and tells the sender nothing of its cause', async () => {
    importStream = async () => {
      throw new Error('secret=hunter2');
    };
    server.logged.length = 0;
    const answer = await post('/intake/file?name=a', auth(apiToken), Buffer.from('abc'));
    expect(answer.text).not.toContain('hunter2');
    expect(linesOf(answer.text)).toMatchObject([{ error: { code: 'E_INTERNAL', status: 500 } }]);
    expect(server.logged.some((line) => line.level === 'error')).toBe(true);
  });

  test.each([
    { query: 'name=a&source=Not%20A%20Source', why: 'a source with a name that no source can have' },
    { query: 'source=lab', why: 'no file name' },
    { query: 'name=..%2f', why: 'a name that is only a path' },
    { query: 'name=a%0ab', why: 'a line break in the name' },
    { query: 'name=a&name=b', why: 'two names' },
  ])('$why is refused', async ({ query }) => {
    const answer = await post(`/intake/file?${query}`, auth(apiToken), Buffer.from('abc'));
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'E_BAD_REQUEST']);
  });

  test('an analyst may not import', async () => {
    const answer = await post(
      '/intake/file?name=a',
      auth(await server.tokenFor('analyst')),
      Buffer.from('abc'),
    );
    expect(answer.status).toBe(403);
  });

  test('a session cookie imports nothing, so that no page can', async () => {
    const headers = { cookie: `wf_session=${await server.session()}`, 'sec-fetch-site': 'same-origin' };
    expect((await post('/intake/file?name=a', headers, Buffer.from('abc'))).status).toBe(401);
  });
});
