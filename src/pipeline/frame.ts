/** Framing: a stream of bytes to batches of records, one a line, each with its identity. */
import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import type { UnparsedReason } from '../model/batch.ts';
import type { EventId } from '../model/ids.ts';
import { eventIdOf, stateBytes } from './identity.ts';

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
}

export interface FramerOptions {
  readonly maxRecordBytes: number;
  readonly batchRecords: number;
  readonly batchBytes: number;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const initialBytes = 64 * 1024;

/**
 * Cuts lines out of chunks. A blank line is no record. A line over `maxRecordBytes` is kept cut to
 * that length, with the flaw `record_too_long`; its identity still covers all of its bytes, and it is
 * never held in memory whole.
 *
 * In the buffer, the chain state stands in the 16 bytes before each record, so that one hash call
 * over one slice gives the next state.
 */
export class Framer {
  readonly #options: FramerOptions;
  #state: Buffer;
  #buffer: Buffer;
  #used = 0;
  #offsets: number[] = [];
  #ids: EventId[] = [];
  #flaws = new Map<number, UnparsedReason>();
  /** Start of the record that is being read, in #buffer; -1 between records. */
  #start = -1;
  /** Set while the current record is over its limit: the hash goes on over what is not kept. */
  #overlong: Hash | null = null;
  /** A carriage return at the end of a chunk of an overlong record, not yet known to belong to it. */
  #heldReturn = false;

  constructor(chain: Uint8Array, options: FramerOptions) {
    this.#options = options;
    this.#state = Buffer.from(chain);
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** Takes a chunk; calls `emit` for each batch that it completes. The chunk may be reused afterwards. */
  push(chunk: Uint8Array, emit: (frame: Frame) => void): void {
    let at = 0;
    while (at < chunk.length) {
      const end = chunk.indexOf(newline, at);
      this.#append(chunk, at, end === -1 ? chunk.length : end);
      if (end === -1) return;
      this.#endRecord();
      at = end + 1;
      if (this.#ids.length >= this.#options.batchRecords || this.#used >= this.#options.batchBytes) {
        emit(this.#take());
      }
    }
  }

  /** The end of the stream ends the last record. Returns the last batch, or null when there is none. */
  end(): Frame | null {
    if (this.#start !== -1) this.#endRecord();
    return this.#ids.length === 0 ? null : this.#take();
  }

  /** For a stream that broke off: the complete records that are left. The one that was cut is not a record. */
  broken(): Frame | null {
    if (this.#start !== -1) {
      this.#used = this.#start - stateBytes;
      this.#start = -1;
      this.#overlong = null;
    }
    return this.#ids.length === 0 ? null : this.#take();
  }

  #append(chunk: Uint8Array, from: number, to: number): void {
    if (to <= from && this.#start !== -1) return;
    if (this.#start === -1) this.#beginRecord();
    if (this.#overlong !== null) return this.#hashOn(chunk, from, to);
    const room = this.#options.maxRecordBytes - (this.#used - this.#start);
    // One byte more than the limit is allowed to wait here: it may be the carriage return of the line end.
    const kept = Math.min(to - from, room + 1);
    this.#reserve(kept);
    this.#buffer.set(chunk.subarray(from, from + kept), this.#used);
    this.#used += kept;
    if (kept === to - from && this.#used - this.#start <= this.#options.maxRecordBytes + 1) return;
    this.#overlong = createHash('sha256').update(this.#buffer.subarray(this.#start - stateBytes, this.#used));
    this.#used = this.#start + this.#options.maxRecordBytes;
    this.#hashOn(chunk, from + kept, to);
  }

  #hashOn(chunk: Uint8Array, from: number, to: number): void {
    if (to <= from || this.#overlong === null) return;
    if (this.#heldReturn) this.#overlong.update('\r');
    this.#heldReturn = chunk[to - 1] === carriageReturn;
    this.#overlong.update(chunk.subarray(from, this.#heldReturn ? to - 1 : to));
  }

  #beginRecord(): void {
    this.#reserve(stateBytes);
    this.#buffer.set(this.#state, this.#used);
    this.#used += stateBytes;
    this.#start = this.#used;
  }

  #endRecord(): void {
    const start = this.#start === -1 ? this.#used : this.#start;
    this.#start = -1;
    if (this.#overlong !== null) {
      this.#state = this.#overlong.digest().subarray(0, stateBytes);
      this.#overlong = null;
      this.#heldReturn = false;
      this.#flaws.set(this.#ids.length, 'record_too_long');
      this.#record(start);
      return;
    }
    if (this.#used > start && this.#buffer[this.#used - 1] === carriageReturn) this.#used -= 1;
    const bytes = this.#buffer.subarray(start, this.#used);
    if (isBlank(bytes)) {
      this.#used = Math.max(0, start - stateBytes);
      return;
    }
    if (bytes.length > this.#options.maxRecordBytes) {
      this.#state = hashState(this.#buffer.subarray(start - stateBytes, this.#used));
      this.#used = start + this.#options.maxRecordBytes;
      this.#flaws.set(this.#ids.length, 'record_too_long');
      this.#record(start);
      return;
    }
    this.#state = hashState(this.#buffer.subarray(start - stateBytes, this.#used));
    if (!isUtf8(bytes)) this.#flaws.set(this.#ids.length, 'invalid_utf8');
    this.#record(start);
  }

  #record(start: number): void {
    this.#offsets.push(start, this.#used);
    this.#ids.push(eventIdOf(this.#state));
  }

  #take(): Frame {
    const frame: Frame = {
      buffer: this.#buffer.subarray(0, this.#used),
      offsets: Uint32Array.from(this.#offsets),
      ids: this.#ids,
      flaws: this.#flaws,
    };
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
    this.#used = 0;
    this.#offsets = [];
    this.#ids = [];
    this.#flaws = new Map();
    return frame;
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#used);
    this.#buffer = grown;
  }
}

function hashState(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest().subarray(0, stateBytes);
}

/** Spaces, tabs and carriage returns only. */
function isBlank(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && byte !== 0x09 && byte !== carriageReturn) return false;
  }
  return true;
}
