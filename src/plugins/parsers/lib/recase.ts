/** Records that a data lake has stored: the vendor's own field names again. */
import type { JsonRecord } from '../../../model/record.ts';

/** Lower case → the name as the vendor writes it. */
export function casing(...names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]));
}

/**
 * Athena, Glue and what is built on them lower the names of columns (`eventname`). The record with the names that
 * the vendor writes and rules read; the same object when there is nothing to do. A name that is there in its own
 * case already is left alone.
 */
export function recased(json: JsonRecord, names: ReadonlyMap<string, string>): JsonRecord {
  const entries = Object.entries(json);
  const isLowered = ([name]: [string, unknown]) => {
    const own = names.get(name);
    return own !== undefined && own !== name && !Object.hasOwn(json, own);
  };
  if (!entries.some(isLowered)) return json;
  return Object.fromEntries(
    entries.map((entry) => (isLowered(entry) ? [names.get(entry[0]) ?? entry[0], entry[1]] : entry)),
  );
}

/** Whether the record has the field under its own name or in lower case. */
export function has(json: JsonRecord, name: string): boolean {
  return Object.hasOwn(json, name) || Object.hasOwn(json, name.toLowerCase());
}
