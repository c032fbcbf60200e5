/**
 * One process per data directory: two on one directory can destroy it, so this comes before anything
 * in it is touched.
 *
 * DATA/lock/ holds numbered files; the highest number is the lock. A lock is taken by linking the
 * next number into place, which can succeed for one process only, and only when the highest one is
 * released or its holder is gone. The highest file is never deleted (a release empties it), so the
 * number never goes down, and two processes that saw the same dead holder can't both take its place:
 * one gets the next number, the other finds it taken. Who finds a higher number after its link, because
 * it looked at an old state for very long, steps back.
 */
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, systemClock, toIso } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import { explainDisk } from './lock-disk.ts';
import { refuseForeignDirectory } from './lock-format.ts';
import { Holder, isRunning, isSamePlace, thisHolder } from './lock-holder.ts';

export { assertDiskSpace } from './lock-disk.ts';
export { checkDataFormat, type DataFormat } from './lock-format.ts';

export interface DataLock {
  /** Absolute path of the data directory. */
  readonly dir: string;
  /** Aborted when another process has taken the directory after this one did not show life for 30 s. Stop at once, write nothing. */
  readonly lost: AbortSignal;
  /** Gives the directory back. Safe to call twice. */
  release(): Promise<void>;
}

export interface DataLockOptions {
  readonly clock?: Clock;
  /** How often the holder shows that it lives. Matters only to processes elsewhere that share the directory. */
  readonly heartbeatMs?: number;
}

/** A holder elsewhere whose file was not touched for this long is taken for dead. */
const staleAfterMs = 30_000;
const defaultHeartbeatMs = 5_000;
const released = 'released\n';

function errorCode(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}

async function numbers(lockDir: string): Promise<number[]> {
  const names = await readdir(lockDir);
  return names.flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : [])).sort((a, b) => a - b);
}

/** Milliseconds since the file was touched, by the file system's own clock: the other machine's may differ from ours. */
async function idleMs(file: string, reference: string): Promise<number> {
  const [theirs, ours] = await Promise.all([stat(file), stat(reference)]);
  return ours.mtimeMs - theirs.mtimeMs;
}

interface Verdict {
  readonly held: boolean;
  readonly holder: Holder | null;
}

/** Is the lock file at its place really held? `mine` is a file of ours that was just written. */
async function judge(file: string, mine: string, self: Holder): Promise<Verdict> {
  const source = await readFile(file, 'utf8');
  const fresh = (await idleMs(file, mine)) < staleAfterMs;
  if (source.startsWith(released)) return { held: false, holder: null };
  const parsed = Holder.safeParse(parseJson(source));
  // Half-written: on file systems without links the text follows the creation.
  if (!parsed.success) return { held: fresh, holder: null };
  const holder = parsed.data;
  return { held: isSamePlace(holder, self) ? await isRunning(holder) : fresh, holder };
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function lockedError(dir: string, holder: Holder | null, self: Holder): AppError {
  if (holder === null)
    return new AppError(
      'E_DATA_LOCKED',
      `The data directory ${dir} is being taken by another process right now. Try again.`,
      { dir },
    );
  const here = isSamePlace(holder, self);
  const where = here ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.place.hostname}`;
  const fix = here
    ? `Stop it (kill ${holder.pid}) or start this one with another --data DIR.`
    : `Stop it there, or start this one with another --data DIR. If that machine is gone, try again in ${staleAfterMs / 1000} s.`;
  return new AppError(
    'E_DATA_LOCKED',
    `The data directory ${dir} is in use by ${where} since ${holder.since}. ${fix}`,
    {
      dir,
      pid: holder.pid,
      hostname: holder.place.hostname,
      since: holder.since,
    },
  );
}

/** Puts the text at `file`, whole or not at all; false when there is one already. */
async function place(mine: string, file: string, text: string): Promise<boolean> {
  try {
    await link(mine, file);
    return true;
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false;
    // Some file systems (exFAT, some shares) have no links; there a reader may see the file before its text.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(String(errorCode(thrown))))
      throw thrown;
  }
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false;
    throw thrown;
  }
}

/** One try: the number taken, or null when others moved meanwhile and it must look again. */
async function tryTake(dir: string, lockDir: string, self: Holder): Promise<number | null> {
  const mine = join(lockDir, `.${self.pid}-${process.hrtime.bigint()}`);
  const text = JSON.stringify(self);
  await writeFile(mine, text, { flag: 'wx', mode: 0o600 });
  try {
    const top = (await numbers(lockDir)).at(-1) ?? 0;
    if (top > 0) {
      const verdict = await judge(join(lockDir, String(top)), mine, self);
      if (verdict.held) throw lockedError(dir, verdict.holder, self);
    }
    const file = join(lockDir, String(top + 1));
    if (!(await place(mine, file, text))) return null;
    const all = await numbers(lockDir);
    const won = all.at(-1) === top + 1;
    const obsolete = won ? all.filter((n) => n <= top) : [top + 1];
    for (const n of obsolete) await rm(join(lockDir, String(n)), { force: true });
    return won ? top + 1 : null;
  } catch (thrown) {
    // The highest file vanished while it was read: a higher one took over.
    if (errorCode(thrown) === 'ENOENT') return null;
    throw thrown;
  } finally {
    await rm(mine, { force: true });
  }
}

/**
 * Takes the data directory for this process, creating it (0700) when it is missing. Throws AppError
 * E_DATA_LOCKED at once when a living process has it, E_DATA_INVALID when it is not one of ours.
 */
export async function acquireDataLock(path: string, options: DataLockOptions = {}): Promise<DataLock> {
  const dir = resolve(path);
  const lockDir = join(dir, 'lock');
  const self = await thisHolder(toIso((options.clock ?? systemClock).now()));
  const taken = await explainDisk(dir, async () => {
    await refuseForeignDirectory(dir);
    await mkdir(lockDir, { recursive: true, mode: 0o700 });
    let number: number | null = null;
    while (number === null) number = await tryTake(dir, lockDir, self);
    await sweep(lockDir, join(lockDir, String(number)));
    return number;
  });
  return hold(dir, lockDir, taken, options.heartbeatMs ?? defaultHeartbeatMs);
}

/** Removes what processes left that were killed while they tried; a try takes milliseconds. */
async function sweep(lockDir: string, mine: string): Promise<void> {
  for (const name of await readdir(lockDir)) {
    const file = join(lockDir, name);
    try {
      if (name.startsWith('.') && (await idleMs(file, mine)) > staleAfterMs) await rm(file, { force: true });
    } catch (thrown) {
      if (errorCode(thrown) !== 'ENOENT') throw thrown;
    }
  }
}

/** Failed heartbeats in a row after which others may soon take this process for dead: four are less than the 30 s. */
const mostFailures = 4;

/** Shows life until it is released, and notices when it was taken for dead. */
function hold(dir: string, lockDir: string, taken: number, heartbeatMs: number): DataLock {
  const file = join(lockDir, String(taken));
  const lost = new AbortController();
  let failures = 0;
  const lose = (reason: unknown): void => {
    clearInterval(timer);
    lost.abort(reason);
  };
  const beat = async (): Promise<void> => {
    try {
      const top = (await numbers(lockDir)).at(-1) ?? 0;
      if (top !== taken) {
        lose(new AppError('E_DATA_LOCKED', `Another process has taken the data directory ${dir}.`, { dir }));
        return;
      }
      // A write and not utimes: so the time is the file system's, whatever this machine's clock says.
      await writeFile(file, '{', { flag: 'r+' });
      failures = 0;
    } catch (thrown) {
      failures += 1;
      if (failures >= mostFailures) lose(thrown);
    }
  };
  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beat();
  }, heartbeatMs);
  timer.unref();
  const release = async (): Promise<void> => {
    clearInterval(timer);
    await beating;
    // Over the old text without cutting it: a reader must never see an empty file, which means "being written".
    if (!lost.signal.aborted) await writeFile(file, released, { flag: 'r+' });
  };
  let releasing: Promise<void> | null = null;
  return { dir, lost: lost.signal, release: () => (releasing ??= release()) };
}
