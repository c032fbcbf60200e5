/**
 * Configuration: defaults, then a YAML file, then WATCHFLOOR_* variables, then flags; the later one
 * wins. Everything that is wrong is told at once, each with its place.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, messageOf } from '../base/errors.ts';
import {
  type ConfigFlags,
  type Gathered,
  type GatherSources,
  gatherFile,
  gatherFlags,
  gatherVariables,
  isSection,
} from './config-gather.ts';
import { type ConfigKey, listConfigKeys } from './config-keys.ts';
import { issueProblems, nearestTo } from './config-problems.ts';
import { type Config, configSchema } from './config-schema.ts';
import type { SecretRef } from './config-values.ts';

export type { ConfigFlags } from './config-gather.ts';
export type { Config } from './config-schema.ts';
export { Secret } from './config-values.ts';

export interface ConfigSources {
  readonly flags: ConfigFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to, but for those in a file: these are relative to the file. */
  readonly cwd: string;
  /** Text of a file; null when there is none. Throws when it is there and can't be read. */
  readonly readFile?: (path: string) => string | null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    // A data directory that is a file has no configuration; what is wrong with it is told by the lock.
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    )
      return null;
    throw thrown;
  }
}

/** Variables that are neither a key's nor named by a secret's {env}. */
function unknownVariableProblems(
  unknown: readonly string[],
  usedBySecrets: ReadonlySet<string>,
  keys: readonly ConfigKey[],
): string[] {
  const known = keys.flatMap(({ variables }) => variables);
  return unknown
    .filter((name) => !usedBySecrets.has(name))
    .map((name) => {
      const bare = keys.find(({ kind, variables }) => kind === 'secret' && `${name}_ENV` === variables[0]);
      if (bare !== undefined)
        return `${name}: a secret is not given in the variable itself; name where it is in ${bare.variables.join(' or ')}`;
      return `${name}: unknown variable${nearestTo(name, known)}`;
    });
}

/** Fetches secrets, and remembers which variables hold one. */
function secretReader(sources: GatherSources, used: Set<string>) {
  return (ref: SecretRef) => {
    if ('env' in ref) {
      used.add(ref.env);
      const value = sources.env[ref.env];
      return value === undefined || value === ''
        ? { problem: `the variable ${ref.env} is not set` }
        : { value };
    }
    try {
      // Editors and `echo` end a file with a line break that is not part of the secret.
      const value = sources.readFile(ref.file)?.replace(/\r?\n$/, '');
      return value === undefined || value === '' ? { problem: `${ref.file} is missing or empty` } : { value };
    } catch (thrown) {
      return { problem: `${ref.file} can't be read: ${messageOf(thrown)}` };
    }
  };
}

/** What no single key can tell. */
function crossProblems(config: Config): string[] {
  const { events, records, intake } = config;
  const problems: string[] = [];
  if (events.store === 'clickhouse' && events.clickhouse.url === undefined)
    problems.push('events.clickhouse.url: is needed when events.store is clickhouse');
  if (records.store === 'postgres' && records.postgres.url === undefined)
    problems.push('records.postgres.url: is needed when records.store is postgres');
  if (intake.maxRecordBytes > intake.maxBodyBytes)
    problems.push('intake.maxRecordBytes: must not be more than intake.maxBodyBytes');
  if (intake.maxRecordBytes > intake.batchBytes)
    problems.push('intake.maxRecordBytes: must not be more than intake.batchBytes');
  return problems;
}

function deepFreeze<T>(value: T): T {
  if (isSection(value)) for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

/**
 * Resolves the configuration. Throws AppError E_CONFIG with every problem, one a line in the message
 * and as `details.problems`.
 */
export function loadConfig(given: ConfigSources): Config {
  const sources = { readFile: readText, ...given };
  const keys = listConfigKeys();
  const into: Gathered = { tree: {}, places: new Map(), problems: [] };
  gatherFile(into, sources, keys);
  const unknown = gatherVariables(into, sources, keys);
  gatherFlags(into, sources.flags, keys);

  const usedBySecrets = new Set<string>();
  const parsed = configSchema(secretReader(sources, usedBySecrets)).safeParse(into.tree);
  if (!parsed.success) into.problems.push(...issueProblems(parsed.error.issues, into.places, keys));
  into.problems.push(...unknownVariableProblems(unknown, usedBySecrets, keys));
  if (parsed.success) into.problems.push(...crossProblems(parsed.data));
  if (!parsed.success || into.problems.length > 0) {
    const problems = into.problems;
    throw new AppError(
      'E_CONFIG',
      `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
      { problems },
    );
  }
  return deepFreeze({ ...parsed.data, data: resolve(sources.cwd, parsed.data.data) });
}
