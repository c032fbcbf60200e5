/** Identifiers: UUIDv7 for records that people or the service make, hashes for what is derived. */
import { createHash, randomBytes } from 'node:crypto';
import type { Instant } from './clock.ts';

/**
 * UUID version 7 (RFC 9562, section 5.7): 48 bits of epoch milliseconds, then random bits, so that
 * ids made later sort later (to the millisecond).
 */
export function uuidv7(now: Instant): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * First 128 bits of SHA-256 over the parts, as 32 hex digits. Parts are length-prefixed, so that
 * `('ab','c')` and `('a','bc')` differ.
 */
export function hashId(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(bytes.byteLength);
    hash.update(length).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}

/** SHA-256 as 64 hex digits. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A secret of 256 random bits, base64url, with a readable prefix (`wfs_…`) so that scanners can find a leak. */
export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}
