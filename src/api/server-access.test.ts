import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestRecords } from '../../test/support/records.ts';
import { sha256Hex } from '../base/ids.ts';
import { allowed } from '../features/access/policy.ts';
import { mainTenant } from '../model/ids.ts';
import { startServer, type TestServer, type TestStore } from './server.fixture.ts';
import { procedures } from './server-api.ts';

let store: TestStore;
let server: TestServer;
let adminToken: string;
/** An identity with the role of a source and a token for the API: it lacks every access of the contract. */
let sourceToken: string;

beforeAll(async () => {
  store = await openTestRecords();
  server = await startServer(store);
  adminToken = await server.tokenFor('admin');
  sourceToken = await server.tokenFor('source');
}, 240_000);
afterAll(async () => {
  await server.close();
  await store.close();
});

const own = { host: 'localhost:4880' };
const bearer = (token: string) => ({ ...own, authorization: `Bearer ${token}` });

async function denials() {
  const { items } = await server.services.audit.list({ tenant: mainTenant }, { limit: 1_000 });
  return items.filter((entry) => entry.outcome === 'denied');
}

/** A body that no schema takes: the gate must answer before the schema. */
const nonsense = (method: string) => (method === 'GET' ? {} : { payload: { nonsense: 1 } });

/** Every operation of the contract. */
const operations = procedures().map(({ method, path, meta }) => ({
  method,
  url: `/api${path.replaceAll(/\{\w+\}/g, 'x')}`,
  access: meta.access,
}));
const guarded = operations.flatMap(({ access, ...rest }) =>
  access === 'public' ? [] : [{ ...rest, access }],
);

describe('every procedure of the contract', () => {
  test('the table is whole: only signing in is public', () => {
    expect(operations.length).toBeGreaterThan(20);
    expect(operations.filter((o) => o.access === 'public')).toEqual([
      { method: 'POST', url: '/api/session', access: 'public' },
    ]);
  });

  test.each(guarded)(
    '$method $url without credentials is 401 and audited',
    async ({ method, url, access }) => {
      server.clock.advance(60_001);
      const since = server.clock.now();
      const response = await server.app.inject({ method, url, headers: own, ...nonsense(method) });
      expect(response.statusCode).toBe(401);
      expect(response.headers['content-type']).toBe('application/problem+json');
      expect(response.json()).toMatchObject({ code: 'E_UNAUTHENTICATED', status: 401 });
      expect(await denials()).toContainEqual(
        expect.objectContaining({
          at: since,
          action: access.action,
          resource: access.resource,
          peer: '127.0.0.1',
          details: { reason: 'no_credentials' },
        }),
      );
    },
  );

  test.each(guarded)(
    '$method $url by a role that lacks it is 403 and audited',
    async ({ method, url, access }) => {
      server.clock.advance(60_001);
      const since = server.clock.now();
      expect(allowed({ roles: ['source'] }, access)).toBe(false);
      const response = await server.app.inject({
        method,
        url,
        headers: bearer(sourceToken),
        ...nonsense(method),
      });
      expect(response.statusCode).toBe(403);
      expect(response.json()).toMatchObject({ code: 'E_FORBIDDEN', details: access });
      expect(await denials()).toContainEqual(
        expect.objectContaining({
          at: since,
          action: access.action,
          resource: access.resource,
          details: { reason: 'forbidden' },
          actor: expect.objectContaining({ kind: 'service' }),
        }),
      );
    },
  );

  test.each(guarded.filter(({ url }) => url !== '/api/alerts/live'))(
    '$method $url by an admin passes the gate',
    async ({ method, url }) => {
      const response = await server.app.inject({ method, url, headers: bearer(adminToken) });
      expect([401, 403]).not.toContain(response.statusCode);
      if (response.statusCode === 404) expect(response.json().detail).not.toContain('Nothing answers');
    },
  );
});

describe('sessions', () => {
  const origin = { origin: 'http://localhost:4880' };

  async function signIn(headers: Record<string, string> = {}) {
    const { admin } = await server.access.bootstrap();
    const { token } = await server.access.newSignInLink(admin.id);
    return server.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { ...own, ...headers },
      payload: { token },
    });
  }

  test('signing in gives a cookie that no script can read and no other site can send', async () => {
    const response = await signIn();
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ kind: 'person', name: 'admin', roles: ['admin'] });
    const [cookie] = response.cookies;
    expect(cookie).toMatchObject({ name: 'wf_session', httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(cookie).not.toHaveProperty('secure');
    expect(response.headers['cache-control']).toBe('no-store');
    const me = await server.app.inject({
      url: '/api/session',
      headers: own,
      cookies: { wf_session: cookie!.value },
    });
    expect(me.json()).toEqual(response.json());
  });

  test('behind TLS the cookie is for TLS only', async () => {
    const tls = await startServer(store, { config: { publicUrl: 'https://soc.example.com' } });
    const { admin } = await tls.access.bootstrap();
    const { token } = await tls.access.newSignInLink(admin.id);
    const response = await tls.app.inject({
      method: 'POST',
      url: '/api/session',
      headers: { host: 'soc.example.com', origin: 'https://soc.example.com' },
      payload: { token },
    });
    expect(response.cookies).toMatchObject([{ secure: true }]);
    expect(response.headers['strict-transport-security']).toContain('max-age=31536000');
    expect(response.headers['content-security-policy']).toContain('upgrade-insecure-requests');
    await tls.close();
  });

  test('signing out ends the session on the server and takes the cookie back', async () => {
    const secret = await server.session();
    const cookies = { wf_session: secret };
    const out = await server.app.inject({
      method: 'DELETE',
      url: '/api/session',
      headers: { ...own, ...origin },
      cookies,
    });
    expect(out.json()).toEqual({ ok: true });
    expect(out.cookies).toMatchObject([{ name: 'wf_session', value: '' }]);
    const after = await server.app.inject({ url: '/api/session', headers: own, cookies });
    expect(after.statusCode).toBe(401);
    const rows = await server.records.db.selectFrom('credentials').select('hash').execute();
    expect(rows.map((row) => row.hash)).not.toContain(sha256Hex(secret));
  });

  test('a link used twice is refused the second time', async () => {
    const { admin } = await server.access.bootstrap();
    const { token } = await server.access.newSignInLink(admin.id);
    const send = () =>
      server.app.inject({ method: 'POST', url: '/api/session', headers: own, payload: { token } });
    expect((await send()).statusCode).toBe(200);
    const again = await send();
    expect(again.statusCode).toBe(401);
    expect(again.json()).toMatchObject({ code: 'E_UNAUTHENTICATED' });
    expect(again.cookies).toEqual([]);
  });

  test.each([
    { headers: { 'sec-fetch-site': 'same-origin' }, status: 200, why: 'our own page' },
    {
      headers: { origin: 'http://localhost:4880' },
      status: 200,
      why: 'our own page in a browser without fetch metadata',
    },
    {
      headers: { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:4880' },
      status: 403,
      why: 'another site that lies about its origin',
    },
    {
      headers: { 'sec-fetch-site': 'same-site' },
      status: 403,
      why: 'another port of this machine is another origin',
    },
    {
      headers: { 'sec-fetch-site': 'none' },
      status: 403,
      why: 'no page of ours changes anything by navigation',
    },
    { headers: { origin: 'http://localhost:3000' }, status: 403, why: 'another port' },
    { headers: { origin: 'null' }, status: 403, why: 'a sandboxed frame' },
    { headers: {}, status: 403, why: 'a cookie without any word about its origin' },
  ])('a change with the cookie from $why is $status', async ({ headers, status }) => {
    server.clock.advance(60_001);
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/alerts/ALR-1/comments',
      headers: { ...own, ...headers },
      cookies: { wf_session: await server.session() },
      payload: { text: 'hello' },
    });
    expect(response.statusCode).toBe(status);
    if (status === 403) {
      expect((await denials()).filter((entry) => entry.at === server.clock.now())).toMatchObject([
        { details: { reason: 'cross_site' } },
      ]);
    }
  });

  test('a token needs no origin, because no browser sends it by itself', async () => {
    const response = await server.app.inject({
      method: 'POST',
      url: '/api/alerts/ALR-1/comments',
      headers: { ...bearer(adminToken), 'sec-fetch-site': 'cross-site' },
      payload: { text: 'hello' },
    });
    expect(response.statusCode).toBe(200);
  });

  test('another site can not sign a browser in as somebody else', async () => {
    expect((await signIn({ 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect((await signIn({ 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
  });

  test('a source token opens no API', async () => {
    const source = await server.access.issueToken({
      identity: { tenant: mainTenant, id: 's' },
      kind: 'source_token',
    });
    const response = await server.app.inject({ url: '/api/session', headers: bearer(source) });
    expect(response.statusCode).toBe(401);
  });
});

describe('the Host header', () => {
  test.each([
    { host: 'localhost:4880', status: 200, why: 'what people type' },
    { host: '127.0.0.1:4880', status: 200, why: 'the loopback address' },
    { host: '[::1]:4880', status: 200, why: 'the loopback address of IPv6' },
    { host: 'LOCALHOST', status: 200, why: 'names have no case' },
    { host: 'evil.example:4880', status: 403, why: 'a name of somebody else that points here' },
    { host: 'localhost.evil.example', status: 403, why: 'a name that only begins like ours' },
    { host: '192.0.2.5', status: 403, why: 'an address it does not listen on' },
  ])('$host is $status: $why', async ({ host, status }) => {
    const response = await server.app.inject({
      url: '/api/session',
      headers: { ...bearer(adminToken), host },
    });
    expect(response.statusCode).toBe(status);
  });

  test.each([
    { host: '198.51.100.7:4880', status: 200, why: 'an address can not be rebound' },
    { host: '[2001:db8::7]', status: 200, why: 'nor one of IPv6' },
    { host: 'soc.example.com', status: 200, why: 'the public name' },
    { host: 'evil.example', status: 403, why: 'any other name' },
  ])('listening everywhere, $host is $status: $why', async ({ host, status }) => {
    const wide = await startServer(store, {
      config: { host: '0.0.0.0', publicUrl: 'http://soc.example.com' },
    });
    const token = await wide.tokenFor('viewer');
    const response = await wide.app.inject({
      url: '/api/session',
      headers: { authorization: `bearer ${token}`, host },
    });
    expect(response.statusCode).toBe(status);
    await wide.close();
  });
});
