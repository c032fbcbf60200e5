/** Typed reading of a Windows event's flat fields, for the OCSF view. */
import type { NativeFields } from '../../../model/event.ts';

/** Text of a field; undefined when there is none, also when Windows says so with `-`. */
export function text(native: NativeFields, name: string): string | undefined {
  const value = native[name];
  if (typeof value === 'string') return value === '' || value === '-' ? undefined : value;
  return typeof value === 'number' ? String(value) : undefined;
}

/** Integer of a field: a number, decimal digits, or hexadecimal digits after `0x`. */
export function int(native: NativeFields, name: string): number | undefined {
  const value = native[name];
  if (typeof value === 'string' && (value === '' || value.length > 18)) return undefined;
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  // Number('') and Number(' ') are 0; the check above and the digits at both ends keep blanks out.
  const number = typeof value === 'string' && value.trim() !== value ? Number.NaN : Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The part of a path after its last separator. */
export function baseName(path: string): string {
  const cut = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
  return cut === -1 || cut === path.length - 1 ? path : path.slice(cut + 1);
}

/** The part of a path before its last separator. */
export function parentPath(path: string): string {
  const cut = path.lastIndexOf('\\');
  return cut <= 0 ? path : path.slice(0, cut);
}

/** Drops an object in which nothing is known. */
export function known<T extends object>(value: T): T | undefined {
  for (const name in value) if (value[name] !== undefined) return value;
  return undefined;
}
