/** Files of a folder, and files that a pattern names, in stable order. */
import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

const special = /[*?[\]{}]/;

export function isPattern(path: string): boolean {
  return special.test(path);
}

/** All files below, by name; hidden ones and links to folders are left out. */
export async function filesUnder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await filesUnder(path)));
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(path)))) found.push(path);
  }
  return found;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (thrown) {
    // A link to nothing.
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return false;
    throw thrown;
  }
}

/** `*` and `?` inside of a name, `**` over folders, `[a-z]`, `{a,b}`. */
export async function filesMatching(pattern: string): Promise<readonly string[]> {
  const parts = pattern.split(/[/\\]/);
  const fixed = parts.slice(0, parts.findIndex(isPattern));
  const base = fixed.length === 0 ? '.' : fixed.join(sep) || sep;
  const wanted = new RegExp(`^${patternSource(parts.slice(fixed.length).join('/'))}$`);
  const found = await filesUnder(base);
  return found.filter((path) => wanted.test(relativeTo(base, path)));
}

function relativeTo(base: string, path: string): string {
  const cut = base === '.' ? 0 : base.endsWith(sep) ? base.length : base.length + 1;
  return path.slice(cut).split(sep).join('/');
}

/** The regular expression of a pattern whose parts are joined with `/`. */
export function patternSource(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|\{[^{}]*\}|[.+^$()|\\{}[\]]/g, (token) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.startsWith('[') && token.length > 1) return token.replace('[!', '[^').replaceAll('\\', '\\\\');
    if (token.startsWith('{') && token.length > 1)
      return `(?:${token.slice(1, -1).split(',').map(patternSource).join('|')})`;
    return `\\${token}`;
  });
}
