/** Rules that were read before, in a file: a start reads them again in a fraction of the time that their YAML takes. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { filesByAge, removeAbandoned, replaceFile, seal, unseal } from './sealed-file.ts';

export interface RuleCacheOptions {
  readonly directory: string;
  /** Changes with all that decides what is kept: the engine's code, and what the rules are read with. */
  readonly version: string;
  /** Of a file of rules (128 MiB when absent; all public ones take 7), and of all programs together (64 MiB). */
  readonly maxBytes?: number;
}

/** One text's rules, as `packFile` makes them. */
export interface KeptFile {
  readonly heads: Uint8Array;
  readonly detections: Uint8Array;
}

const magic = Buffer.from('watchfloor rules 1\n');
const lengthBytes = 4;
const namePattern = /^rules-[0-9a-f]{16}\.cache$/;
const partPattern = /^rules-[0-9a-f]{16}\.cache\.[0-9a-f]{16}\.part$/;
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
    replaceFile(target, encode(files, options), { durable: true });
    removeOld(options.directory, target);
    return null;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function removeOld(directory: string, current: string): void {
  const others = filesByAge(directory, namePattern).filter(({ path }) => path !== current);
  for (const { path } of others.slice(otherFiles)) rmSync(path, { force: true });
  removeAbandoned(directory, partPattern);
}

/** Length of the index, index, and the parts of each text one after the other; sealed. */
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
  return seal(magic, [length, index, ...parts]);
}

/** Throws an Error for bytes that are not such a file. */
function decode(bytes: Buffer, version: string): ReadonlyMap<string, KeptFile> {
  const rest = unseal(magic, bytes);
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
