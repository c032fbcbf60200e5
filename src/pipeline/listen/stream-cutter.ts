/** Cuts a TCP stream of syslog into messages (RFC 6587): by octet counts, or by line ends. */
import type { Cutter, Emit, Frame } from '../cutter.ts';
import type { Framer } from '../frame.ts';

const newline = 0x0a;
const nul = 0x00;
const maxDigits = 9;

/** Digits, a blank and the beginning of a priority; fewer bytes of it may be there yet. */
const count = /^([1-9]\d{0,8}) </;
const maybeCount = /^(?:[1-9]\d{0,8}(?: (?:<.*)?)?)?$/s;

/**
 * Each message says by its first bytes how it is framed: `123 <…` is counted (section 3.4.1), anything else ends
 * with a line feed or a NUL (section 3.4.2). A line of text that begins with a number and a blank and `<` can't be
 * told from a counted message; the RFC has the same gap.
 */
export class SyslogStreamCutter implements Cutter {
  readonly #framer: Framer;
  /** The beginning of a message whose framing is not known yet. */
  #head: Buffer = Buffer.alloc(0);
  /** Octets of a counted message that are still to come; -1 in a line, 0 between messages. */
  #left = 0;

  constructor(framer: Framer) {
    this.#framer = framer;
  }

  push(chunk: Uint8Array, emit: Emit): void {
    let rest: Uint8Array = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) rest = this.#begin(rest);
      else if (this.#left > 0) rest = this.#counted(rest, emit);
      else rest = this.#line(rest, emit);
    }
  }

  /** A message that was not finished is one all the same: nobody sends the rest. */
  end(emit: Emit): Frame | null {
    if (this.#head.length > 0) {
      this.#framer.append(this.#head, 0, this.#head.length);
      this.#head = Buffer.alloc(0);
    }
    if (this.#left !== 0) this.#framer.endRecord(emit);
    this.#left = 0;
    return this.#framer.end();
  }

  broken(): Frame | null {
    return this.#framer.broken();
  }

  /** Finds out how the next message is framed; gives back what of the chunk belongs to it. */
  #begin(chunk: Uint8Array): Uint8Array {
    const joined = this.#head.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#head, chunk]);
    let start = 0;
    while (start < joined.length && isBetween(joined[start])) start += 1;
    const bytes = joined.subarray(start);
    const head = bytes.toString('latin1', 0, maxDigits + 2);
    const counted = count.exec(head);
    if (counted === null && maybeCount.test(head)) {
      this.#head = bytes;
      return new Uint8Array(0);
    }
    this.#head = Buffer.alloc(0);
    if (counted === null) {
      this.#left = -1;
      return bytes;
    }
    this.#left = Number(counted[1]);
    return bytes.subarray(counted[0].length - 1);
  }

  #counted(chunk: Uint8Array, emit: Emit): Uint8Array {
    const taken = Math.min(this.#left, chunk.length);
    this.#framer.append(chunk, 0, taken);
    this.#left -= taken;
    if (this.#left === 0) this.#framer.endRecord(emit);
    return chunk.subarray(taken);
  }

  #line(chunk: Uint8Array, emit: Emit): Uint8Array {
    const end = chunk.findIndex((byte) => byte === newline || byte === nul);
    this.#framer.append(chunk, 0, end === -1 ? chunk.length : end);
    if (end === -1) return new Uint8Array(0);
    this.#framer.endRecord(emit);
    this.#left = 0;
    return chunk.subarray(end + 1);
  }
}

/** Line ends between messages are no messages. */
function isBetween(byte: number | undefined): boolean {
  return byte === newline || byte === nul || byte === 0x0d;
}
