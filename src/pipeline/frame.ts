/** Framing: records to batches, each record with its identity; by itself it cuts lines. */
import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import type { UnparsedReason } from '../model/batch.ts';
import type { EventId } from '../model/ids.ts';
import type { Cutter, Emit, Frame, FrameFacts } from './cutter.ts';
import { eventIdOf, stateBytes } from './identity.ts';
import { uncutCount } from './uncut.ts';

export type { Frame } from './cutter.ts';

export interface FramerOptions {
  readonly maxRecordBytes: number;
  readonly batchRecords: number;
  readonly batchBytes: number;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const initialBytes = 64 * 1024;

/**
 * Cuts lines out of chunks, or is told by a cutter of another format where records begin and end. A blank record is
 * none. One over `maxRecordBytes` is kept cut to that length, with the flaw `record_too_long`; its identity still
 * covers all of its bytes, and it is never held in memory whole.
 *
 * In the buffer, the chain state stands in the 16 bytes before each record, so that one hash call
 * over one slice gives the next state.
 */
export class Framer implements Cutter {
  readonly #options: FramerOptions;
  #state: Buffer;
  #buffer: Buffer;
  #used = 0;
  #offsets: number[] = [];
  #ids: EventId[] = [];
  #flaws = new Map<number, UnparsedReason>();
  /** Blank records that were passed over, by the index of the record after them. */
  #blanks = new Map<number, number>();
  /** Start of the record that is being read, in #buffer; -1 between records. */
  #start = -1;
  /** Set while the current record is over its limit: the hash goes on over what is not kept. */
  #overlong: Hash | null = null;
  /** A carriage return at the end of a chunk of an overlong record, not yet known to belong to it. */
  #heldReturn = false;
  #facts: FrameFacts | undefined;

  constructor(chain: Uint8Array, options: FramerOptions) {
    this.#options = options;
    this.#state = Buffer.from(chain);
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
  }

  /** Takes a chunk; calls `emit` for each batch that it completes. The chunk may be reused afterwards. */
  push(chunk: Uint8Array, emit: Emit): void {
    let at = 0;
    while (at < chunk.length) {
      const end = chunk.indexOf(newline, at);
      this.append(chunk, at, end === -1 ? chunk.length : end);
      if (end === -1) return;
      this.endRecord(emit);
      at = end + 1;
    }
  }

  /** The end of the stream ends the last record. Returns the last batch, or null when there is none. */
  end(): Frame | null {
    if (this.#start !== -1) this.#endRecord();
    return this.#ids.length === 0 ? null : this.#take(this.#ids.length);
  }

  /** For a stream that broke off: the complete records that are left. The one that was cut is not a record. */
  broken(): Frame | null {
    if (this.#start !== -1) {
      this.#used = this.#start - stateBytes;
      this.#start = -1;
      this.#overlong = null;
    }
    return this.#ids.length === 0 ? null : this.#take(this.#ids.length);
  }

  /** A record that is there whole. `identity`: bytes that say who it is instead of its own. */
  record(bytes: Uint8Array, emit: Emit, identity?: Uint8Array): void {
    this.append(bytes, 0, bytes.length);
    this.endRecord(emit, identity);
  }

  /** Ends the record that `append` began; gives out the batch when it is full. */
  endRecord(emit: Emit, identity?: Uint8Array): void {
    const before = this.#state;
    const count = this.#ids.length;
    this.#endRecord();
    if (identity !== undefined && this.#ids.length > count) {
      this.#state = hashState(Buffer.concat([before, identity]));
      this.#ids[count] = eventIdOf(this.#state);
    }
    if (this.#ids.length >= this.#options.batchRecords || this.#used >= this.#options.batchBytes) {
      // Records of one event stay in one batch: it is joined there, and a replay reads the same batch.
      const tooMuch = this.#used >= 2 * this.#options.batchBytes;
      const whole = tooMuch ? this.#ids.length : uncutCount(this.#buffer, this.#offsets);
      if (whole > 0) emit(this.#take(whole));
    }
  }

  /** Takes bytes that are no record into the identity of all records after them (a table's header). */
  mix(bytes: Uint8Array): void {
    this.#state = hashState(Buffer.concat([this.#state, bytes]));
  }

  /** What the stream says of the records after this; those before go out with what was said before. */
  describe(facts: FrameFacts, emit: Emit): void {
    if (this.#ids.length > 0) emit(this.#take(this.#ids.length));
    this.#facts = facts;
  }

  /** Whether there is no complete record. */
  empty(): boolean {
    return this.#ids.length === 0;
  }

  /** Bytes held, of complete records and of the open one. */
  held(): number {
    return this.#used;
  }

  /** Gives out what is complete but for events that may still grow (all of it with `all`); null when that is nothing. */
  flush(all: boolean): Frame | null {
    const count = all ? this.#ids.length : uncutCount(this.#buffer, this.#offsets);
    return count === 0 ? null : this.#take(count);
  }

  /** Appends to the open record, or begins one. */
  append(chunk: Uint8Array, from: number, to: number): void {
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
      this.#blanks.set(this.#ids.length, (this.#blanks.get(this.#ids.length) ?? 0) + 1);
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

  /** The first `count` records as a frame; the others begin the next one. */
  #take(count: number): Frame {
    const end = this.#offsets[2 * count - 1] ?? 0;
    const frame: Frame = {
      buffer: this.#buffer.subarray(0, end),
      offsets: Uint32Array.from(this.#offsets.slice(0, 2 * count)),
      ids: this.#ids.slice(0, count),
      flaws: below(this.#flaws, count),
      blanks: below(this.#blanks, count),
      ...(this.#facts === undefined ? {} : { facts: this.#facts }),
    };
    const rest = this.#buffer.subarray(end, this.#used);
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(initialBytes, rest.length));
    this.#buffer.set(rest);
    this.#used = rest.length;
    if (this.#start !== -1) this.#start -= end;
    this.#offsets = this.#offsets.slice(2 * count).map((offset) => offset - end);
    this.#ids = this.#ids.slice(count);
    this.#blanks = from(this.#blanks, count);
    this.#flaws = from(this.#flaws, count);
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

function below<T>(byIndex: ReadonlyMap<number, T>, count: number): Map<number, T> {
  return new Map([...byIndex].filter(([index]) => index < count));
}

/** What is left when the first `count` records are taken away. */
function from<T>(byIndex: ReadonlyMap<number, T>, count: number): Map<number, T> {
  return new Map(
    [...byIndex].filter(([index]) => index >= count).map(([index, value]) => [index - count, value]),
  );
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
