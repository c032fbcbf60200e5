/** State as bytes: numbers and texts in sequence, little-endian. Who reads knows what was written. */

const doubleBytes = 8;

export class ByteWriter {
  #view = new DataView(new ArrayBuffer(1 << 16));
  #at = 0;
  readonly #encoder = new TextEncoder();

  number(value: number): void {
    this.#room(doubleBytes);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += doubleBytes;
  }

  text(value: string): void {
    const bytes = this.#encoder.encode(value);
    this.number(bytes.length);
    this.#room(bytes.length);
    new Uint8Array(this.#view.buffer).set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer.slice(0, this.#at));
  }

  #room(more: number): void {
    if (this.#at + more <= this.#view.byteLength) return;
    const larger = new Uint8Array(Math.max(this.#view.byteLength * 2, this.#at + more));
    larger.set(new Uint8Array(this.#view.buffer, 0, this.#at));
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
