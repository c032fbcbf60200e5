import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let dir: string;
const running = new Set<ChildProcess>();

/** A build that is quick and leaves a line behind each time; it stamps as the real one does. */
const fakeBuild = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { root, sourceHash, stampBuild } = createRequire(import.meta.url)('../bin/lib/stale.cjs');
const hash = sourceHash();
appendFileSync(root + '/builds.log', 'built\\n');
await new Promise((resolve) => setTimeout(resolve, 300));
mkdirSync(root + '/dist', { recursive: true });
mkdirSync(root + '/web/dist', { recursive: true });
writeFileSync(root + '/web/dist/index.html', '');
writeFileSync(root + '/dist/watchfloor.mjs', \`
  if (process.argv[2] === 'serve') {
    const timer = setInterval(() => undefined, 1000);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { process.stdout.write('stopped by ' + signal + '\\\\n'); clearInterval(timer); });
  }
  process.stdout.write(JSON.stringify({ args: process.argv.slice(2), pool: process.env.UV_THREADPOOL_SIZE, pid: process.pid }) + '\\\\n');
\`);
stampBuild(root, hash);
`;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watchfloor-launcher-'));
  await cp(join(root, 'bin'), join(dir, 'bin'), { recursive: true });
  await cp(join(root, 'watchfloor'), join(dir, 'watchfloor'));
  const fake = { name: 'fake', version: '1.0.0', private: true, scripts: { start: 'node bin/start.cjs' } };
  const lock = { name: 'fake', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': fake } };
  await writeFile(join(dir, 'package.json'), JSON.stringify(fake));
  await writeFile(join(dir, 'package-lock.json'), JSON.stringify(lock));
  await mkdir(join(dir, 'tools'));
  await mkdir(join(dir, 'src'));
  await writeFile(join(dir, 'src', 'main.ts'), '1');
  await writeFile(join(dir, 'tools', 'build.mjs'), fakeBuild);
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  await rm(dir, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exit: Promise<number | string>;
}

function start(command: string, ...args: string[]): Run {
  // The variables of the npm that runs these tests must not leak into the npm of the tree.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_|^UV_THREADPOOL_SIZE$/i.test(name)),
  );
  const child = spawn(command, args, { cwd: dir, env, detached: true });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const exit = new Promise<number | string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'unknown');
    });
  });
  return { child, stdout: () => out, stderr: () => err, exit };
}

async function builds(): Promise<number> {
  return (await readFile(join(dir, 'builds.log'), 'utf8')).split('\n').length - 1;
}

test('a fresh checkout is installed and built once; then nothing is done and nothing said', async () => {
  const first = start(process.execPath, 'bin/watchfloor.cjs', 'alerts', '--json');
  expect(await first.exit).toBe(0);
  expect(first.stderr()).toMatch(/installing dependencies[\s\S]*building/);
  expect(JSON.parse(first.stdout())).toMatchObject({ args: ['alerts', '--json'], pool: '16' });

  const second = start(process.execPath, 'bin/watchfloor.cjs', 'alerts');
  expect(await second.exit).toBe(0);
  expect(second.stderr()).toBe('');
  expect(await builds()).toBe(1);
});

test.each([
  { why: 'a source changed', file: 'src/main.ts', text: '2', again: true },
  { why: 'a test changed, which ships nothing', file: 'src/main.test.ts', text: '2', again: false },
  { why: 'a built file was lost', file: 'dist/watchfloor.mjs', text: null, again: true },
])('after the first start, $why: built again is $again', async ({ file, text, again }) => {
  await start(process.execPath, 'bin/watchfloor.cjs').exit;
  if (text === null) await rm(join(dir, file));
  else await writeFile(join(dir, file), text);
  const run = start(process.execPath, 'bin/watchfloor.cjs');
  expect(await run.exit).toBe(0);
  expect(run.stderr().includes('building')).toBe(again);
  expect(run.stderr()).not.toContain('installing');
});

test('five that start at once build once, and all of them run', async () => {
  const runs = Array.from({ length: 5 }, () => start(process.execPath, 'bin/watchfloor.cjs', 'x'));
  expect(await Promise.all(runs.map(({ exit }) => exit))).toEqual([0, 0, 0, 0, 0]);
  expect(await builds()).toBe(1);
});

test('a build that was killed does not block the next start', async () => {
  await start(process.execPath, 'bin/watchfloor.cjs').exit;
  await writeFile(join(dir, 'src', 'main.ts'), '2');
  const killed = start(process.execPath, 'bin/watchfloor.cjs');
  await expect.poll(killed.stderr, { timeout: 30_000 }).toContain('building');
  killed.child.kill('SIGKILL');
  await killed.exit;
  expect(await start(process.execPath, 'bin/watchfloor.cjs').exit).toBe(0);
});

test('a build that fails ends the start with its word and a code', async () => {
  await writeFile(join(dir, 'tools', 'build.mjs'), 'console.error("no such file"); process.exit(3);');
  const run = start(process.execPath, 'bin/watchfloor.cjs');
  expect(await run.exit).toBe(1);
  expect(run.stderr()).toMatch(/no such file\nwatchfloor: the build failed/);
});

test('the shell entry works through a symlink from another directory', async () => {
  await symlink(join(dir, 'watchfloor'), join(dir, 'src', 'wf'));
  const run = start(join(dir, 'src', 'wf'), 'alerts');
  expect(await run.exit).toBe(0);
  expect(JSON.parse(run.stdout())).toMatchObject({ args: ['alerts'] });
});

test.each([
  { why: 'Ctrl-C, which the terminal sends to the whole group', signal: 'SIGINT', group: true },
  { why: 'a supervisor stops npm', signal: 'SIGTERM', group: false },
] as const)('npm start serves with its arguments and stops gracefully: $why', async ({ signal, group }) => {
  const run = start('npm', 'start', '--silent', '--', '--port', '5000');
  await expect.poll(run.stdout, { timeout: 60_000 }).toContain('\n');
  expect(JSON.parse(run.stdout())).toMatchObject({ args: ['serve', '--port', '5000'], pool: '16' });
  const pid = run.child.pid ?? 0;
  process.kill(group ? -pid : pid, signal);
  await run.exit;
  expect(run.stdout()).toContain(`stopped by ${signal}`);
});

test.each(['start', 'test', 'watchfloor'])(
  'bin/%s.cjs says in one sentence that Node is too old',
  async (name) => {
    const pretend = "Object.defineProperty(process.versions, 'node', { value: '12.22.0' });";
    const run = start(process.execPath, '-e', `${pretend} require('./bin/${name}.cjs');`);
    expect(await run.exit).toBe(1);
    expect(run.stderr()).toMatch(/^Watchfloor needs Node\.js 20\.19 or newer; .*\n$/);
  },
);
