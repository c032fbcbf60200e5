/** State as bytes: numbers and texts in sequence, little-endian. Who reads knows what was written. */

const doubleBytes = 8;

export class ByteWriter {
  #bytes = new Uint8Array(1 << 16);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  readonly #encoder = new TextEncoder();

  number(value: number): void {
    this.#room(doubleBytes);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += doubleBytes;
  }

  text(value: string): void {
    // UTF-8 takes at most three bytes for a code unit.
    this.#room(doubleBytes + value.length * 3);
    const start = this.#at + doubleBytes;
    const { written } = this.#encoder.encodeInto(value, this.#bytes.subarray(start));
    this.number(written);
    this.#at = start + written;
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Throws a RangeError when the bytes end too early. */
export class ByteReader {
  readonly #view: DataView;
  readonly #decoder = new TextDecoder();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += doubleBytes;
    return value;
  }

  text(): string {
    const length = this.number();
    const bytes = new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#at, length);
    this.#at += length;
    return this.#decoder.decode(bytes);
  }
}
