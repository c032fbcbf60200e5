/** What a command was asked to read: files, folders, patterns, standard input, and the members of zip and tar archives. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { looksGzip } from '../../pipeline/decompress.ts';
import { filesMatching, filesUnder, isPattern } from './files.ts';
import type { Input, Listing, Missing } from './input.ts';
import { isTar, tarMembers } from './tar.ts';
import { zipMembers } from './zip.ts';

/**
 * In the order of the arguments, inside of a folder or a zip archive by name, of a tar archive in its own order: the
 * same every time. They are to be opened in this order, one after the other.
 */
export async function inputsOf(
  args: readonly string[],
  listing: Listing = {},
): Promise<readonly (Input | Missing)[]> {
  const inputs: (Input | Missing)[] = [];
  for (const arg of args) {
    if (arg === '-') inputs.push(standardInput());
    else inputs.push(...(await inputsOfPath(arg, listing)));
  }
  return inputs;
}

/** Bytes to be read; null when one input does not say how long it is. */
export function totalSize(inputs: readonly (Input | Missing)[]): number | null {
  let total = 0;
  for (const input of inputs) {
    if ('error' in input) continue;
    if (input.size === null) return null;
    total += input.size;
  }
  return total;
}

async function inputsOfPath(path: string, listing: Listing): Promise<readonly (Input | Missing)[]> {
  try {
    const facts = await stat(path).catch((thrown: unknown) => {
      if (isAbsent(thrown) && isPattern(path)) return null;
      throw thrown;
    });
    const found =
      facts === null ? await filesMatching(path) : facts.isDirectory() ? await filesUnder(path) : [path];
    if (found.length === 0)
      throw new AppError('E_BAD_REQUEST', facts === null ? 'no file matches' : 'no file is in it');
    const inputs: (Input | Missing)[] = [];
    for (const file of found) inputs.push(...(await inputsOfFile(file, listing)));
    return inputs;
  } catch (error) {
    return [{ label: path, error }];
  }
}

async function inputsOfFile(path: string, listing: Listing): Promise<readonly (Input | Missing)[]> {
  try {
    const facts = await stat(path);
    // A pipe or a device gives its bytes once: it is not looked into.
    if (facts.isFile()) {
      const head = await headOf(path);
      if (looksZip(head)) return await zipMembers(path);
      if (isTar(head)) return await tarMembers(path, looksGzip(head) ? 'gzip' : 'identity', listing);
    }
    return [
      {
        label: path,
        name: basename(path),
        size: facts.isFile() ? facts.size : null,
        modifiedAt: facts.mtime,
        open: async () => createReadStream(path, { highWaterMark: 1 << 20 }),
      },
    ];
  } catch (error) {
    return [{ label: path, error }];
  }
}

/** Enough for the header of a tar archive, compressed or not. */
const headBytes = 4_096;

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function looksZip(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32BE() === 0x504b0304;
}

function standardInput(): Input {
  return { label: '-', name: 'stdin', size: null, modifiedAt: null, open: async () => process.stdin };
}

function isAbsent(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
