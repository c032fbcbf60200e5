/** Bounds-checked little-endian reading of an EVTX chunk. */

/** The chunk is not what the format says: its record is kept as bytes. */
export class EvtxFault extends Error {
  override readonly name = 'EvtxFault';
}

/** A name as it stands in a chunk, and the bytes that it takes there. */
export interface StoredName {
  readonly text: string;
  readonly bytes: number;
}

export class ChunkReader {
  readonly bytes: Buffer;
  at: number;
  /** Names of the chunk that were read before, by their offset. */
  readonly names: Map<number, StoredName>;

  constructor(bytes: Buffer, at: number, names: Map<number, StoredName> = new Map()) {
    this.bytes = bytes;
    this.at = at;
    this.names = names;
  }

  /** Another place of the same chunk, where nothing at or after `end` is read. */
  other(at: number, end = this.bytes.length): ChunkReader {
    const bytes = end === this.bytes.length ? this.bytes : this.bytes.subarray(0, end);
    return new ChunkReader(bytes, at, this.names);
  }

  /** The next `length` bytes; a view, not a copy. */
  take(length: number): Buffer {
    const start = this.skip(length);
    return this.bytes.subarray(start, this.at);
  }

  /** Goes on by `length` bytes, and says where it was. */
  skip(length: number): number {
    const start = this.at;
    const end = start + length;
    if (length < 0 || end > this.bytes.length)
      throw new EvtxFault(`${length} bytes at ${start} are not there`);
    this.at = end;
    return start;
  }

  u8(): number {
    return this.bytes.readUInt8(this.skip(1));
  }

  u16(): number {
    return this.bytes.readUInt16LE(this.skip(2));
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.skip(4));
  }

  utf16(characters: number): string {
    const start = this.skip(characters * 2);
    return this.bytes.toString('utf16le', start, this.at);
  }
}
