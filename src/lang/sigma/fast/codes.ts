/** Texts as numbers: V8 reads a typed array several times faster than the characters of a string. */
import { fold } from '../fold.ts';

/** A folded value while it is searched: UTF-16 code units, of which the first `length` count. */
export interface Codes {
  units: Uint16Array;
  length: number;
  ascii: boolean;
  /** The same as a string. */
  folded: string;
}

/** Below it, a loop is faster than the call. */
const shortText = 24;

/** Valid until the next call with the same `codes`. */
export class CodeReader {
  readonly codes: Codes = { units: new Uint16Array(4_096), length: 0, ascii: true, folded: '' };
  #bytes = Buffer.from(this.codes.units.buffer);

  /** Lower case is the folding of ASCII. A text that it turns into ASCII had nothing else but Kelvin signs, which fold alike. */
  read(text: string): Codes {
    const { codes } = this;
    codes.folded = text.toLowerCase();
    this.#write(codes.folded);
    // As many bytes as characters: counted by the engine, which is far faster than a loop.
    codes.ascii = Buffer.byteLength(codes.folded) === codes.length;
    if (!codes.ascii) {
      codes.folded = fold(text);
      this.#write(codes.folded);
    }
    return codes;
  }

  #write(text: string): void {
    const { length } = text;
    if (length > this.codes.units.length) {
      this.codes.units = new Uint16Array(length * 2);
      this.#bytes = Buffer.from(this.codes.units.buffer);
    }
    const { units } = this.codes;
    this.codes.length = length;
    if (length > shortText) this.#bytes.write(text, 0, 'utf16le');
    else for (let at = 0; at < length; at += 1) units[at] = text.charCodeAt(at);
  }
}

/** Texts of an index, one after the other, as UTF-16 code units. */
export interface TextPool {
  readonly units: Uint16Array;
  /** By text: where it starts. */
  readonly starts: Int32Array;
}

export function poolOf(texts: readonly string[]): TextPool {
  const starts = new Int32Array(texts.length);
  let size = 0;
  for (const [at, text] of texts.entries()) {
    starts[at] = size;
    size += text.length;
  }
  const units = new Uint16Array(size);
  Buffer.from(units.buffer).write(texts.join(''), 'utf16le');
  return { units, starts };
}

/** The text that starts at `start` in a pool's units stands at `at`. */
export function standsAt(
  pool: Uint16Array,
  start: number,
  length: number,
  codes: Codes,
  at: number,
): boolean {
  if (at < 0 || at + length > codes.length) return false;
  const { units } = codes;
  for (let i = length - 1; i >= 0; i -= 1) if (pool[start + i] !== units[at + i]) return false;
  return true;
}
