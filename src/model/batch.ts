/** What the bytes of a record themselves do not say, and why bytes may be no event. */
import type { ContextId, SourceId, TenantId } from './ids.ts';

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
