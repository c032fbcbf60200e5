/** A real service in a child process, as a user starts it, on a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const repoRoot = resolve(import.meta.dirname, '../..');
const launcher = join(repoRoot, 'bin', 'watchfloor.cjs');

export interface ServiceProcess {
  readonly data: string;
  readonly url: string;
  readonly pid: number;
  /** API token of local-cli. */
  readonly token: string;
  /** Everything it printed on standard error. */
  stderr(): string;
  signInUrl(): string;
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  kill(): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

export async function temporaryData(name: string): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), `wf-${name}-`));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

type Variables = Readonly<Record<string, string>>;

/** Without the variables of the machine that would change what is tested. */
function cleanEnv(added: Variables = {}): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WATCHFLOOR_'))),
    ...added,
  };
}

/** Starts it and waits until it listens. Throws with its output when it ends before. */
export async function startServiceProcess(
  data: string,
  args: readonly string[] = [],
  env: Variables = {},
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [launcher, 'serve', '--data', data, '--port', '0', ...args], {
    env: cleanEnv(env),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    output += text;
  });
  const file = await serviceFile(data, child, () => output);
  const exited = once(child, 'exit');
  return {
    data,
    url: file.url,
    pid: child.pid ?? 0,
    token: file.token,
    stderr: () => output,
    signInUrl: () => /http:\/\/\S+\/sign-in#token=\S+/.exec(output)?.[0] ?? '',
    api: (method, path, body) => callApi(file.url, file.token, method, path, body),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
  };
}

async function serviceFile(
  data: string,
  child: ChildProcess,
  output: () => string,
): Promise<{ url: string; token: string }> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the service ended: ${output()}`);
    if (Date.now() > deadline) throw new Error(`the service does not listen: ${output()}`);
    // The link is printed when everything is up; the file of a killed predecessor may still be there before.
    if (output().includes('/sign-in#token=')) {
      return JSON.parse(await readFile(join(data, 'service.json'), 'utf8')) as { url: string; token: string };
    }
    await pause(50);
  }
}

async function callApi<T>(
  url: string,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Standard input; null leaves it open to the test (RunningCommand.child.stdin). Default: empty. */
  readonly input?: string | Buffer | null;
  readonly cwd?: string;
  readonly env?: Variables;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly done: Promise<CommandResult>;
  stderr(): string;
}

/** Starts `watchfloor ARGS`. */
export function startWatchfloor(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: cleanEnv(options.env),
    cwd: options.cwd ?? repoRoot,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const { input = '' } = options;
  if (input !== null) child.stdin.end(input);
  // A command that refuses early does not read its input; what it says is the result.
  child.stdin.on('error', () => child.stdin.destroy());
  const done = once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr }));
  return { child, done, stderr: () => stderr };
}

/** Runs `watchfloor ARGS` to its end. */
export function runWatchfloor(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return startWatchfloor(args, options).done;
}

/** The JSON lines that a command printed. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Most memory that a process ever had resident, bytes; null where the system does not tell. */
export async function peakMemory(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kib === undefined ? null : Number(kib) * 1_024;
}

/** Waits until `look` gives something else than null. */
export async function eventually<T>(
  look: () => Promise<T | null>,
  what: string,
  deadlineMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause(50);
  }
}
