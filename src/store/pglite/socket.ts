/** Where the engine's unix socket stands: in its directory, or in a private one when that path is too long. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../base/errors.ts';

/** `pg` looks for this name in the directory that it is given as host. */
export const socketPort = 5432;
const socketName = `.s.PGSQL.${socketPort}`;
/** `sun_path` is 108 bytes with its NUL on Linux, 104 elsewhere. */
const longest = process.platform === 'linux' ? 107 : 103;

export interface SocketPlace {
  /** Directory for `pg`'s host. */
  readonly host: string;
  readonly path: string;
  remove(): Promise<void>;
}

/** Removes a stale socket; throws E_DATA_LOCKED when one answers. `directory` must exist. */
export async function socketPlace(directory: string): Promise<SocketPlace> {
  const path = join(directory, socketName);
  if (Buffer.byteLength(path) <= longest) {
    if (await answers(path)) {
      throw new AppError(
        'E_DATA_LOCKED',
        `the records in ${directory} are open in another process: stop that one first`,
      );
    }
    await rm(path, { force: true });
    return { host: directory, path, remove: () => rm(path, { force: true }) };
  }
  const host = await mkdtemp(join(tmpdir(), 'watchfloor-'));
  await chmod(host, 0o700);
  return {
    host,
    path: join(host, socketName),
    remove: () => rm(host, { recursive: true, force: true }),
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const done = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}
