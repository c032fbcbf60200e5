/** Says what is wrong with a configuration: the place, the key, what it wants, and what may have been meant. */
import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import type { ConfigKey } from './config-keys.ts';

/** `; did you mean "…"?` when something known is near enough to be a slip. */
export function nearestTo(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const best = closest(name, known);
  const near = distance(name, best) <= Math.max(2, Math.floor(name.length / 3));
  return near ? `; did you mean "${best}"?` : '';
}

/** Names that may stand beside `name`: keys and sections under the same prefix. */
function siblings(prefix: string, keys: readonly ConfigKey[]): string[] {
  const under = keys.map(({ path }) => path).filter((path) => prefix === '' || path.startsWith(`${prefix}.`));
  const cut = prefix === '' ? 0 : prefix.length + 1;
  return [...new Set(under.map((path) => `${path.slice(0, cut)}${path.slice(cut).split('.')[0]}`))];
}

/** The whole path where the name stands elsewhere, else the nearest beside it. */
function meant(path: string, keys: readonly ConfigKey[]): string {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const elsewhere = keys.find((key) => key.path === name || key.path.endsWith(`.${name}`));
  if (elsewhere !== undefined) return `; did you mean "${elsewhere.path}"?`;
  return nearestTo(path, siblings(path.slice(0, -name.length - 1), keys));
}

/** The place of a path, or of the nearest section around it. */
function placeOf(path: string, places: ReadonlyMap<string, string>): string {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const place = places.get(at);
    if (place !== undefined) return `${place}: `;
  }
  return '';
}

export function issueProblems(
  issues: readonly z.core.$ZodIssue[],
  places: ReadonlyMap<string, string>,
  keys: readonly ConfigKey[],
): string[] {
  return issues.flatMap((issue) => {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((name) => {
        const full = path === '' ? name : `${path}.${name}`;
        return `${placeOf(full, places)}unknown key "${full}"${meant(full, keys)}`;
      });
    }
    const section = issue.code === 'invalid_type' && issue.expected === 'object';
    return [
      `${placeOf(path, places)}${path} ${section ? 'must be a section with keys of its own' : issue.message}`,
    ];
  });
}
