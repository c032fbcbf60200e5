/** Where rules that were read once are kept, and for which code. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { RuleCacheOptions } from '../pipeline/rule-cache.ts';

/** Put in by the build: a hash of the code that reads and compiles rules. */
declare const BUILT_ENGINE_VERSION: string | undefined;

/** What can be read, a regular expression for one, is also up to Node. */
const version =
  typeof BUILT_ENGINE_VERSION === 'undefined' ? null : `${BUILT_ENGINE_VERSION} ${process.version}`;

/**
 * `place` is a directory for caches of this program. Nothing is kept by a program that runs from source: its code
 * changes without a build, and rules that other code has read must never be used.
 */
export function ruleCacheIn(place: string): { readonly cache?: RuleCacheOptions } {
  return version === null ? {} : { cache: { directory: join(place, 'rules'), version } };
}

/** The user's own directory (XDG Base Directory Specification 0.8: a relative `XDG_CACHE_HOME` does not count). */
export function userCacheDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const given = env['XDG_CACHE_HOME'] ?? '';
  return join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'watchfloor');
}
