/** Files of events by name, folder or pattern: `logs/**\/*.ndjson.gz`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../base/errors.ts';

const known = /\.(?:ndjson|jsonl|json|log|txt)(?:\.gz)?$/i;
const wildcard = /[*?[{]/;

/**
 * Each once, in the order given; those of a folder or a pattern in the order of their names. Links are not
 * followed. `-` is standard input. Throws AppError E_NOT_FOUND for what names no file.
 */
export async function eventFiles(
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const files = pattern === '-' ? ['-'] : await filesOf(pattern, signal);
    if (files.length === 0) {
      throw new AppError('E_NOT_FOUND', `${pattern}: no file of events there`, { pattern });
    }
    for (const file of files) found.add(file);
  }
  return [...found];
}

async function filesOf(pattern: string, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const info = await stat(pattern).catch((thrown: unknown) => {
    // What is wrong with a file that is there is told when it is read.
    if (thrown instanceof Error) return null;
    throw thrown;
  });
  if (info?.isFile() === true) return [pattern];
  if (info?.isDirectory() === true) return walk(pattern, (path) => known.test(path), signal);
  if (info !== null) return [pattern];
  const at = pattern.search(wildcard);
  if (at === -1)
    throw new AppError('E_NOT_FOUND', `${pattern} can not be read: there is no such file`, { pattern });
  const root = pattern.slice(0, pattern.lastIndexOf('/', at) + 1);
  const wanted = globTest(pattern);
  return walk(
    root === '' ? '.' : root,
    (path) => wanted.test(path.startsWith('./') ? path.slice(2) : path),
    signal,
  );
}

async function walk(
  folder: string,
  wanted: (path: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  signal?.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
    throw new AppError('E_NOT_FOUND', `${folder} can not be read`, { folder }, thrown);
  });
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '.' ? entry.name : join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await walk(path, wanted, signal)));
    else if (entry.isFile() && wanted(path)) found.push(path);
  }
  return found;
}

/** `**` goes over folders, `*` and `?` do not; `{a,b}` and `[abc]` as in a shell. */
function globTest(pattern: string): RegExp {
  let depth = 0;
  const source = join(pattern).replace(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|[{},]|[\\^$.+()|]/g, (part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.startsWith('[')) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    if (part === '{') {
      depth += 1;
      return '(?:';
    }
    if (part === '}' && depth > 0) {
      depth -= 1;
      return ')';
    }
    if (part === ',') return depth > 0 ? '|' : ',';
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
