/** Files that are whole or as good as not there: a hash stands before what they hold, and they come into being by rename. */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const digestBytes = 32;
/** A part that old was left by a process that died. */
const abandonedMs = 3_600_000;

/** `magic`, SHA-256 of all that follows, and what follows. */
export function seal(magic: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return Buffer.concat([magic, digest.digest(), ...parts]);
}

/** What was sealed. Throws an Error for bytes that are not such a file, or not the whole of it. */
export function unseal(magic: Uint8Array, bytes: Buffer): Buffer {
  const start = magic.byteLength + digestBytes;
  const rest = bytes.subarray(start);
  if (!bytes.subarray(0, magic.byteLength).equals(magic)) throw new Error('the file is of another kind');
  const digest = createHash('sha256').update(rest).digest();
  if (!digest.equals(bytes.subarray(magic.byteLength, start))) throw new Error('the file is not whole');
  return rest;
}

/**
 * Whoever reads meanwhile sees the file of before or the new one. Without `durable` a power loss may leave a file
 * that is not whole, which its seal tells.
 */
export function replaceFile(
  target: string,
  bytes: Uint8Array,
  { durable }: { readonly durable: boolean },
): void {
  const temporary = `${target}.${randomBytes(8).toString('hex')}.part`;
  const file = openSync(temporary, 'wx', 0o600);
  try {
    try {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

export interface AgedFile {
  readonly path: string;
  readonly bytes: number;
  readonly ageMs: number;
}

/** Those whose name fits, the youngest first. */
export function filesByAge(directory: string, pattern: RegExp): readonly AgedFile[] {
  const now = Date.now();
  return readdirSync(directory)
    .filter((name) => pattern.test(name))
    .flatMap((name) => {
      const path = join(directory, name);
      const info = statSync(path, { throwIfNoEntry: false });
      return info === undefined ? [] : [{ path, bytes: info.size, ageMs: now - info.mtimeMs }];
    })
    .sort((a, b) => a.ageMs - b.ageMs);
}

/** Parts of files that nobody writes any more; `pattern` is for the names of all parts. */
export function removeAbandoned(directory: string, pattern: RegExp): void {
  for (const { path, ageMs } of filesByAge(directory, pattern)) {
    if (ageMs > abandonedMs) rmSync(path, { force: true });
  }
}
