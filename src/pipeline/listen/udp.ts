/** A syslog listener on UDP: a datagram is a record; what comes faster than it can be stored is dropped and counted. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { createFeed, type Feed } from './feed.ts';
import {
  type Listener,
  type ListenerDeps,
  type ListenerOptions,
  listenFault,
  peerAddress,
} from './listener.ts';

/** Bytes that may wait, of all senders together. */
const maxWaiting = 32 << 20;
/** Bytes that the kernel is asked to hold while we are busy. */
const receiveBuffer = 8 << 20;
/** Senders that are told apart; those that have been silent longest make room. */
const maxPeers = 1_000;

/** Throws AppError E_PORT_TAKEN, E_CONFIG. */
export async function listenUdp(options: ListenerOptions, deps: ListenerDeps): Promise<Listener> {
  const { counters, logger } = deps;
  const { source } = options;
  /** In the order of their last datagram. */
  const feeds = new Map<string, Feed>();
  const ending = new Set<Promise<void>>();
  let waiting = 0;
  const socket = createSocket({ type: isIPv6(options.host) ? 'udp6' : 'udp4' });

  function feedOf(peer: string): Feed {
    const known = feeds.get(peer);
    if (known !== undefined) {
      feeds.delete(peer);
      feeds.set(peer, known);
      return known;
    }
    if (feeds.size >= maxPeers) forget(feeds.keys().next().value ?? '');
    const feed = createFeed(deps, { ...options.facts, transport: 'udp', peer }, deps.chain(source), {
      onFailure: (records, thrown) => deps.lost(source, records, thrown),
      onDrained: recount,
    });
    feeds.set(peer, feed);
    return feed;
  }

  function forget(peer: string): void {
    const feed = feeds.get(peer);
    feeds.delete(peer);
    if (feed === undefined) return;
    const ended = feed.end(null).finally(() => ending.delete(ended));
    ending.add(ended);
  }

  function recount(): void {
    waiting = 0;
    for (const feed of feeds.values()) waiting += feed.waiting();
  }

  socket.on('message', (message, from) => {
    counters.add(`listen.${source}.datagrams`);
    if (waiting + message.length > maxWaiting) {
      counters.add(`listen.${source}.dropped`);
      deps.dropped(source);
      return;
    }
    waiting += message.length;
    const feed = feedOf(peerAddress(from.address));
    let end = message.length;
    while (end > 0 && isEnd(message[end - 1])) end -= 1;
    feed.framer.record(message.subarray(0, end), feed.emit);
  });

  const address = await bind(socket, options);
  socket.on('error', (error) =>
    logger.warn({ source, reason: error.message }, 'syslog listener (UDP) had an error'),
  );
  const stopTicks = deps.every(options.flushMs, () => {
    for (const feed of feeds.values()) feed.tick();
    recount();
  });
  return {
    address,
    async stop() {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
      stopTicks();
      for (const peer of feeds.keys()) forget(peer);
      while (ending.size > 0) await Promise.all(ending);
    },
  };
}

/** Line ends and NULs after a message belong to nobody. */
function isEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x00;
}

function bind(socket: Socket, { host, port }: ListenerOptions): Promise<Listener['address']> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(listenFault(error, 'udp', host, port));
    socket.once('error', fail);
    socket.bind({ address: host, port }, () => {
      socket.off('error', fail);
      socket.setRecvBufferSize(receiveBuffer);
      resolve({ host, port: socket.address().port });
    });
  });
}
