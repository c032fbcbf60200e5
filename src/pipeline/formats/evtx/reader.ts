/** Bounds-checked little-endian reading of an EVTX chunk. */

/** The chunk is not what the format says: its record is kept as bytes. */
export class EvtxFault extends Error {
  override readonly name = 'EvtxFault';
}

export class ChunkReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next `length` bytes; a view, not a copy. */
  take(length: number): Buffer {
    const end = this.at + length;
    if (length < 0 || end > this.bytes.length)
      throw new EvtxFault(`${length} bytes at ${this.at} are not there`);
    const view = this.bytes.subarray(this.at, end);
    this.at = end;
    return view;
  }

  u8(): number {
    return this.take(1).readUInt8();
  }

  u16(): number {
    return this.take(2).readUInt16LE();
  }

  u32(): number {
    return this.take(4).readUInt32LE();
  }

  utf16(characters: number): string {
    return this.take(characters * 2).toString('utf16le');
  }
}
