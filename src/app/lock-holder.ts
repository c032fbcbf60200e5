/** Who holds a lock, and whether that process is still there. */
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { z } from 'zod';

/**
 * Where a pid means something: on one boot of one machine, in one pid namespace. Containers share
 * the machine's boot id, so that alone does not tell them apart.
 */
const Place = z.object({ hostname: z.string(), bootId: z.string(), pidNamespace: z.string() });

/** Text of a lock file. */
export const Holder = z.object({
  pid: z.int().positive(),
  /** Tells this process from a later one with the same pid; '' where the system does not say. */
  processStart: z.string(),
  place: Place,
  /** ISO-8601. */
  since: z.string(),
});
export type Holder = z.infer<typeof Holder>;

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ESRCH');
}

/** Value of `read`, or '' where this system has no such file. */
async function orEmpty(read: Promise<string>): Promise<string> {
  try {
    return (await read).trim();
  } catch (thrown) {
    if (isMissing(thrown)) return '';
    throw thrown;
  }
}

async function herePlace(): Promise<Holder['place']> {
  return {
    hostname: hostname(),
    bootId: await orEmpty(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: await orEmpty(readlink('/proc/self/ns/pid')),
  };
}

/** Does the pid answer at all? The last resort: it can't tell a process from a later one with its pid. */
function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !isMissing(thrown);
  }
}

/**
 * When the process started, in the system's own words: clock ticks since boot (field 22 of
 * /proc/PID/stat, proc(5)), else what ps says. Null when there is no such process; a zombie counts
 * as none, because it has let go of everything.
 */
export async function processStart(pid: number): Promise<string | null> {
  const stat = await orEmpty(readFile(`/proc/${pid}/stat`, 'latin1'));
  if (stat !== '') {
    // The name in parentheses may itself hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = ''] = fields;
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? '');
  }
  if (process.platform === 'linux' || !answers(pid)) return null;
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim();
  } catch {
    // No ps here, or the process ended meanwhile: the pid alone decides.
    return answers(pid) ? '' : null;
  }
}

export async function thisHolder(nowIso: string): Promise<Holder> {
  return {
    pid: process.pid,
    processStart: (await processStart(process.pid)) ?? '',
    place: await herePlace(),
    since: nowIso,
  };
}

/** Is the holder's pid one that this process can look up? */
export function isSamePlace(a: Holder, b: Holder): boolean {
  return (
    a.place.hostname === b.place.hostname &&
    a.place.bootId === b.place.bootId &&
    a.place.pidNamespace === b.place.pidNamespace
  );
}

/** Is the process that took the lock, and not a later one with its pid, still running here? */
export async function isRunning(holder: Holder): Promise<boolean> {
  const start = await processStart(holder.pid);
  return start !== null && (start === '' || holder.processStart === '' || start === holder.processStart);
}
