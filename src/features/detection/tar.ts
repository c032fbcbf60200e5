/** Tar archives as their bytes come: ustar and pax (POSIX.1-2017, "pax Interchange Format"), and the long names of GNU tar. */

export interface TarEntry {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'other';
}

/** Takes the bytes of one entry. */
export interface TarSink {
  add(chunk: Uint8Array): void;
  end(): void;
}

const blockBytes = 512;
/** Of a header that says more about the next entry. */
const maxExtraBytes = 1_048_576;
/** What a checksum is computed over has spaces in its own place: eight of them. */
const spaces = 8 * 0x20;

/** What stands before an entry, about it. */
interface Extra {
  readonly path?: string;
  readonly size?: number;
}

export class TarReader {
  readonly #open: (entry: TarEntry) => TarSink;
  readonly #block = Buffer.alloc(blockBytes);
  #filled = 0;
  #sink: TarSink | null = null;
  /** Bytes of the entry that are still to come, and those that fill its last block. */
  #left = 0;
  #padding = 0;
  #extra: Extra = {};

  /** `open` is called for each entry, directories included. */
  constructor(open: (entry: TarEntry) => TarSink) {
    this.#open = open;
  }

  /** Throws an Error for what is no tar archive. */
  add({ buffer, byteOffset, byteLength }: Uint8Array): void {
    // Parts of a plain array are made far faster than those of a Buffer.
    const chunk = new Uint8Array(buffer, byteOffset, byteLength);
    for (let at = 0; at < byteLength; ) {
      const rest = byteLength - at;
      if (this.#left > 0) {
        const taken = Math.min(this.#left, rest);
        this.#sink?.add(chunk.subarray(at, at + taken));
        this.#left -= taken;
        at += taken;
        if (this.#left === 0) this.#sink?.end();
      } else if (this.#padding > 0) {
        const skipped = Math.min(this.#padding, rest);
        this.#padding -= skipped;
        at += skipped;
      } else {
        const taken = Math.min(blockBytes - this.#filled, rest);
        this.#block.set(chunk.subarray(at, at + taken), this.#filled);
        this.#filled += taken;
        at += taken;
        if (this.#filled === blockBytes) this.#header();
      }
    }
  }

  /** Throws an Error when the archive breaks off. */
  end(): void {
    if (this.#left + this.#padding + this.#filled > 0) throw new Error('the archive breaks off');
  }

  #header(): void {
    this.#filled = 0;
    const block = this.#block;
    const sum = checksum(block);
    if (sum === spaces) return;
    if (sum !== numberAt(block, 148, 8)) throw new Error('it is no tar archive, or it is damaged');
    const type = String.fromCharCode(block[156] ?? 0);
    const size = numberAt(block, 124, 12);
    if ('xgLNK'.includes(type)) return this.#begin(this.#extraSink(type, size), size);
    const { path = nameOf(block), size: length = size } = this.#extra;
    this.#extra = {};
    const isPlain = type === '0' || type === '\0';
    const isFolder = type === '5' || (isPlain && path.endsWith('/'));
    const entry: TarEntry = { name: path, type: isFolder ? 'directory' : isPlain ? 'file' : 'other' };
    this.#begin(this.#open(entry), isFolder ? 0 : length);
  }

  #begin(sink: TarSink, size: number): void {
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('an entry has no valid size');
    this.#sink = sink;
    this.#left = size;
    this.#padding = -size & (blockBytes - 1);
    if (size === 0) sink.end();
  }

  #extraSink(type: string, size: number): TarSink {
    if (size > maxExtraBytes) throw new Error('the header of an entry is too large');
    const chunks: Uint8Array[] = [];
    return {
      add: (chunk) => void chunks.push(chunk),
      end: () => {
        const bytes = Buffer.concat(chunks);
        if (type === 'x') this.#extra = { ...this.#extra, ...paxOf(bytes) };
        else if (type === 'L' || type === 'N')
          this.#extra = { ...this.#extra, path: textAt(bytes, 0, bytes.length) };
        // What holds for the whole archive (`g`) says nothing of names, and where a link leads (`K`) nobody asks.
      },
    };
  }
}

function checksum(block: Uint8Array): number {
  let sum = spaces;
  for (let at = 0; at < blockBytes; at += 1) if (at < 148 || at >= 156) sum += block[at] as number;
  return sum;
}

function nameOf(block: Buffer): string {
  const name = textAt(block, 0, 100);
  const magic = block.toString('latin1', 257, 263);
  if (magic !== 'ustar\0' && magic !== 'ustar ') throw new Error('it is of a kind of tar that is not known');
  const prefix = magic === 'ustar\0' ? textAt(block, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Up to the first zero. */
function textAt(bytes: Buffer, at: number, length: number): string {
  const end = bytes.subarray(at, at + length).indexOf(0);
  return bytes.toString('utf8', at, end === -1 ? at + length : at + end);
}

/** Octal digits, or a binary number where they have no room (GNU). NaN for neither. */
function numberAt(block: Buffer, at: number, length: number): number {
  if (block[at] === 0x80) {
    return block.subarray(at + 1, at + length).reduce((value, byte) => value * 256 + byte, 0);
  }
  const digits = block.toString('latin1', at, at + length).replace(/^[ \0]+|[ \0].*$/gs, '');
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** Records of the form `length key=value\n`, whose length counts all of it. */
function paxOf(bytes: Buffer): Extra {
  const extra: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    if (space === -1 || !(length > 0)) break;
    const record = bytes.toString('utf8', space + 1, at + length - 1);
    const [key = ''] = record.split('=', 1);
    const value = record.slice(key.length + 1);
    if (key === 'path') extra.path = value;
    if (key === 'size') extra.size = Number(value);
    at += length;
  }
  return extra;
}
