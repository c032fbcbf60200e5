/** The event store over HTTP runs the whole contract, on a front of chDB here and on a server where one is named. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClickHouseFront, startClickHouseFront } from '../../../test/support/clickhouse-front.ts';
import { eventStoreContract } from '../contract/events.contract.ts';
import { batchOf, eventId, type OpenHarness, plain, source, tenant } from '../contract/events-harness.ts';
import { eventHuntContract } from '../contract/events-hunt.contract.ts';
import { eventQueryContract } from '../contract/events-query.contract.ts';
import { allRows } from './engine.ts';
import { openClickHouseEventStore } from './events.ts';
import { httpClient } from './http.ts';

/** Opens stores on one server, each in a database of its own. */
function opener(
  at: () => { readonly url: string; readonly user?: string; readonly password?: string },
): OpenHarness {
  return async (options = {}) => {
    const server = at();
    const database = `wf_${randomUUID().replaceAll('-', '')}`;
    const openWith = (given: typeof options) => openClickHouseEventStore({ ...given, ...server, database });
    let store = openWith(options);
    const probe = httpClient(server);
    return {
      store,
      probe,
      database,
      async reopen(others = options) {
        await store.close();
        store = openWith(others);
        return store;
      },
      async destroy() {
        await store.close();
        await probe.run(`DROP DATABASE IF EXISTS ${database}`);
        await probe.close();
      },
    };
  };
}

describe('HTTP client on a front of chDB', () => {
  let front: ClickHouseFront;
  let directory: string;
  const open = opener(() => front);
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'watchfloor-front-'));
    front = await startClickHouseFront(directory);
  });
  afterAll(async () => {
    await front.close();
    rmSync(directory, { recursive: true, force: true });
  });

  eventStoreContract('front', open);
  eventHuntContract('front', open);
  eventQueryContract('front', open);

  test('bodies travel compressed both ways, and thousands of ids outside of the URL', async () => {
    const harness = await open();
    await harness.store.migrate();
    await harness.store.append([batchOf(1, plain(2))]);
    const ids = Array.from({ length: 2_000 }, (_, idx) => eventId(1, idx));
    expect((await harness.store.existing(tenant, source, 0, ids)).size).toBe(2);
    await harness.destroy();
    expect(front.seen.gzipIn).toBeGreaterThan(0);
    expect(front.seen.gzipOut).toBeGreaterThan(0);
    expect(front.seen.multipart).toBeGreaterThan(0);
  });

  test('an exception in the middle of an answer is a failure, not a short answer', async () => {
    const client = httpClient(front);
    const sql =
      'SELECT number, throwIf(number = 200000) AS boom FROM numbers(300000) SETTINGS max_block_size = 1000';
    let rows = 0;
    const reading = async () => {
      for await (const text of client.ndjson(sql)) rows += text.split('\n').length - 1;
    };
    await expect(reading()).rejects.toMatchObject({ origin: 'engine', engineCode: 395 });
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(200_000);
    await client.close();
  });

  test('a failure before the first row carries the code of the engine', async () => {
    const client = httpClient(front);
    await expect(allRows(client, 'SELECT nope')).rejects.toMatchObject({ origin: 'engine', engineCode: 47 });
    await client.close();
  });

  test("a proxy's error page means unavailable, because the same call may work later", async () => {
    const harness = await open();
    await harness.store.migrate();
    front.failWith({ status: 502, body: '<html>Bad Gateway</html>' });
    const unavailable = { code: 'E_STORE_UNAVAILABLE' };
    await expect(harness.store.append([batchOf(1, plain(1))])).rejects.toMatchObject(unavailable);
    await expect(harness.store.lastSeq()).rejects.toMatchObject(unavailable);
    front.failWith(null);
    await harness.store.append([batchOf(1, plain(1))]);
    expect(await harness.store.lastSeq()).toBe(1);
    await harness.destroy();
  });

  test('a full disk of the server is told as such, because waiting does not help', async () => {
    const harness = await open();
    await harness.store.migrate();
    const body = 'Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)';
    front.failWith({ status: 500, body });
    await expect(harness.store.append([batchOf(1, plain(1))])).rejects.toMatchObject({ code: 'E_DISK_FULL' });
    front.failWith(null);
    await harness.destroy();
  });
});

test('a server that is not there means unavailable', async () => {
  const port = await freePort();
  const store = openClickHouseEventStore({ url: `http://127.0.0.1:${port}` });
  await expect(store.migrate()).rejects.toMatchObject({ code: 'E_STORE_UNAVAILABLE' });
  await store.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const named = process.env['WATCHFLOOR_TEST_CLICKHOUSE'];
if (named === undefined) {
  test.skip('a real ClickHouse server: skipped, WATCHFLOOR_TEST_CLICKHOUSE (http://user:password@host:8123) is not set', () => {
    throw new Error('skipped tests do not run');
  });
} else {
  const { username, password, origin } = new URL(named);
  const credentials =
    username === '' ? {} : { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  const open = opener(() => ({ url: origin, ...credentials }));
  eventStoreContract('ClickHouse server', open);
  eventHuntContract('ClickHouse server', open);
  eventQueryContract('ClickHouse server', open);
}
