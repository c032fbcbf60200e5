import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient, ORPCError } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import type { JsonifiedClient } from '@orpc/openapi-client';
import { OpenAPILink } from '@orpc/openapi-client/fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestRecords } from '../../test/support/records.ts';
import { type Contract, contract } from './contract/index.ts';
import { decodeProblem } from './contract/problem.ts';
import { problemFetch } from './contract/problem-fetch.ts';
import { alert, startServer, type TestServer, type TestStore } from './server.fixture.ts';
import { procedures } from './server-api.ts';

let store: TestStore;
let server: TestServer;
let token: string;
let client: JsonifiedClient<ContractRouterClient<Contract>>;
let address: string;
const consoleDir = mkdtempSync(join(tmpdir(), 'wf-console-'));

beforeAll(async () => {
  mkdirSync(join(consoleDir, 'assets'));
  writeFileSync(join(consoleDir, 'index.html'), '<title>the console</title>');
  writeFileSync(join(consoleDir, 'assets', 'main-abc123.js'), 'export {};');
  store = await openTestRecords();
  server = await startServer(store, { consoleDir });
  token = await server.tokenFor('admin');
  address = await server.app.listen({ port: 0, host: '127.0.0.1' });
  client = createORPCClient(
    new OpenAPILink(contract, {
      url: `${address}/api`,
      headers: { authorization: `Bearer ${token}` },
      fetch: problemFetch,
      customErrorResponseBodyDecoder: decodeProblem,
    }),
  );
}, 240_000);
afterAll(async () => {
  await server.close();
  await store.close();
  rmSync(consoleDir, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) =>
  server.app.inject({ url, headers: { host: 'localhost', authorization: `Bearer ${token}`, ...headers } });

describe('the typed client and the server agree', () => {
  test('a list crosses the wire with its times as ISO-8601', async () => {
    const page = await client.alerts.list({ limit: 10 });
    expect(page).toMatchObject({ total: 1, nextCursor: null, counts: { status: { new: 1 } } });
    expect(page.items[0]).toMatchObject({
      key: 'ALR-1',
      ownerId: null,
      createdAt: '2020-02-02T03:04:05.678Z',
    });
    expect(page.items[0]).not.toHaveProperty('owner');
  });

  test.each([
    { query: 'severity=high', found: 1, why: 'one value' },
    { query: 'severity=low&severity=high', found: 1, why: 'the same name twice' },
    { query: 'severity=low', found: 0, why: 'a value that nothing has' },
    { query: 'severity[]=high', found: 1, why: 'brackets' },
  ])('a filter may be given as $why', async ({ query, found }) => {
    expect((await get(`/api/alerts?${query}`)).json().items).toHaveLength(found);
  });

  test('a stale change is a conflict that brings the current alert along', async () => {
    const stale = client.alerts.assign({ id: 'ALR-1', version: alert.version - 1, owner: null });
    const error: unknown = await stale.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ORPCError);
    expect(error).toMatchObject({ code: 'E_CONFLICT', status: 409, data: { current: { key: 'ALR-1' } } });
  });

  test('a refusal of the catalogue keeps its code and says the place', async () => {
    await expect(client.events.get({ id: 'none' })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
      status: 404,
      message: 'No event none.',
    });
  });
});

describe('problems', () => {
  test('bad input names the field', async () => {
    const response = await get('/api/alerts?limit=0&status=maybe');
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toBe('application/problem+json');
    const problem = response.json();
    expect(problem).toMatchObject({
      type: 'urn:watchfloor:error:E_BAD_REQUEST',
      title: 'Bad Request',
      code: 'E_BAD_REQUEST',
    });
    expect(problem.details.issues.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'limit',
      'status[0]',
    ]);
    expect(problem.detail).toContain('limit: ');
  });

  test('a fault of the service says nothing of its cause, and the log has it under the id', async () => {
    const response = await get('/api/events');
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('hunter2');
    const { instance, code } = response.json();
    expect(code).toBe('E_INTERNAL');
    const fault = server.logged.find((line) => line.level === 'error');
    expect(instance).toBe(`urn:uuid:${String(fault?.facts['requestId'])}`);
    expect(fault?.facts['error']).toContain('on fire');
  });

  test.each([
    { payload: '{"text":', type: 'application/json', status: 400, why: 'a body that is not JSON' },
    {
      payload: 'text=a',
      type: 'application/x-www-form-urlencoded',
      status: 415,
      why: 'a form, which any site can post',
    },
    {
      payload: '{"text":"a"}',
      type: 'text/plain',
      status: 415,
      why: 'JSON under the name of text, which any site can post',
    },
    {
      payload: `{"text":"${'a'.repeat(1 << 20)}"}`,
      type: 'application/json',
      status: 413,
      why: 'a body over the limit',
    },
    { payload: '', type: 'application/json', status: 400, why: 'no body where one is needed' },
  ])('$why is $status', async ({ payload, type, status }) => {
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/alerts/ALR-1/comments',
      headers: { host: 'localhost', authorization: `Bearer ${token}`, 'content-type': type },
      payload,
    });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ status });
  });

  test.each([
    { url: '/api/nothing', why: 'an unknown operation' },
    { url: '/api', why: 'the root of the API' },
    { url: '/intake/nothing', why: 'an unknown intake' },
    { url: '/assets/gone.js', why: 'a file that is not there' },
  ])('$why is a problem, never the page of the console', async ({ url }) => {
    const response = await get(url);
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ code: 'E_NOT_FOUND' });
  });

  test('an address that can not be decoded is the sender’s fault', async () => {
    const response = await get('/api/alerts/%E0%A4%A');
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ code: 'E_BAD_REQUEST' });
  });
});

describe('the live stream', () => {
  test('it opens with a ping, tells what is committed and ends with the service', async () => {
    const stream = await client.alerts.live();
    expect((await stream.next()).value).toMatchObject({ type: 'ping' });
    await server.records.db
      .insertInto('outbox')
      .values({
        tenant: 'main',
        at: new Date(server.clock.now()),
        type: 'alert.created',
        payload: JSON.stringify({ alertId: 'a1', version: 1 }),
        dispatched_at: null,
      })
      .execute();
    await server.outbox.dispatchPending();
    expect((await stream.next()).value).toMatchObject({ type: 'alert.created', alertId: 'a1', version: 1 });
    const stopped = await startServer(store);
    const other = await stopped.app.listen({ port: 0, host: '127.0.0.1' });
    const headers = { authorization: `Bearer ${await stopped.tokenFor('viewer')}` };
    const body = (await fetch(`${other}/api/alerts/live`, { headers })).text();
    await stopped.close();
    expect(await body).toContain('"type":"ping"');
    await stream.return?.(undefined);
  });

  test('a client that goes is forgotten', async () => {
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${address}/api/alerts/live`, { headers, signal: gone.signal });
    const reader = response.body!.getReader();
    await reader.read();
    const signal = server.liveSignals.at(-1)!;
    const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    gone.abort();
    await left;
  });
});

describe('documents, health and the console', () => {
  test('the OpenAPI document lists every operation with its access', async () => {
    const response = await server.app.inject({ url: '/api/openapi.json', headers: { host: 'localhost' } });
    const document = response.json();
    expect(document.openapi).toMatch(/^3\.1\./);
    for (const { method, path, meta } of procedures()) {
      const operation = document.paths[path]?.[method.toLowerCase()];
      const access = meta.access === 'public' ? 'public' : `${meta.access.resource}:${meta.access.action}`;
      expect(operation, `${method} ${path}`).toMatchObject({ 'x-access': access });
      expect(operation.responses.default.content).toHaveProperty(['application/problem+json']);
    }
    expect(document.paths['/session'].post.security).toEqual([]);
  });

  test('health needs no sign-in and no host name of ours, and names only what is missing', async () => {
    const probe = { host: '10.0.0.9' };
    expect((await server.app.inject({ url: '/health/live', headers: probe })).json()).toEqual({
      status: 'ok',
    });
    expect((await server.app.inject({ url: '/health/ready', headers: probe })).json()).toEqual({
      status: 'ok',
    });
    const broken = await startServer(store, { missing: ['events'] });
    const response = await broken.app.inject({ url: '/health/ready', headers: probe });
    expect([response.statusCode, response.json()]).toEqual([
      503,
      { status: 'not_ready', missing: ['events'] },
    ]);
    await broken.close();
  });

  test.each([
    { url: '/', cache: 'no-cache', why: 'the start page must notice a new build' },
    { url: '/alerts/ALR-42', cache: 'no-cache', why: 'addresses inside the console lead to the start page' },
    { url: '/assets/', cache: 'no-cache', why: 'a folder is no file' },
    { url: '/sign-in?token=x', cache: 'no-cache', why: 'so does signing in' },
  ])('$url is the console: $why', async ({ url, cache }) => {
    const response = await get(url);
    expect([response.statusCode, response.headers['cache-control']]).toEqual([200, cache]);
    expect(response.body).toContain('the console');
  });

  test('a file whose name holds its hash is kept for ever', async () => {
    const response = await get('/assets/main-abc123.js');
    expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test.each(['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2f..%2fpackage.json'])(
    '%s does not leave the folder of the console',
    async (url) => {
      expect((await get(url)).body).not.toMatch(/root:|"name"/);
    },
  );

  test('pages allow only our own scripts and nobody may frame them', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('upgrade-insecure-requests');
    expect((await get('/')).headers).not.toHaveProperty('strict-transport-security');
  });

  test('without a built console a page says what to do', async () => {
    const bare = await startServer(store);
    const response = await bare.app.inject({ url: '/', headers: { host: 'localhost' } });
    expect(response.statusCode).toBe(503);
    expect(response.body).toContain('npm run build');
    await bare.close();
  });
});

test('a connection that a client opened in reserve does not hold the stop up', async () => {
  const stopped = await startServer(store);
  await stopped.app.listen({ port: 0, host: '127.0.0.1' });
  const accepted = once(stopped.app.server, 'connection');
  const socket = connect((stopped.app.server.address() as AddressInfo).port, '127.0.0.1');
  const closed = once(socket, 'close');
  await accepted;
  await stopped.close();
  await closed;
});

test('a request is logged by its pattern, without query, body or secret', async () => {
  server.logged.length = 0;
  await get('/api/events/some-id?secret=hunter2');
  const lines = server.logged.filter((line) => line.message === 'request');
  expect(lines).toMatchObject([
    { level: 'info', facts: { method: 'GET', route: '/api/events/:id', status: 404, peer: '127.0.0.1' } },
  ]);
  expect(JSON.stringify(server.logged)).not.toMatch(/hunter2|wfa_/);
  expect(lines[0]?.facts['actor']).toMatch(/^svc-admin-/);
});
