/** Cuts Windows event log files (EVTX): chunk by chunk, each record as XML. */
import { crc32 } from 'node:zlib';
import type { Cutter, Emit, Frame } from '../../cutter.ts';
import type { Framer } from '../../frame.ts';
import { renderBinaryXml } from './binary-xml.ts';
import { EvtxFault, type StoredName } from './reader.ts';

const chunkBytes = 65_536;
const recordsStart = 512;
const recordHeader = 24;
const recordMagic = 0x2a2a;

/**
 * Chunks hold all that their records need, so one is in memory at a time and a file without a sound header (one
 * that was open when it was copied) is read as far as its chunks go. The identity of a record is that of its bytes
 * in the file: a better rendering does not make it another event. A record that can't be rendered is kept as bytes.
 */
export class EvtxCutter implements Cutter {
  readonly #framer: Framer;
  #pending: Buffer = Buffer.alloc(0);
  /** Bytes of the file's header block that are still to be skipped; -1 before it is known. */
  #skip = -1;
  #chunk = 0;
  #damaged: number[] = [];

  constructor(framer: Framer) {
    this.#framer = framer;
    framer.describe({ decoder: 'xml' }, () => undefined);
  }

  push(chunk: Uint8Array, emit: Emit): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    if (this.#skip === -1) {
      if (this.#pending.length < 128) return;
      this.#skip = this.#pending.readUInt16LE(40) || 4_096;
    }
    const skipped = Math.min(this.#skip, this.#pending.length);
    this.#skip -= skipped;
    this.#pending = this.#pending.subarray(skipped);
    while (this.#pending.length >= chunkBytes) {
      this.#read(this.#pending.subarray(0, chunkBytes), emit);
      this.#pending = this.#pending.subarray(chunkBytes);
    }
  }

  end(emit: Emit): Frame | null {
    if (this.#pending.length > recordsStart) {
      this.#read(this.#pending, emit);
      this.#damaged.push(this.#chunk);
    }
    return this.#framer.end();
  }

  broken(): Frame | null {
    return this.#framer.broken();
  }

  fault(): string | null {
    if (this.#damaged.length === 0) return null;
    const which = [...new Set(this.#damaged)];
    const list = `${which.slice(0, 5).join(', ')}${which.length > 5 ? ', …' : ''}`;
    return `damaged: chunk ${list} of ${this.#chunk} (counted from 1); what could be read of it was taken`;
  }

  #read(chunk: Buffer, emit: Emit): void {
    this.#chunk += 1;
    if (chunk.toString('latin1', 0, 8) !== 'ElfChnk\0') {
      // Space that Windows has set aside and not used yet.
      if (!chunk.every((byte) => byte === 0)) this.#damaged.push(this.#chunk);
      return;
    }
    const said = Math.min(chunk.readUInt32LE(48), chunk.length);
    const sound =
      chunk.length === chunkBytes && crc32(chunk.subarray(recordsStart, said)) === chunk.readUInt32LE(52);
    if (!sound) this.#damaged.push(this.#chunk);
    // In a log that was open when it was copied the header is older than the records.
    const used = sound ? said : chunk.length;
    const names = new Map<number, StoredName>();
    let at = recordsStart;
    while (at + recordHeader + 4 <= used && chunk.readUInt32LE(at) === recordMagic) {
      const size = chunk.readUInt32LE(at + 4);
      if (size < recordHeader + 4 || at + size > used || chunk.readUInt32LE(at + size - 4) !== size) {
        this.#damaged.push(this.#chunk);
        return;
      }
      const bytes = chunk.subarray(at, at + size);
      this.#framer.record(rendered(chunk, at, names) ?? bytes, emit, bytes);
      at += size;
    }
  }
}

function rendered(chunk: Buffer, at: number, names: Map<number, StoredName>): Buffer | null {
  try {
    return Buffer.from(renderBinaryXml(chunk, at + recordHeader, names), 'utf8');
  } catch (thrown) {
    if (thrown instanceof EvtxFault) return null;
    throw thrown;
  }
}
