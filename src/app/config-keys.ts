/** The keys of the configuration as a list, read off the schema: path, variable, kind, default, meaning. */
import { z } from 'zod';
import { configSchema } from './config-schema.ts';

export interface ConfigKey {
  /** Dotted, as in the file: `intake.maxRecordBytes`. */
  readonly path: string;
  /** Variables that set it. A secret has two, for where it stands. */
  readonly variables: readonly string[];
  readonly kind: string;
  readonly description: string;
  /** As it would be written in the file; undefined when there is none. */
  readonly defaultValue: unknown;
}

/** A schema for reading off keys and documents: it parses nothing, so its secrets are never fetched. */
export function schemaForReading() {
  return configSchema(() => ({ problem: 'secrets are not read here' }));
}

/** `intake.maxRecordBytes` → `WATCHFLOOR_INTAKE_MAX_RECORD_BYTES`. */
export function variableOf(path: string): string {
  const words = path.split('.').map((part) => part.replaceAll(/[A-Z]/g, (letter) => `_${letter}`));
  return `WATCHFLOOR_${words.join('_').toUpperCase()}`;
}

interface Unwrapped {
  readonly inner: z.core.$ZodType;
  readonly kind: string | undefined;
  readonly description: string;
  readonly defaultValue: unknown;
}

/** Takes off `optional` and `prefault`, keeping what they and their inner schema say. */
function unwrap(schema: z.core.$ZodType): Unwrapped {
  const meta = z.globalRegistry.get(schema);
  const own = typeof meta?.['kind'] === 'string' ? meta['kind'] : undefined;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault) {
    const inner = unwrap(schema.def.innerType);
    return {
      inner: inner.inner,
      kind: own ?? inner.kind,
      description: meta?.description ?? inner.description,
      defaultValue: schema instanceof z.ZodPrefault ? schema.def.defaultValue : inner.defaultValue,
    };
  }
  return { inner: schema, kind: own, description: meta?.description ?? '', defaultValue: undefined };
}

function collect(schema: z.core.$ZodType, prefix: string, keys: ConfigKey[]): void {
  if (!(schema instanceof z.ZodObject)) throw new Error(`not a section: ${prefix}`);
  for (const [name, child] of Object.entries(schema.shape)) {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const { inner, kind, description, defaultValue } = unwrap(child);
    if (kind === undefined) {
      collect(inner, path, keys);
      continue;
    }
    const variables =
      kind === 'secret' ? [variableOf(`${path}.env`), variableOf(`${path}.file`)] : [variableOf(path)];
    keys.push({ path, variables, kind, description, defaultValue });
  }
}

export function listConfigKeys(): readonly ConfigKey[] {
  const keys: ConfigKey[] = [];
  collect(schemaForReading(), '', keys);
  return keys;
}
