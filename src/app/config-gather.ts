/** Takes the configuration together from its file, its variables and its flags, before anything is checked. */
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../base/errors.ts';
import type { ConfigKey } from './config-keys.ts';
import { nearestTo } from './config-problems.ts';
import { readYaml } from './config-yaml.ts';

/** A flag's value by the dotted path of its key, and `config` for the file; undefined where it was not given. */
export type ConfigFlags = Readonly<Record<string, string | number | boolean | undefined>>;

export interface GatherSources {
  readonly flags: ConfigFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly readFile: (path: string) => string | null;
}

/** Variables with our prefix that are not configuration of the service: the client's, the tests'. */
const otherVariables: readonly string[] = [
  'WATCHFLOOR_CHROMIUM',
  'WATCHFLOOR_CONFIG',
  'WATCHFLOOR_POSTGRES_BIN',
  'WATCHFLOOR_SERVER',
  'WATCHFLOOR_SHARED',
  'WATCHFLOOR_TOKEN',
];

/** What has been gathered so far: the merged tree, where each value came from, what was wrong. */
export interface Gathered {
  readonly tree: Record<string, unknown>;
  /** Dotted path → `watchfloor.yml:3`, `WATCHFLOOR_PORT` or `--port`. */
  readonly places: Map<string, string>;
  readonly problems: string[];
}

/** Sets a value deep in the tree. Plain assignment would let a key named __proto__ escape the schema. */
function setAt(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    Object.defineProperty(tree, name, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  const existing = Object.hasOwn(tree, name) ? tree[name] : undefined;
  const section = isSection(existing) ? { ...existing } : {};
  setAt(section, rest, value);
  setAt(tree, [name], section);
}

export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(tree: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return tree;
  return isSection(tree) && Object.hasOwn(tree, name) ? valueAt(tree[name], rest) : undefined;
}

/** Looks for the file that was asked for, or for watchfloor.yml in the data directory, and takes it in. */
export function gatherFile(into: Gathered, sources: GatherSources, keys: readonly ConfigKey[]): void {
  const { flags, env, cwd, readFile } = sources;
  const asked = flags['config'] ?? env['WATCHFLOOR_CONFIG'];
  const data = resolve(cwd, String(flags['data'] ?? env['WATCHFLOOR_DATA'] ?? './data'));
  const file = asked === undefined ? join(data, 'watchfloor.yml') : resolve(cwd, String(asked));
  let source: string | null;
  try {
    source = readFile(file);
  } catch (thrown) {
    into.problems.push(`${file}: can't be read: ${messageOf(thrown)}`);
    return;
  }
  if (source === null) {
    if (asked !== undefined) into.problems.push(`${file}: there is no such configuration file`);
    return;
  }
  const outcome = readYaml(source);
  if ('problem' in outcome) {
    into.problems.push(`${file}${outcome.line === null ? '' : `:${outcome.line}`}: ${outcome.problem}`);
    return;
  }
  for (const [path, line] of outcome.lines) into.places.set(path, `${file}:${line}`);
  for (const [name, value] of Object.entries(outcome.value)) setAt(into.tree, [name], value);
  if (asked === undefined && 'data' in outcome.value)
    into.problems.push(
      `${into.places.get('data')}: data can't be set in a file that is found through it; use --data`,
    );
  makeAbsolute(into.tree, keys, dirname(file));
}

/** Relative paths of the file are relative to it, wherever the service is started. */
function makeAbsolute(tree: Record<string, unknown>, keys: readonly ConfigKey[], base: string): void {
  for (const { path, kind } of keys) {
    const at = kind === 'secret' ? [...path.split('.'), 'file'] : path.split('.');
    const value = valueAt(tree, at);
    if ((kind === 'secret' || kind === 'path') && typeof value === 'string' && value !== '')
      setAt(tree, at, resolve(base, value));
  }
}

/** Returns the variables with our prefix that no key has. */
export function gatherVariables(
  into: Gathered,
  sources: GatherSources,
  keys: readonly ConfigKey[],
): string[] {
  const byVariable = new Map(
    keys.flatMap((key) => key.variables.map((variable, i) => [variable, { key, i }])),
  );
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(sources.env)) {
    if (!name.startsWith('WATCHFLOOR_') || value === undefined) continue;
    const known = byVariable.get(name);
    if (known === undefined) {
      if (!otherVariables.includes(name)) unknown.push(name);
      continue;
    }
    const { path, kind } = known.key;
    const secretFile = kind === 'secret' && known.i === 1;
    const ref = secretFile ? { file: resolve(sources.cwd, value) } : { env: value };
    if (kind === 'secret' && into.places.get(path)?.startsWith('WATCHFLOOR_'))
      into.problems.push(
        `${name}: ${into.places.get(path)} is set too; only one can say where the secret is`,
      );
    setAt(into.tree, path.split('.'), kind === 'secret' ? ref : value);
    into.places.set(path, name);
  }
  return unknown;
}

export function gatherFlags(into: Gathered, flags: ConfigFlags, keys: readonly ConfigKey[]): void {
  for (const [name, value] of Object.entries(flags)) {
    if (value === undefined || name === 'config') continue;
    const key = keys.find(({ path }) => path === name);
    if (key === undefined) {
      into.problems.push(
        `--${name}: unknown key${nearestTo(
          name,
          keys.map(({ path }) => path),
        )}`,
      );
    } else if (key.kind === 'secret') {
      into.problems.push(
        `--${name}: is a secret; flags show in the list of processes, so use ${key.variables.join(' or ')}`,
      );
    } else {
      setAt(into.tree, name.split('.'), value);
      into.places.set(name, `--${name}`);
    }
  }
}
