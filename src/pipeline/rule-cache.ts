/** Rules that were read before, in a file: a start reads them again in a fraction of the time that their YAML takes. */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';

export interface RuleCacheOptions {
  readonly directory: string;
  /** Changes with all that decides what is kept: the engine's code, and what the rules are read with. */
  readonly version: string;
  /** Of one file; 128 MiB when absent. All public rules take 7. */
  readonly maxBytes?: number;
}

/** One text's rules, as `packFile` makes them. */
export interface KeptFile {
  readonly heads: Uint8Array;
  readonly detections: Uint8Array;
}

const magic = Buffer.from('watchfloor rules 1\n');
const digestBytes = 32;
const lengthBytes = 4;
const namePattern = /^rules-[0-9a-f]{16}\.cache$/;
const temporaryPattern = /^rules-[0-9a-f]{16}\.[0-9a-f]{16}\.part$/;
/** A part that old was left by a process that died. */
const abandonedMs = 3_600_000;
/** Files of other versions that stay, for who runs two of them in turns. */
const otherFiles = 3;
const maxTexts = 50_000;
const defaultMaxBytes = 128 * 1_048_576;

function fileOf({ directory, version }: RuleCacheOptions): string {
  return join(directory, `rules-${createHash('sha256').update(version).digest('hex').slice(0, 16)}.cache`);
}

/** By hash of the text. Empty when there is no file, or one that is not whole: then it is as if nothing was kept. */
export function readRuleCache(options: RuleCacheOptions): ReadonlyMap<string, KeptFile> {
  try {
    return decode(readFileSync(fileOf(options)), options.version);
  } catch (thrown) {
    // Not there, not readable, or of lengths that do not add up. What it would say can all be made again.
    if (thrown instanceof Error) return new Map();
    throw thrown;
  }
}

/** The first of `files` are kept when there are too many. Returns why nothing was written; null when it was. */
export function writeRuleCache(
  options: RuleCacheOptions,
  files: ReadonlyMap<string, KeptFile>,
): string | null {
  const target = fileOf(options);
  try {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    replaceFile(target, encode(files, options));
    removeOld(options.directory, target);
    return null;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Whoever reads meanwhile sees the file of before or the new one. */
function replaceFile(target: string, bytes: Uint8Array): void {
  const temporary = target.replace(/\.cache$/, `.${randomBytes(8).toString('hex')}.part`);
  const file = openSync(temporary, 'wx', 0o600);
  try {
    try {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

function removeOld(directory: string, current: string): void {
  const found = readdirSync(directory).map((name) => ({ name, path: join(directory, name) }));
  const aged = (pattern: RegExp) =>
    found
      .filter(({ name, path }) => pattern.test(name) && path !== current)
      .flatMap(({ path }) => {
        const info = statSync(path, { throwIfNoEntry: false });
        return info === undefined ? [] : [{ path, age: Date.now() - info.mtimeMs }];
      });
  const others = aged(namePattern)
    .sort((a, b) => a.age - b.age)
    .slice(otherFiles);
  const abandoned = aged(temporaryPattern).filter(({ age }) => age > abandonedMs);
  for (const { path } of [...others, ...abandoned]) rmSync(path, { force: true });
}

/** Magic, SHA-256 of all that follows, length of the index, index, and the parts of each text one after the other. */
function encode(
  files: ReadonlyMap<string, KeptFile>,
  { version, maxBytes = defaultMaxBytes }: RuleCacheOptions,
): Uint8Array {
  const texts: (readonly [string, number, number])[] = [];
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const [hash, { heads, detections }] of files) {
    size += heads.byteLength + detections.byteLength;
    if (texts.length >= maxTexts || size > maxBytes) break;
    texts.push([hash, heads.byteLength, detections.byteLength]);
    parts.push(heads, detections);
  }
  const index = Buffer.from(JSON.stringify({ version, texts }));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(index.byteLength);
  const rest = Buffer.concat([length, index, ...parts]);
  return Buffer.concat([magic, createHash('sha256').update(rest).digest(), rest]);
}

/** Throws an Error for bytes that are not such a file. */
function decode(bytes: Buffer, version: string): ReadonlyMap<string, KeptFile> {
  const start = magic.byteLength + digestBytes;
  const rest = bytes.subarray(start);
  if (!bytes.subarray(0, magic.byteLength).equals(magic)) throw new Error('not a file of rules');
  const digest = createHash('sha256').update(rest).digest();
  if (!digest.equals(bytes.subarray(magic.byteLength, start))) throw new Error('the file is not whole');
  const indexEnd = lengthBytes + rest.readUInt32LE();
  const index = JSON.parse(rest.toString('utf8', lengthBytes, indexEnd)) as {
    readonly version: string;
    readonly texts: readonly (readonly [string, number, number])[];
  };
  if (index.version !== version) throw new Error('the file is of another version');
  const files = new Map<string, KeptFile>();
  let at = indexEnd;
  for (const [hash, heads, detections] of index.texts) {
    const middle = at + heads;
    files.set(hash, {
      heads: rest.subarray(at, middle),
      detections: rest.subarray(middle, middle + detections),
    });
    at = middle + detections;
  }
  return files;
}
