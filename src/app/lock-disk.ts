/** Says in plain words what the disk refuses, and refuses to start on a full one. */
import { statfs } from 'node:fs/promises';
import { AppError, messageOf } from '../base/errors.ts';

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20).toLocaleString('en')} MiB`;
}

/** Throws AppError E_DISK_FULL when less than `minBytes` are free for this user where `dir` is. Returns the free bytes. */
export async function assertDiskSpace(dir: string, minBytes: number): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  if (free >= minBytes) return free;
  throw new AppError(
    'E_DISK_FULL',
    `Only ${mebibytes(free)} are free on the disk of ${dir}, and at least ${mebibytes(minBytes)} are needed. Free some space, or choose another disk with --data DIR.`,
    { dir, freeBytes: free, minBytes },
  );
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
};

/** Runs work in the data directory; what the system refuses becomes an AppError with a fix. */
export async function explainDisk<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof AppError || !(thrown instanceof Error) || !('code' in thrown)) throw thrown;
    const code = String(thrown.code);
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new AppError(
        'E_DISK_FULL',
        `The disk of ${dir} is full. Free some space, or choose another disk with --data DIR.`,
        { dir },
        thrown,
      );
    const reason = reasons[code];
    if (reason === undefined) throw thrown;
    throw new AppError(
      'E_DATA_INVALID',
      `The data directory ${dir} can't be used: ${reason} (${messageOf(thrown)}). Choose another with --data DIR.`,
      { dir },
      thrown,
    );
  }
}
