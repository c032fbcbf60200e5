/** What the syslog listeners share. */
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { ContextFacts } from '../contexts.ts';
import type { FeedDeps } from './feed.ts';

/** Paths of PEM files. */
export interface TlsFiles {
  /** The certificate, with those between it and its authority after it. */
  readonly certificate: string;
  readonly key: string;
  /** Authorities of the senders' certificates; with it, a sender without one is refused. */
  readonly clientCa?: string | undefined;
}

export interface ListenerOptions {
  readonly source: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Connections at once, for TCP. */
  readonly maxConnections: number;
  /** How often complete records are handed on, ms. */
  readonly flushMs: number;
  /** For TCP with TLS. */
  readonly tls?: TlsFiles;
  readonly facts: Pick<ContextFacts, 'tenant' | 'source' | 'decoder' | 'zone'>;
}

export interface ListenerDeps extends FeedDeps {
  readonly logger: Logger;
  /** Begins the identity of a connection's records: never the same twice (ADR 13). */
  readonly chain: (source: string) => Uint8Array;
  /** Calls `work` every `ms`; returns what ends that. */
  readonly every: (ms: number, work: () => void) => () => void;
  /** Records that were taken and could not be stored. */
  readonly lost: (source: string, records: number, thrown: unknown) => void;
  /** A record that was not taken because too many wait. */
  readonly dropped: (source: string) => void;
}

export interface Listener {
  readonly address: { readonly host: string; readonly port: number };
  /** Takes nothing more; resolves when everything taken is stored. */
  stop(): Promise<void>;
}

/** An IPv4 address as such, also where it came through an IPv6 socket. */
export function peerAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
}

export function listenFault(error: Error, transport: string, host: string, port: number): AppError {
  const code = 'code' in error ? error.code : '';
  const where = `${transport} port ${port} of ${host}`;
  if (code === 'EADDRINUSE')
    return new AppError(
      'E_PORT_TAKEN',
      `${where} is taken by another program: stop it, or change sources.syslog`,
      {
        host,
        port,
      },
    );
  const hint = code === 'EACCES' ? ' (ports below 1024 need a privilege; senders can use 5514 instead)' : '';
  return new AppError(
    'E_CONFIG',
    `sources.syslog: can't listen on ${where}: ${error.message}${hint}`,
    {},
    error,
  );
}
