/** Rule packs: the YAML files of a file, a folder or an archive, read within limits and without unpacking anything. */
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { AppError, messageOf } from '../../base/errors.ts';
import { readTar, readZip } from './pack-archive.ts';
import {
  defaultPackLimits,
  isYaml,
  type Pack,
  PackBudget,
  type PackFile,
  type PackLimits,
} from './pack-limits.ts';

export type { Pack, PackFile };

/**
 * Reads `path`: a YAML file, a folder (with its subfolders; links are not followed), `.tar`,
 * `.tar.gz`, `.tgz` or `.zip`. A YAML file that is too large or not UTF-8 is refused by itself.
 * Throws AppError that names the place: E_NOT_FOUND, E_TOO_LARGE for a limit of the whole,
 * E_BAD_REQUEST for anything else unreadable; the signal's reason when it is aborted.
 */
export async function readRuleFiles(
  path: string,
  signal?: AbortSignal,
  limits: Partial<PackLimits> = {},
): Promise<Pack> {
  const budget = new PackBudget({ ...defaultPackLimits, ...limits }, signal);
  budget.checkAbort();
  const info = await statOf(path);
  if (info.isDirectory()) await readFolder(path, path, budget);
  else if (!info.isFile()) throw new AppError('E_BAD_REQUEST', `${path} is neither a file nor a folder`);
  else if (/\.zip$/i.test(path)) await readZip(path, budget);
  else if (/\.(?:tar|tgz|tar\.gz)$/i.test(path)) await readTar(path, budget);
  else if (isYaml(path)) await readOne(path, path, budget);
  else
    throw new AppError(
      'E_BAD_REQUEST',
      `${path} is not a rule file (.yml, .yaml), a folder or an archive (.tar.gz, .tgz, .tar, .zip)`,
    );
  return budget.pack();
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (thrown) {
    throw new AppError('E_NOT_FOUND', `${path} can not be read: ${messageOf(thrown)}`, { path }, thrown);
  }
}

async function readFolder(root: string, folder: string, budget: PackBudget): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    budget.checkAbort();
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await readFolder(root, path, budget);
    else if (entry.isFile() && isYaml(entry.name))
      await readOne(path, relative(root, path).split(sep).join('/'), budget);
    else budget.ignore();
  }
}

async function readOne(path: string, label: string, budget: PackBudget): Promise<void> {
  const file = await open(path, 'r');
  try {
    const chunks = budget.startFile(label);
    for await (const chunk of file.createReadStream({ autoClose: false })) chunks.add(chunk as Uint8Array);
    chunks.end();
  } finally {
    await file.close();
  }
}
