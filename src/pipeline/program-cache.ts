/** Programs that the engine has built, each in a file of its own: threads and processes share what each of them has made. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { ProgramStore } from '../lang/sigma/index.ts';
import type { RuleCacheOptions } from './rule-cache.ts';
import { filesByAge, removeAbandoned, replaceFile, seal, unseal } from './sealed-file.ts';

export interface ProgramCache extends ProgramStore {
  /** Writes what was put since the last time. Returns why that can not be, else null: then it is built again next time. */
  keep(): string | null;
}

/** With the hashes after it, its length is a multiple of 8: a program's tables are read where they lie. */
const magic = Buffer.from('watchfloor program 0001\n');
const hashBytes = 32;
const namePattern = /^[0-9a-f]{64}\.program$/;
const partPattern = /^[0-9a-f]{64}\.program\.[0-9a-f]{16}\.part$/;
/** Of a directory. All public rules make 34 programs, 5 MiB, of the recorded Windows events. */
const defaultMaxBytes = 64 * 1_048_576;
const maxFiles = 2_000;

/** `cache`: the place of the rules. Programs are in a directory in it, those of all versions together. */
export function programCache(cache: RuleCacheOptions): ProgramCache {
  const directory = join(cache.directory, 'programs');
  const maxBytes = cache.maxBytes ?? defaultMaxBytes;
  const waiting = new Map<string, Uint8Array>();

  const identityOf = (key: string): Buffer =>
    createHash('sha256').update(`${cache.version} ${endianness()}\n${key}`).digest();
  const pathOf = (identity: Buffer): string => join(directory, `${identity.toString('hex')}.program`);

  function get(key: string): Uint8Array | null {
    const identity = identityOf(key);
    const path = pathOf(identity);
    try {
      const kept = unseal(magic, readFileSync(path));
      if (!kept.subarray(0, hashBytes).equals(identity)) return null;
      touch(path);
      return kept.subarray(hashBytes);
    } catch (thrown) {
      // Not there, not readable or not whole: it is built, and written anew.
      if (thrown instanceof Error) return null;
      throw thrown;
    }
  }

  function keep(): string | null {
    if (waiting.size === 0) return null;
    const programs = [...waiting];
    waiting.clear();
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      for (const [key, bytes] of programs) {
        const identity = identityOf(key);
        replaceFile(pathOf(identity), seal(magic, [identity, bytes]), { durable: false });
      }
      removeOld(directory, maxBytes);
      return null;
    } catch (thrown) {
      return messageOf(thrown);
    }
  }

  return { get, put: (key, bytes) => void waiting.set(key, bytes), keep };
}

/** What is used stays longest. Where files can not be changed, none is removed either. */
function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
  }
}

function removeOld(directory: string, maxBytes: number): void {
  let bytes = 0;
  for (const [at, file] of filesByAge(directory, namePattern).entries()) {
    bytes += file.bytes;
    if (bytes > maxBytes || at >= maxFiles) rmSync(file.path, { force: true });
  }
  removeAbandoned(directory, partPattern);
}
