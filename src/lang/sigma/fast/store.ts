/** Programs that are kept: what was built once is not built again. */
import { sha256Hex } from '../../../base/ids.ts';
import type { Placeholders } from '../expand.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { buildProgram, type ProgramRule } from './build.ts';
import { getOrAdd } from './get-or-add.ts';
import { type ProgramData, packProgram, unpackProgram } from './program-data.ts';

/**
 * Bytes by key, for one version of this code, of Node and of the machine's byte order: none of these is in the
 * key. What is got has to be exactly what was put; it may be gone at any time.
 */
export interface ProgramStore {
  get(key: string): Uint8Array | null;
  /** `bytes` stay in use: they are not to be changed, and may be written at leisure. */
  put(key: string, bytes: Uint8Array): void;
}

export function programDataOf(
  rules: readonly ProgramRule[],
  placeholders: Placeholders,
  store?: ProgramStore,
): ProgramData {
  if (store === undefined) return buildProgram(rules, placeholders);
  const key = keyOf(rules, placeholders);
  const kept = store.get(key);
  if (kept !== null) return unpackProgram(kept);
  const bytes = packProgram(buildProgram(rules, placeholders));
  store.put(key, bytes);
  // Out of the bytes that wait to be written: what it was built of can go.
  return unpackProgram(bytes);
}

/** Everything that a program is made of: what its rules detect, in their order, the names of fields, the placeholders. */
function keyOf(rules: readonly ProgramRule[], placeholders: Placeholders): string {
  const names = new Map<string, number>();
  const members = rules.map(({ rule, aliases }) => {
    const written = JSON.stringify(Object.entries(aliases));
    return [fingerprintOf(rule), getOrAdd(names, written, () => names.size)];
  });
  return sha256Hex(JSON.stringify([placeholders, [...names.keys()], members]));
}
