/** What cuts a stream into batches of records: one per format. */
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { EventId } from '../model/ids.ts';

/** What a stream itself says of the context of its records. */
export type FrameFacts = Partial<Pick<RecordContext, 'decoder' | 'header'>>;

/**
 * Records of one batch, before anything is known of them but their bytes and identity (ADR 6). Record
 * i is `buffer[offsets[2i] .. offsets[2i+1])`, without its line end; `flaws` says of an index what the
 * framer already knows to be bad about its (possibly cut) bytes.
 */
export interface Frame {
  readonly buffer: Uint8Array;
  readonly offsets: Uint32Array;
  readonly ids: readonly EventId[];
  readonly flaws: ReadonlyMap<number, UnparsedReason>;
  /** Blank records that were passed over, by the index of the record after them: lines are counted by them. */
  readonly blanks: ReadonlyMap<number, number>;
  /** Where the stream says more of its records' context than who reads it knows. */
  readonly facts?: FrameFacts;
}

export type Emit = (frame: Frame) => void;

export interface Cutter {
  /** Takes a chunk; calls `emit` for each batch that it completes. The chunk may be reused afterwards. */
  push(chunk: Uint8Array, emit: Emit): void;
  /** The end of the stream ends the last record. Returns the last batch, or null when there is none. */
  end(emit: Emit): Frame | null;
  /** For a stream that broke off: the complete records that are left. The one that was cut is not a record. */
  broken(): Frame | null;
  /** After the end: what of the stream could not be read, for a person. */
  fault?(): string | null;
}
