/** Searches over HTTP: refused before they begin, told as they go, ended when nobody reads. */
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openTestRecords } from '../../../test/support/records.ts';
import { AppError } from '../../base/errors.ts';
import { startServer, type TestServer, type TestStore } from '../server.fixture.ts';
import type { HuntStep, HuntsService } from './hunts-service.ts';

let store: TestStore;
let server: TestServer;
let url: string;
let token: string;
/** What the service does in a test. */
let stream: HuntsService['stream'];

beforeAll(async () => {
  store = await openTestRecords();
  server = await startServer(store, { hunts: { stream: (...args) => stream(...args) } });
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}/api/events/stream`;
  token = await server.tokenFor('viewer');
}, 240_000);
afterAll(async () => {
  await server.close();
  await store.close();
});
beforeEach(() => {
  server.clock.advance(60_001);
});

const ask = (query: string, signal?: AbortSignal) =>
  fetch(`${url}?${query}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(signal === undefined ? {} : { signal }),
  });
const progress: HuntStep = { type: 'progress', found: 0, rowsRead: 1, rowsTotal: 2, examined: 0 };

describe('a search over HTTP', () => {
  test('a query that cannot be read is refused with its place, and nothing is searched', async () => {
    stream = () => {
      throw new Error('it was searched');
    };
    const response = await ask('q=host%20%3D%20x');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'E_BAD_REQUEST',
      details: { query: { start: 5, end: 6, hint: 'Write host: VALUE; put text with = in quotes.' } },
    });
  });

  test('steps go out as they come, with what is missing at the end', async () => {
    stream = async function* () {
      yield progress;
      yield { type: 'done', found: 0, ms: 7, partial: { reason: 'time', before: 0 } };
    };
    const text = await (await ask('q=')).text();
    expect(text).toContain('"type":"progress"');
    expect(text).toContain('"partial":{"reason":"time","before":"1970-01-01T00:00:00.000Z"}');
  });

  test('a failure in the middle says what it is, though the answer has begun', async () => {
    stream = async function* () {
      yield progress;
      throw new AppError('E_STORE_UNAVAILABLE', 'the event store is away');
    };
    const text = await (await ask('q=')).text();
    expect(text).toContain('E_STORE_UNAVAILABLE');
    expect(text).toContain('the event store is away');
  });

  test('a reader that goes away ends the search, because the engine would work for nobody', async () => {
    let ended: (reason: 'aborted') => void = () => undefined;
    const aborted = new Promise<string>((resolve) => {
      ended = resolve;
    });
    stream = async function* (_scope, _query, signal) {
      signal.addEventListener('abort', () => ended('aborted'));
      yield progress;
      await aborted;
    };
    const leaving = new AbortController();
    const response = await ask('q=', leaving.signal);
    await response.body?.getReader().read();
    leaving.abort();
    expect(await aborted).toBe('aborted');
  });

  test('a search that the stop of the service ends says so, and is no fault of the service', async () => {
    let other: TestServer | null = null;
    stream = async function* (_scope, _query, signal) {
      yield progress;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new DOMException('the search was aborted', 'AbortError');
    };
    other = await startServer(store, { hunts: { stream: (...args) => stream(...args) } });
    await other.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = other.app.server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/api/events/stream?q=`, {
      headers: { authorization: `Bearer ${await other.tokenFor('viewer')}` },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('progress');
    const closed = other.close();
    let rest = '';
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      rest += part.value;
    await closed;
    expect(rest).toContain('E_BUSY');
    expect(rest).toContain('The service is stopping.');
  });

  test('a reader that goes away before the answer is no fault of the service either', async () => {
    let ended = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const other = await startServer(store, {
      hunts: {
        histogram: (_scope, _query, signal) =>
          new Promise((_, reject) => {
            began();
            signal.addEventListener('abort', () => {
              reject(new DOMException('the search was aborted', 'AbortError'));
              ended();
            });
          }),
      },
    });
    let began = (): void => undefined;
    const running = new Promise<void>((resolve) => {
      began = resolve;
    });
    await other.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = other.app.server.address() as AddressInfo;
    const leaving = new AbortController();
    const asked = fetch(`http://127.0.0.1:${port}/api/events/histogram?q=`, {
      headers: { authorization: `Bearer ${await other.tokenFor('viewer')}` },
      signal: leaving.signal,
    });
    await running;
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await over;
    await other.close();
    expect(other.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
