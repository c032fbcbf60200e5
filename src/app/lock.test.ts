import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../base/errors.ts';
import { acquireDataLock, assertDiskSpace, checkDataFormat } from './lock.ts';
import { type Holder, processStart, thisHolder } from './lock-holder.ts';

let scratch: string;
let program: string;
let dir: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'watchfloor-lock-'));
  program = join(scratch, 'holder.mjs');
  // Real processes that start in tens of milliseconds: the module is bundled once, not compiled in each.
  await build({
    stdin: {
      contents: `
        import { acquireDataLock } from './src/app/lock.ts';
        process.stdin.resume();
        try {
          const lock = await acquireDataLock(process.argv[2]);
          console.log('held');
          process.stdin.on('end', async () => { await lock.release(); process.exit(0); });
        } catch (error) {
          console.log(error.code + ' ' + error.message);
          process.exit(0);
        }`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
});

beforeEach(async () => {
  dir = join(await mkdtemp(join(scratch, 'case-')), 'data');
});

afterEach(async () => {
  await Promise.all([...children].map((child) => kill(child)));
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** Starts a process that tries for the lock; resolves with its first line. */
function contender(): Promise<{ child: ChildProcess; line: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.add(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const end = output.indexOf('\n');
      if (end !== -1) resolve({ child, line: output.slice(0, end) });
    });
    child.on('error', reject);
    child.on('close', () => reject(new Error(`ended without a word: ${output}`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  child.kill('SIGKILL');
  await ended(child);
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('was not refused');
}

/** A lock file as somebody else would have left it. */
async function plant(change: Partial<Holder>, ageMs = 0): Promise<void> {
  await mkdir(join(dir, 'lock'), { recursive: true });
  const holder = { ...(await thisHolder('2026-01-02T03:04:05.000Z')), ...change };
  await writeFile(join(dir, 'lock', '7'), JSON.stringify(holder));
  const at = new Date(Date.now() - ageMs);
  await utimes(join(dir, 'lock', '7'), at, at);
}

async function elsewhere(change: Partial<Holder['place']>): Promise<Partial<Holder>> {
  const { place } = await thisHolder('');
  return { pid: 1, place: { ...place, ...change } };
}

describe('between processes', { timeout: 120_000 }, () => {
  test('a second process is refused, and told who has it, since when and what to do', async () => {
    const { child, line } = await contender();
    expect(line).toBe('held');
    const error = await refusal(acquireDataLock(dir));
    expect(error.code).toBe('E_DATA_LOCKED');
    expect(error.details).toMatchObject({ dir, pid: child.pid });
    expect(error.message).toMatch(
      new RegExp(`in use by process ${child.pid} since \\d{4}-.*Z.*kill ${child.pid}.*--data`),
    );
  });

  test('a released directory can be taken at once', async () => {
    const { child } = await contender();
    child.stdin?.end();
    await ended(child);
    expect(child.exitCode).toBe(0);
    const lock = await acquireDataLock(dir);
    await lock.release();
  });

  test('a killed holder does not block the next start, not even as a zombie', async () => {
    const { child } = await contender();
    child.kill('SIGKILL');
    // Not waited for: whether it is reaped yet must not matter.
    while ((await processStart(child.pid!)) !== null) await new Promise((resolve) => setImmediate(resolve));
    const lock = await acquireDataLock(dir);
    await lock.release();
  });

  test('of twenty that start at once on a new directory one gets it', async () => {
    const lines = (await Promise.all(Array.from({ length: 20 }, contender))).map(({ line }) => line);
    expect(lines.filter((line) => line === 'held')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('E_DATA_LOCKED'))).toHaveLength(19);
  });

  test('of twenty that see the same dead holder one takes its place', async () => {
    const { child } = await contender();
    await kill(child);
    const lines = (await Promise.all(Array.from({ length: 20 }, contender))).map(({ line }) => line);
    expect(lines.filter((line) => line === 'held')).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('E_DATA_LOCKED'))).toHaveLength(19);
    expect(await readdir(join(dir, 'lock'))).toEqual(['2']);
  });
});

describe('in one process', () => {
  test('two parts of one process can not both have it', async () => {
    const lock = await acquireDataLock(dir);
    expect((await refusal(acquireDataLock(dir))).code).toBe('E_DATA_LOCKED');
    await lock.release();
    await lock.release();
    await (await acquireDataLock(dir)).release();
  });

  test('taken and given back over and over by many, it is never held twice', async () => {
    let holders = 0;
    let times = 0;
    const worker = async (): Promise<void> => {
      for (let i = 0; i < 40; i += 1) {
        try {
          const lock = await acquireDataLock(dir);
          holders += 1;
          times += 1;
          expect(holders).toBe(1);
          await new Promise((resolve) => setImmediate(resolve));
          holders -= 1;
          await lock.release();
        } catch (thrown) {
          if (!(thrown instanceof AppError)) throw thrown;
        }
      }
    };
    await Promise.all(Array.from({ length: 6 }, worker));
    expect(times).toBeGreaterThan(0);
    expect(await readdir(join(dir, 'lock'))).toEqual([String(times)]);
  });

  test('the directory is private to its user', async () => {
    const lock = await acquireDataLock(dir);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    await lock.release();
  });
});

describe('a lock file left behind', () => {
  test('by a process whose pid another one has now is stale', async () => {
    await plant({ pid: process.ppid, processStart: '1' });
    await (await acquireDataLock(dir)).release();
  });

  test('by a living process is respected, however long it did not show life', async () => {
    await plant({ pid: process.ppid, processStart: (await processStart(process.ppid)) ?? '' }, 3_600_000);
    expect((await refusal(acquireDataLock(dir))).details).toMatchObject({ pid: process.ppid });
  });

  test.each([
    { why: 'another machine', place: { hostname: 'elsewhere', bootId: 'other' } },
    { why: 'another container of this machine', place: { pidNamespace: 'pid:[1]' } },
    { why: 'this machine before it was started again', place: { bootId: 'other' } },
  ])('by $why is respected while it shows life, for its pid means nothing here', async ({ place }) => {
    await plant(await elsewhere(place), 20_000);
    expect((await refusal(acquireDataLock(dir))).message).toMatch(
      /process 1 on .* since 2026-01-02T03:04:05.000Z/,
    );
  });

  test('by another machine is stale after 30 seconds without life', async () => {
    await plant(await elsewhere({ hostname: 'elsewhere' }), 31_000);
    await (await acquireDataLock(dir)).release();
  });

  test('half-written is respected at first and stale later', async () => {
    await plant({});
    await writeFile(join(dir, 'lock', '7'), '');
    expect((await refusal(acquireDataLock(dir))).message).toMatch(/being taken/);
    const old = new Date(Date.now() - 31_000);
    await utimes(join(dir, 'lock', '7'), old, old);
    await (await acquireDataLock(dir)).release();
  });
});

describe('the holder', () => {
  test('shows life in its lock file, whose text stays readable', async () => {
    const lock = await acquireDataLock(dir, { heartbeatMs: 5 });
    const file = join(dir, 'lock', '1');
    const text = await readFile(file, 'utf8');
    const old = new Date(Date.now() - 3_600_000);
    await utimes(file, old, old);
    await expect.poll(async () => (await stat(file)).mtimeMs).toBeGreaterThan(old.getTime() + 1_800_000);
    expect(await readFile(file, 'utf8')).toBe(text);
    await lock.release();
  });

  test('learns that another process took the directory, and leaves it alone then', async () => {
    const lock = await acquireDataLock(dir, { heartbeatMs: 5 });
    await plant({ pid: process.ppid });
    const before = await readFile(join(dir, 'lock', '7'), 'utf8');
    await expect.poll(() => lock.lost.aborted).toBe(true);
    await lock.release();
    expect(await readFile(join(dir, 'lock', '7'), 'utf8')).toBe(before);
  });
});

describe('the directory', () => {
  test('that holds something else is refused and left as it is', async () => {
    await mkdir(dir);
    await writeFile(join(dir, 'thesis.odt'), '');
    const error = await refusal(acquireDataLock(dir));
    expect(error.code).toBe('E_DATA_INVALID');
    expect(error.message).toContain('thesis.odt');
    expect(await readdir(dir)).toEqual(['thesis.odt']);
  });

  test.each([
    { why: 'a configuration was put there first', name: 'watchfloor.yml' },
    { why: 'it is the top of a file system', name: 'lost+found' },
  ])('may hold what does not make it foreign: $why', async ({ name }) => {
    await mkdir(dir);
    await writeFile(join(dir, name), '');
    const lock = await acquireDataLock(dir);
    expect(await checkDataFormat(dir, '0.1.0')).toEqual({ format: 1, createdBy: '0.1.0' });
    await lock.release();
  });

  test('that is a file is refused in plain words', async () => {
    await writeFile(dir, '');
    const error = await refusal(acquireDataLock(dir));
    expect([error.code, error.message]).toEqual(['E_DATA_INVALID', expect.stringContaining('is a file')]);
  });

  test.skipIf(process.getuid?.() === 0)(
    'that this user may not write is refused in plain words',
    async () => {
      await mkdir(dir);
      await chmod(dir, 0o500);
      expect((await refusal(acquireDataLock(dir))).message).toContain('may not write');
    },
  );

  test('keeps the version that made it', async () => {
    await mkdir(dir);
    await checkDataFormat(dir, '0.1.0');
    expect(await checkDataFormat(dir, '0.2.0')).toEqual({ format: 1, createdBy: '0.1.0' });
  });

  test.each([
    {
      why: 'a newer program wrote it',
      text: '{"format":2,"createdBy":"9.0.0"}',
      code: 'E_DATA_NEWER',
      says: '9.0.0',
    },
    { why: 'its format is damaged', text: '{"format":', code: 'E_DATA_INVALID', says: 'damaged' },
    { why: 'its format says nothing', text: '{}', code: 'E_DATA_INVALID', says: 'damaged' },
  ])('is refused when $why', async ({ text, code, says }) => {
    await mkdir(dir);
    await writeFile(join(dir, 'format.json'), text);
    const error = await refusal(checkDataFormat(dir, '0.1.0'));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(says)]);
  });

  test('on a disk with too little space is refused with both numbers', async () => {
    const free = await assertDiskSpace(scratch, 1);
    const error = await refusal(assertDiskSpace(scratch, free * 2));
    expect(error.code).toBe('E_DISK_FULL');
    expect(error.message).toMatch(/Only [\d,]+ MiB are free .* at least [\d,]+ MiB/);
  });
});
