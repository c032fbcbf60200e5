/** Certificates of a listener with TLS: read from files, and again when they change. */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type Server, type TlsOptions } from 'node:tls';
import { AppError, messageOf } from '../../base/errors.ts';
import type { ListenerDeps, TlsFiles } from './listener.ts';

/** RFC 5425 section 5.1; nothing older than TLS 1.2. Throws AppError E_CONFIG, with the file. */
export function readTls(files: TlsFiles): TlsOptions {
  const { certificate, key, clientCa } = files;
  const parts: TlsOptions = { cert: readPem(certificate, 'certificate'), key: readPem(key, 'key') };
  const senders =
    clientCa === undefined
      ? {}
      : { ca: readPem(clientCa, 'clientCa'), requestCert: true, rejectUnauthorized: true };
  const options = { ...parts, ...senders, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const;
  try {
    createSecureContext(options);
  } catch (thrown) {
    const what = `${certificate} and ${key} are no certificate with its key: ${messageOf(thrown)}`;
    throw new AppError('E_CONFIG', `sources.syslog: ${what}`, {}, thrown);
  }
  return options;
}

function readPem(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new AppError('E_CONFIG', `sources.syslog: can't read ${what}: ${messageOf(thrown)}`, {}, thrown);
  }
}

const lookEveryMs = 60_000;

/**
 * Takes renewed files for connections to come. While they can't be read, or don't fit together, those before stay in
 * force, and that is logged. Returns what ends it.
 */
export function renewTls(
  server: Server,
  files: TlsFiles,
  source: string,
  { every, logger }: Pick<ListenerDeps, 'every' | 'logger'>,
): () => void {
  let known = stateOf(files);
  return every(lookEveryMs, () => {
    const state = stateOf(files);
    if (state === known) return;
    known = state;
    try {
      server.setSecureContext(readTls(files));
      logger.info({ source }, 'the syslog listener has a new certificate');
    } catch (thrown) {
      logger.error({ source, reason: messageOf(thrown) }, 'the old certificate of a syslog listener stays');
    }
  });
}

/** Changes with the files. */
function stateOf({ certificate, key, clientCa }: TlsFiles): string {
  return [certificate, key, clientCa]
    .map((file) => (file === undefined ? null : statSync(file, { throwIfNoEntry: false })))
    .map((stat) => `${stat?.mtimeMs}:${stat?.size}:${stat?.ino}`)
    .join(' ');
}
