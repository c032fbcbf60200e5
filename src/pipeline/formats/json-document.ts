/** Cuts JSON documents: a list of records, an object that wraps one (CloudTrail's `Records`), objects one after another. */
import type { Cutter, Emit, Frame } from '../cutter.ts';
import type { Framer } from '../frame.ts';

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const longestName = 64;

/**
 * Every element of a list at the top is a record, in the bytes as they came; every object at the top is one, unless
 * `wrapper` names the member that holds the list. What else a wrapper holds is no record. A document that ends too
 * early gives its last element as it is, to be stored as malformed.
 */
export class JsonDocumentCutter implements Cutter {
  readonly #framer: Framer;
  readonly #wrapper: string | null;
  /** Brackets that are open. */
  #depth = 0;
  /** Depth at which the open record began; -1 between records. */
  #record = -1;
  /** Depth inside of the list whose elements are records; -1 outside of it. */
  #list = -1;
  #inText = false;
  #escaped = false;
  /** The wrapper's member name that was read last. */
  #name = '';

  constructor(framer: Framer, wrapper: string | null) {
    this.#framer = framer;
    this.#wrapper = wrapper;
    framer.describe({ decoder: 'json' }, () => undefined);
  }

  push(chunk: Uint8Array, emit: Emit): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#inText) {
        at = this.#text(chunk, at);
        continue;
      }
      if (this.#record === -1) {
        if (this.#begins(byte)) {
          this.#record = this.#depth;
          from = at;
        }
      } else if (this.#record === this.#depth && this.#endsScalar(byte)) {
        this.#framer.append(chunk, from, at);
        this.#close(emit);
      }
      this.#step(byte);
      if (this.#record === this.#depth && (byte === closeBrace || byte === closeBracket)) {
        this.#framer.append(chunk, from, at + 1);
        this.#close(emit);
      }
    }
    if (this.#record !== -1) this.#framer.append(chunk, from, chunk.length);
  }

  end(): Frame | null {
    return this.#framer.end();
  }

  broken(): Frame | null {
    return this.#framer.broken();
  }

  #close(emit: Emit): void {
    this.#record = -1;
    this.#framer.endRecord(emit);
  }

  /** Goes to the end of the text, or of the chunk. */
  #text(chunk: Uint8Array, start: number): number {
    let at = start;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) {
        this.#inText = false;
        return at;
      } else if (this.#record === -1 && this.#depth === 1 && this.#name.length < longestName)
        this.#name += String.fromCharCode(byte ?? 0);
    }
    return at;
  }

  /** Whether this byte, outside of texts and records, is the first of a record. */
  #begins(byte: number): boolean {
    if (isSpace(byte) || byte === comma) return false;
    if (this.#depth === 0) return byte !== openBracket && (byte !== openBrace || this.#wrapper === null);
    return this.#depth === this.#list && byte !== closeBracket && byte !== closeBrace;
  }

  #endsScalar(byte: number): boolean {
    return isSpace(byte) || byte === comma || byte === closeBracket || byte === closeBrace;
  }

  #step(byte: number): void {
    if (byte === quote) {
      this.#inText = true;
      if (this.#record === -1) this.#name = '';
    } else if (byte === openBrace || byte === openBracket) {
      this.#depth += 1;
      if (this.#record === -1 && byte === openBracket && this.#isList()) this.#list = this.#depth;
      if (this.#record === -1 && this.#depth > 1 && this.#list === -1) this.#name = '';
    } else if (byte === closeBrace || byte === closeBracket) {
      if (this.#record === -1 && this.#depth === this.#list) this.#list = -1;
      this.#depth = Math.max(0, this.#depth - 1);
    } else if (this.#record === -1 && byte !== colon && !isSpace(byte)) this.#name = '';
  }

  #isList(): boolean {
    if (this.#list !== -1) return false;
    return this.#depth === 1 || (this.#depth === 2 && this.#wrapper !== null && this.#name === this.#wrapper);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
