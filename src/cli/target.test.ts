/** What the command line says when the service that it talks to goes away. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { openTarget } from './target.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Uploads without end to a service that answers as `answer` does. */
async function upload(
  answer: (response: ServerResponse) => void,
  signal: AbortSignal,
  onLine: () => void = () => undefined,
): Promise<void> {
  const server = createServer((request, response) => {
    request.on('error', () => response.destroy());
    request.once('data', () => answer(response));
    request.resume();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const target = await openTarget({ server: `http://127.0.0.1:${port}`, token: 'a token' });
  const body = new Readable({ read: () => undefined });
  body.push('{"a": 1}\n');
  await target.upload('/intake/file', body, onLine, signal);
}

const forever = new AbortController().signal;

it('a service that dies while it answers is a connection that broke', async () => {
  const dies = (response: ServerResponse): void => {
    response.write('{"progress": {"read": 1}}\n', () => response.destroy());
  };
  await expect(upload(dies, forever)).rejects.toMatchObject({ code: 'E_STORE_UNAVAILABLE' });
});

it('a service that closes the connection without an answer is one that broke', async () => {
  await expect(upload((response) => response.destroy(), forever)).rejects.toMatchObject({
    code: 'E_STORE_UNAVAILABLE',
  });
});

it('whoever stops an upload is told that it was stopped', async () => {
  const controller = new AbortController();
  const answers = (response: ServerResponse): void => void response.write('{"progress": {"read": 1}}\n');
  const stopped = upload(answers, controller.signal, () => controller.abort());
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
});
