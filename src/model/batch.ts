/** The straight way of the data: bytes in one buffer with offsets, and what the bytes themselves do not say. */
import type { Instant } from '../base/clock.ts';
import type { ContextId, EventId, SourceId, TenantId } from './ids.ts';

/** How the bytes of a record are to be read. */
export type Decoder = 'json';

/**
 * What a record itself does not hold. Few and stored once each, under a hash of all fields but
 * `id`; the time of receipt is not part of it (it stands on every row).
 */
export interface RecordContext {
  readonly id: ContextId;
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly decoder: Decoder;
  /** How it came: a file, an HTTP delivery. */
  readonly transport: 'file' | 'http';
  /** Base name of the file, for `transport: 'file'`. */
  readonly file?: string;
}

/**
 * Raw records in one buffer. Record i is `buffer[offsets[2*i] .. offsets[2*i+1])`, without its line
 * end. `ids[i]` is its event id. Worker threads get `buffer` and `offsets` transferred, not copied.
 */
export interface Batch {
  readonly context: RecordContext;
  readonly receivedAt: Instant;
  readonly buffer: Uint8Array;
  readonly offsets: Uint32Array;
  readonly ids: readonly EventId[];
  /** Records that the framer already knows to be bad: index in the batch → why. The (possibly cut) bytes are kept. */
  readonly flaws: ReadonlyMap<number, UnparsedReason>;
}

/** Why a record could not become an event. Stored on its row and counted; the raw bytes are kept. */
export type UnparsedReason =
  | 'malformed_json'
  | 'not_an_object'
  | 'too_deep'
  | 'record_too_long'
  | 'invalid_utf8'
  | 'unknown_format'
  /** A parser threw: a bug, logged; the record is kept like any other. */
  | 'parser_error';
