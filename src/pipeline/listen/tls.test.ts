/** Syslog over TLS on real sockets: who may send, and certificates that change while it runs. */
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestListeners, type TestListeners } from '../../../test/support/listeners.ts';
import {
  openTestStores,
  startTestPipeline,
  type TestPipeline,
  type TestStores,
  tenant,
} from '../../../test/support/pipeline.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../../../test/fixtures/tls', name);
const pem = (name: string): Buffer => readFileSync(fixture(name));

let stores: TestStores;
let pipeline: TestPipeline | null = null;
let listeners: TestListeners | null = null;
let folder: string;

beforeAll(async () => {
  stores = await openTestStores();
  folder = mkdtempSync(join(tmpdir(), 'watchfloor-tls-'));
}, 120_000);
afterEach(async () => {
  await listeners?.stop();
  listeners = null;
  await pipeline?.stop();
  pipeline = null;
}, 120_000);
afterAll(async () => {
  await stores?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function listen(source: string, clientCa?: string): Promise<number> {
  for (const part of ['key', 'pem']) copyFileSync(fixture(`server.${part}`), join(folder, `server.${part}`));
  pipeline = await startTestPipeline(stores);
  const tls = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key'), clientCa };
  listeners = await startTestListeners(pipeline, { source, transport: 'tls', tls });
  return listeners.addresses[0]!.port;
}

const line = '<38>Nov 24 08:00:00 web-01 sshd[1]: Accepted password for kim from 192.0.2.7 port 4242 ssh2';

async function send(port: number, options: ConnectionOptions = {}): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', ca: pem('ca.pem'), ...options });
  socket.end(`${line.length} ${line}`);
  await once(socket, 'close');
}

async function storedOf(source: string): Promise<string[]> {
  await listeners!.stop();
  const found: string[] = [];
  for await (const { raw } of stores.events.search({ tenant, source, limit: 100 })) found.push(raw);
  return found;
}

/** Who the listener says it is. */
async function nameOf(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca: pem('ca.pem') });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

describe('a syslog listener with TLS', { timeout: 120_000 }, () => {
  it('stores what a sender that trusts it sends', async () => {
    await send(await listen('tls'));
    expect(await storedOf('tls')).toEqual([line]);
  });

  it('takes nothing that is not secured', async () => {
    const socket = connectTcp(await listen('tls-plain'), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(`${line}\n`);
    await once(socket, 'close');
    expect(pipeline!.counters.snapshot()['listen.tls-plain.refused']).toBe(1);
    expect(await storedOf('tls-plain')).toEqual([]);
  });

  it.each([
    { who: 'known', sender: 'sender', stored: [line] },
    { who: "another authority's", sender: 'stranger', stored: [] },
    { who: 'nobody', sender: null, stored: [] },
  ])('that knows its senders takes what they send: $who', async ({ who, sender, stored }) => {
    const source = `tls-${who.replaceAll(/\W/g, '')}`;
    const port = await listen(source, fixture('ca.pem'));
    const certificate = sender === null ? {} : { cert: pem(`${sender}.pem`), key: pem(`${sender}.key`) };
    await send(port, certificate).catch(() => undefined);
    expect(await storedOf(source)).toEqual(stored);
  });

  it('takes a renewed certificate without a stop, and keeps the old one while the new can not be read', async () => {
    const port = await listen('tls-renewed');
    const renewed = (name: string, content: Buffer | string) => {
      writeFileSync(join(folder, name), content);
      // Its own time, however coarse the file system's clock is.
      utimesSync(join(folder, name), new Date(), new Date(Date.now() + 10_000));
      listeners!.tick();
    };
    expect(await nameOf(port)).toBe('server.example');
    renewed('server.pem', 'half written');
    expect(await nameOf(port)).toBe('server.example');
    renewed('server.pem', pem('renewed.pem'));
    expect(await nameOf(port)).toBe('server.example');
    renewed('server.key', pem('renewed.key'));
    expect(await nameOf(port)).toBe('renewed.example');
  });

  it('says which file is wrong', async () => {
    const wrong = (tls: { certificate: string; key: string }) =>
      startTestListeners({} as never, { source: 's', transport: 'tls', tls });
    const key = fixture('server.key');
    await expect(wrong({ certificate: '/nowhere.pem', key })).rejects.toThrow(/certificate.*\/nowhere\.pem/);
    await expect(wrong({ certificate: fixture('stranger.pem'), key })).rejects.toThrow(
      /no certificate with its key/,
    );
  });
});
