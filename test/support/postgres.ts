/** A private PostgreSQL server on a unix socket, for tests; not started where its binaries are missing. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const port = 5432;

/** Directory with `postgres` and `initdb` of version 15 or later; null when there is none. */
export const postgresBinDir: string | null = findBinDir();

export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

export interface PostgresServer {
  /** A new empty database. */
  createDatabase(): PostgresAddress;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<PostgresServer> {
  const bin = postgresBinDir;
  if (bin === null) throw new Error('no PostgreSQL binaries: set WATCHFLOOR_POSTGRES_BIN');
  const owner = serverOwner();
  const root = mkdtempSync(join(tmpdir(), 'wf-pg-'));
  if (owner !== null) chownSync(root, owner.uid, owner.gid);
  const data = join(root, 'data');
  const run = { ...owner, cwd: root, stdio: 'pipe' as const };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'watchfloor', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'],
    run,
  );
  const settings = {
    listen_addresses: '',
    unix_socket_directories: root,
    fsync: 'off',
    max_connections: '60',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...flags], {
    ...owner,
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killed = () => server.kill('SIGKILL');
  process.once('exit', killed);
  await ready(server);
  let databases = 0;
  return {
    createDatabase() {
      databases += 1;
      const database = `test_${databases}`;
      execFileSync(
        join(bin, 'createdb'),
        ['-h', root, '-p', String(port), '-U', 'watchfloor', database],
        run,
      );
      return { host: root, port, user: 'watchfloor', database };
    },
    async stop() {
      process.removeListener('exit', killed);
      const gone = new Promise((resolve) => server.once('exit', resolve));
      if (server.exitCode === null) {
        server.kill('SIGINT');
        await gone;
      }
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: its own account, else nobody's. */
function serverOwner(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string, user: string) =>
    Number(execFileSync('id', [flag, user], { stdio: 'pipe' }).toString());
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', user), gid: id('-g', user) };
    } catch {
      continue; // `id` fails for an account that is not there: the next one, then the error below
    }
  }
  throw new Error('no account to run PostgreSQL as: it refuses root');
}

function findBinDir(): string | null {
  const given = process.env['WATCHFLOOR_POSTGRES_BIN'];
  if (given !== undefined) return given;
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).map(Number) : [];
  const newest = Math.max(0, ...versions.filter((version) => version >= 15));
  const bin = join(base, String(newest), 'bin');
  return existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')) ? bin : null;
}

function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    if (server.stderr === null) throw new Error('the server has no stderr');
    const lines: string[] = [];
    createInterface({ input: server.stderr }).on('line', (line) => {
      if (lines.length < 50) lines.push(line);
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`postgres ended with code ${code}\n${lines.join('\n')}`)));
    server.once('error', reject);
  });
}
