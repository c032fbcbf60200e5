/** Reading foreign objects: own properties only, a wrong type is the same as nothing. */
import type { JsonRecord } from '../../../model/record.ts';

export function isObject(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of names, each an own property; undefined where the path ends. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (!isObject(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  return here;
}

/** A text that is not empty; a number as its digits. */
export function text(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** An integer, also from its decimal digits. */
export function int(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  const read = typeof found === 'string' && /^-?\d{1,15}$/.test(found) ? Number(found) : found;
  return typeof read === 'number' && Number.isSafeInteger(read) ? read : undefined;
}

export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts of a list; a single text is a list of one. */
export function texts(value: unknown, ...path: readonly string[]): readonly string[] {
  const found = at(value, ...path);
  if (typeof found === 'string') return found === '' ? [] : [found];
  return Array.isArray(found)
    ? found.filter((one): one is string => typeof one === 'string' && one !== '')
    : [];
}

/** The object without what is undefined; undefined when nothing is left. */
export function known<T extends object>(value: T): T | undefined {
  return Object.values(value).some((one) => one !== undefined) ? value : undefined;
}

/** The object without what is undefined, to be merged into native fields: there a name that is there counts. */
export function defined(value: JsonRecord): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

/** The table's entry for a foreign name: own entries only, so that `constructor` is none. */
export function lookup<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
