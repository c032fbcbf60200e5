/** Syslog listeners on real sockets and a real store: what is sent is stored, and what can't be is counted. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestListeners, type TestListeners } from '../../../test/support/listeners.ts';
import {
  openTestStores,
  startAt,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../../test/support/pipeline.ts';
import type { EventStore, StoredEvent } from '../../store/events.ts';

let stores: TestStores;
let pipeline: TestPipeline | null = null;
let listeners: TestListeners | null = null;

beforeAll(async () => {
  stores = await openTestStores();
}, 120_000);
afterEach(async () => {
  await listeners?.stop();
  listeners = null;
  await pipeline?.stop();
  pipeline = null;
}, 120_000);
afterAll(() => stores?.close());

async function listen(transport: 'udp' | 'tcp', source: string, events?: (real: EventStore) => EventStore) {
  pipeline = await startTestPipeline(stores, events === undefined ? {} : { events });
  listeners = await startTestListeners(pipeline, { source, transport });
  return listeners.addresses[0]!.port;
}

async function stored(source: string): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  for await (const event of stores.events.search({ tenant, source, limit: 10_000 })) found.push(event);
  return found.sort((a, b) => a.seq - b.seq || a.idx - b.idx);
}

const line = (n: number): string =>
  `<38>Nov 24 08:00:00 web-01 sshd[${n}]: Accepted password for user${n} from 192.0.2.7 port 4242 ssh2`;

describe('a syslog listener', { timeout: 120_000 }, () => {
  it('stores what comes over TCP, in order, and the last line of a sender that hangs up', async () => {
    const port = await listen('tcp', 'tcp-lines');
    const socket = connect(port, '127.0.0.1');
    socket.end(Array.from({ length: 500 }, (_, n) => line(n)).join('\n'));
    await once(socket, 'close');
    await listeners!.stop();
    const events = await stored('tcp-lines');
    expect(events.map(({ raw }) => raw)).toEqual(Array.from({ length: 500 }, (_, n) => line(n)));
    expect(events[7]).toMatchObject({ host: 'web-01', user: 'user7', src_ip: '192.0.2.7', parser: 'sshd' });
    expect(events[7]!.time).toBe(startAt);
  });

  it('stores a datagram as a record, and the same one twice as two', async () => {
    const port = await listen('udp', 'udp');
    const socket = createSocket('udp4');
    for (let n = 0; n < 3; n += 1) {
      await new Promise<void>((resolve) => socket.send(`${line(1)}\n`, port, '127.0.0.1', () => resolve()));
    }
    while ((pipeline!.counters.snapshot()['listen.udp.datagrams'] ?? 0) < 3) await new Promise(setImmediate);
    listeners!.tick();
    await listeners!.stop();
    socket.close();
    const events = await stored('udp');
    expect(events.map(({ raw }) => raw)).toEqual([line(1), line(1), line(1)]);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(3);
  });

  it('hands on what is complete while the sender still writes a line', async () => {
    const port = await listen('tcp', 'slow');
    const socket = connect(port, '127.0.0.1');
    socket.write(`${line(1)}\n${line(2).slice(0, 20)}`);
    for (let found = 0; found < 1; found = (await stored('slow')).length) {
      listeners!.tick();
      await new Promise(setImmediate);
    }
    socket.end(`${line(2).slice(20)}\n`);
    await once(socket, 'close');
    await listeners!.stop();
    expect((await stored('slow')).map(({ raw }) => raw)).toEqual([line(1), line(2)]);
  });

  it('refuses more connections than it may have', async () => {
    const port = await listen('tcp', 'crowd');
    const kept = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(kept.map((socket) => once(socket, 'connect')));
    const refused = connect(port, '127.0.0.1');
    await once(refused, 'close');
    expect(pipeline!.counters.snapshot()['listen.crowd.refused']).toBe(1);
    for (const socket of kept) socket.destroy();
  });

  it('counts what was taken and could not be stored', async () => {
    const port = await listen('tcp', 'full', (real) => ({
      ...real,
      append: () => Promise.reject(new Error('the disk is gone')),
    }));
    const socket = connect(port, '127.0.0.1');
    socket.end(`${line(1)}\n${line(2)}\n`);
    await once(socket, 'close');
    await listeners!.stop();
    expect(pipeline!.counters.snapshot()['listen.full.lost']).toBe(2);
  });

  it('says which port is taken', async () => {
    const port = await listen('tcp', 'first');
    await expect(
      startTestListeners(pipeline!, { source: 'second', transport: 'tcp', port, maxConnections: 1 }),
    ).rejects.toMatchObject({ code: 'E_PORT_TAKEN' });
  });
});
