/** The identity chain (ADR 1): the id of a record is a hash of every byte before it and of itself. */
import { createHash } from 'node:crypto';
import type { EventId, SourceId, TenantId } from '../model/ids.ts';

/** Bytes of a chain state, and of an event id. */
export const stateBytes = 16;

/** First state of a file's chain: the same file under another tenant or source is other events. */
export function fileChain(tenant: TenantId, source: SourceId): Buffer {
  return seed([tenant, source, 'file']);
}

/** First state of an HTTP delivery's chain. `key`: idempotency key, or the hash of the decompressed body. */
export function deliveryChain(tenant: TenantId, source: SourceId, key: string): Buffer {
  return seed([tenant, source, 'http', key]);
}

/** First state of a connection's chain. `connection`: never used twice, so a record that is sent again is another one. */
export function connectionChain(tenant: TenantId, source: SourceId, connection: string): Buffer {
  return seed([tenant, source, 'syslog', connection]);
}

/** JSON of a list is unambiguous, whatever the parts hold. */
function seed(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, stateBytes);
}

export function eventIdOf(state: Uint8Array): EventId {
  return Buffer.from(state.buffer, state.byteOffset, stateBytes).toString('hex') as EventId;
}
