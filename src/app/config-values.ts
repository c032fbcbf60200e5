/** Kinds of configuration values: each reads what a file, a variable or a flag can hold, and says what it wants. */
import { z } from 'zod';
import type { Instant } from '../base/clock.ts';

/** A secret in memory. It prints as `[secret]`, so that no log or dump of the configuration shows it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const sizeUnits = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const;

function withUnit(units: Readonly<Record<string, number>>, what: string, bare: string, example: string) {
  const pattern = new RegExp(`^(\\d{1,15})\\s*(${Object.keys(units).join('|')})?$`);
  const error = `must be ${what} such as ${example}, or a whole number of ${bare}`;
  return z
    .union([z.int().nonnegative({ error }), z.string().regex(pattern, { error })], { error })
    .transform((given, context) => {
      const [, digits, unit] = pattern.exec(String(given)) ?? [];
      const value = Number(digits) * (unit === undefined ? 1 : (units[unit] ?? Number.NaN));
      if (Number.isSafeInteger(value)) return value;
      context.addIssue({ code: 'custom', message: 'is too large' });
      return z.NEVER;
    });
}

/** Milliseconds. */
export function duration(defaultValue: string, description: string, minMs = 0) {
  return withUnit(durationUnits, 'a duration', 'milliseconds', '"30d", "12h", "15m" or "90s"')
    .refine((ms) => ms >= minMs, { error: `must be at least ${minMs} ms` })
    .prefault(defaultValue)
    .meta({ description, kind: 'duration' });
}

/** Bytes. */
export function byteSize(defaultValue: string, description: string, min: number) {
  return withUnit(sizeUnits, 'a size', 'bytes', '"64MiB", "512KiB" or "2GiB"')
    .refine((bytes) => bytes >= min, { error: `must be at least ${min} bytes` })
    .prefault(defaultValue)
    .meta({ description, kind: 'size' });
}

export function integer(defaultValue: number, description: string, min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .union([z.int(), z.string().regex(/^\d{1,15}$/, { error })], { error })
    .transform(Number)
    .refine((n) => n >= min && n <= max, { error })
    .prefault(defaultValue)
    .meta({ description, kind: `integer, ${min} to ${max}` });
}

export function flag(defaultValue: boolean, description: string) {
  return z
    .union([z.boolean(), z.enum(['true', 'false'])], { error: 'must be true or false' })
    .transform((given) => given === true || given === 'true')
    .prefault(defaultValue)
    .meta({ description, kind: 'true or false' });
}

export function oneOf<const T extends readonly string[]>(
  choices: T,
  defaultValue: T[number],
  description: string,
) {
  return z
    .enum(choices, { error: `must be one of ${choices.join(', ')}` })
    .prefault(defaultValue)
    .meta({ description, kind: choices.join(' or ') });
}

export function text(description: string, kind = 'text') {
  return z
    .string({ error: 'must be text' })
    .min(1, { error: 'must not be empty' })
    .meta({ description, kind });
}

export function httpUrl(description: string) {
  return z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .refine((url) => !hasPassword(url), { error: 'must not hold a password' })
    .meta({ description, kind: 'URL' });
}

function hasPassword(url: string): boolean {
  return URL.canParse(url) && new URL(url).password !== '';
}

export function postgresUrl(description: string) {
  return z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
    .refine((url) => !hasPassword(url), {
      error: 'must not hold a password; give it as password: {env: NAME} or {file: PATH}',
    })
    .meta({ description, kind: 'URL' });
}

/** Midnight UTC of that day. */
export function utcDate(defaultValue: string, description: string) {
  return z.iso
    .date({ error: 'must be a date such as "1990-01-01"' })
    .transform((day): Instant => Date.parse(`${day}T00:00:00Z`))
    .prefault(defaultValue)
    .meta({ description, kind: 'date' });
}

/** Where a secret stands; never the secret itself. */
export type SecretRef = { readonly env: string } | { readonly file: string };

/** Fetches a secret, or says why it can't. */
export type SecretReader = (ref: SecretRef) => { readonly value: string } | { readonly problem: string };

export function secret(read: SecretReader, description: string) {
  const error = 'is a secret and is never written here; give {env: NAME} or {file: PATH}';
  const name = z.string({ error }).min(1, { error });
  return z
    .union([z.strictObject({ env: name }), z.strictObject({ file: name })], { error })
    .transform((ref, context) => {
      const outcome = read(ref);
      if ('value' in outcome) return new Secret(outcome.value);
      context.addIssue({ code: 'custom', message: outcome.problem });
      return z.NEVER;
    })
    .meta({ description, kind: 'secret' });
}
