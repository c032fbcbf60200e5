/** The embedded event store runs the whole contract. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EngineClient } from '../clickhouse/engine.ts';
import { eventStoreContract } from '../contract/events.contract.ts';
import type { OpenHarness } from '../contract/events-harness.ts';
import { eventHuntContract } from '../contract/events-hunt.contract.ts';
import { eventQueryContract } from '../contract/events-query.contract.ts';
import { chdbClient } from './client.ts';
import { openChdbEventStore } from './events.ts';

const open: OpenHarness = async (options = {}) => {
  const directory = mkdtempSync(join(tmpdir(), 'watchfloor-chdb-'));
  let store = await openChdbEventStore({ ...options, directory });
  let probe: EngineClient | undefined;
  const closeAll = async () => {
    await store.close();
    await probe?.close();
    probe = undefined;
  };
  return {
    store,
    database: 'watchfloor',
    get probe() {
      probe ??= chdbClient(directory, 1);
      return probe;
    },
    async reopen(others = options) {
      await closeAll();
      store = await openChdbEventStore({ ...others, directory });
      return store;
    },
    async destroy() {
      await closeAll();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

eventStoreContract('chDB', open);
eventHuntContract('chDB', open);
eventQueryContract('chDB', open);

test('a second directory in one process is refused, because the engine holds one', async () => {
  const harness = await open();
  const other = mkdtempSync(join(tmpdir(), 'watchfloor-chdb-'));
  try {
    await expect(openChdbEventStore({ directory: other })).rejects.toMatchObject({ code: 'E_DATA_LOCKED' });
  } finally {
    rmSync(other, { recursive: true, force: true });
    await harness.destroy();
  }
});
