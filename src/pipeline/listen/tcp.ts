/** A syslog listener on TCP, with TLS (RFC 5425) or without: a sender that is too fast is made to wait. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createFeed, type Feed } from './feed.ts';
import {
  type Listener,
  type ListenerDeps,
  type ListenerOptions,
  listenFault,
  peerAddress,
} from './listener.ts';
import { SyslogStreamCutter } from './stream-cutter.ts';
import { readTls, renewTls } from './tls.ts';

/** Bytes of one connection that may wait before it is not read any more. */
const highWater = 4 << 20;

/** Throws AppError E_PORT_TAKEN, E_CONFIG. */
export async function listenTcp(options: ListenerOptions, deps: ListenerDeps): Promise<Listener> {
  const { counters, logger } = deps;
  const { source } = options;
  const open = new Map<Socket, Feed>();
  const closing = new Set<Promise<void>>();
  const { server, release } = serverOf(options, deps, (socket) => serve(socket));

  function serve(socket: Socket): void {
    const peer = peerAddress(socket.remoteAddress ?? '');
    socket.on('error', (error) =>
      logger.debug({ source, peer, reason: error.message }, 'syslog connection broke'),
    );
    if (open.size >= options.maxConnections) {
      counters.add(`listen.${source}.refused`);
      socket.destroy();
      return;
    }
    const feed = createFeed(deps, { ...options.facts, transport: 'tcp', peer }, deps.chain(source), {
      onFailure: (records, thrown) => deps.lost(source, records, thrown),
      onDrained: () => {
        if (socket.isPaused() && feed.waiting() < highWater) socket.resume();
      },
    });
    const cutter = new SyslogStreamCutter(feed.framer);
    open.set(socket, feed);
    counters.add(`listen.${source}.connections`);
    socket.on('data', (chunk: Buffer) => {
      cutter.push(chunk, feed.emit);
      if (feed.waiting() >= highWater) socket.pause();
    });
    socket.once('close', () => {
      open.delete(socket);
      const ended = feed.end(cutter.end(feed.emit)).finally(() => closing.delete(ended));
      closing.add(ended);
    });
  }

  const address = await listen(server, options);
  const stopTicks = deps.every(options.flushMs, () => {
    for (const feed of open.values()) feed.tick();
  });
  return {
    address,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open.keys()) socket.destroy();
      release();
      await closed;
      stopTicks();
      while (closing.size > 0) await Promise.all(closing);
    },
  };
}

/** Hands on connections; those with TLS when they are secured. `release` ends what goes on beside them. */
function serverOf(
  { tls, source }: ListenerOptions,
  deps: ListenerDeps,
  serve: (socket: Socket) => void,
): { readonly server: Server; readonly release: () => void } {
  if (tls === undefined) return { server: createServer(serve), release: () => undefined };
  const unsecured = new Set<Socket>();
  const server = createTlsServer(readTls(tls), serve);
  server.on('connection', (socket) => {
    unsecured.add(socket);
    socket.once('close', () => unsecured.delete(socket));
  });
  server.on('tlsClientError', (error, socket) => {
    deps.counters.add(`listen.${source}.refused`);
    const peer = peerAddress(socket.remoteAddress ?? '');
    deps.logger.warn({ source, peer, reason: error.message }, 'a syslog sender could not be secured');
  });
  const stopRenewing = renewTls(server, tls, source, deps);
  return {
    server,
    release() {
      stopRenewing();
      for (const socket of unsecured) socket.destroy();
    },
  };
}

function listen(server: Server, { host, port }: ListenerOptions): Promise<Listener['address']> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, 'tcp', host, port)));
    server.listen({ host, port }, () => {
      const bound = server.address();
      resolve({ host, port: typeof bound === 'object' && bound !== null ? bound.port : port });
    });
  });
}
