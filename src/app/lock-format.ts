/** What makes a directory a data directory: format.json, which says by which layout it is written. */
import { open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../base/errors.ts';
import { explainDisk } from './lock-disk.ts';

/** The layout that this program writes. It goes up only when an older program must not touch the directory. */
const currentFormat = 1;
const formatFile = 'format.json';

/** What may stand in a directory that is not a data directory yet. */
const beforehand: readonly string[] = ['lock', 'watchfloor.yml', 'lost+found', `${formatFile}.new`];

const DataFormat = z.object({ format: z.int().positive(), createdBy: z.string() });
export type DataFormat = z.infer<typeof DataFormat>;

async function entries(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
}

/** Throws AppError E_DATA_INVALID when the directory holds something and is not ours. Writes nothing. */
export async function refuseForeignDirectory(dir: string): Promise<void> {
  const names = await entries(dir);
  if (names.includes(formatFile)) return;
  const foreign = names.filter((name) => !beforehand.includes(name));
  if (foreign.length === 0) return;
  throw new AppError(
    'E_DATA_INVALID',
    `${dir} is not empty and not a data directory of Watchfloor (it holds ${foreign.slice(0, 3).join(', ')}${foreign.length > 3 ? ', …' : ''}). Choose an empty or a new directory with --data DIR.`,
    { dir },
  );
}

function parseFormat(dir: string, source: string): DataFormat {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    value = undefined;
  }
  const parsed = DataFormat.safeParse(value);
  if (parsed.success) return parsed.data;
  const file = join(dir, formatFile);
  throw new AppError('E_DATA_INVALID', `${file} is damaged. Restore it from a backup of this directory.`, {
    file,
  });
}

/** On disk when this returns: what comes after relies on it. */
async function writeFormat(dir: string, format: DataFormat): Promise<void> {
  const fresh = join(dir, `${formatFile}.new`);
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(format)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, join(dir, formatFile));
  const directory = await open(dir, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/**
 * Under the lock: reads the format of the directory, or makes an empty one ours. `createdBy` is this
 * program's version. Throws AppError E_DATA_NEWER, E_DATA_INVALID or E_DISK_FULL.
 */
export async function checkDataFormat(dir: string, createdBy: string): Promise<DataFormat> {
  return explainDisk(dir, async () => {
    await refuseForeignDirectory(dir);
    if (!(await entries(dir)).includes(formatFile)) {
      const made = { format: currentFormat, createdBy };
      await writeFormat(dir, made);
      return made;
    }
    const found = parseFormat(dir, await readFile(join(dir, formatFile), 'utf8'));
    if (found.format <= currentFormat) return found;
    throw new AppError(
      'E_DATA_NEWER',
      `The data directory ${dir} has format ${found.format}, made by Watchfloor ${found.createdBy}; this is Watchfloor ${createdBy}, which knows format ${currentFormat}. Start a newer version, or restore a backup of the older format.`,
      { dir, format: found.format, known: currentFormat },
    );
  });
}
