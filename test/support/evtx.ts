/** Writes Windows event log files (EVTX 3.1) for tests: templates, substitutions and nested binary XML as Windows has them. */
import { crc32 } from 'node:zlib';

export interface EvtxEvent {
  readonly id: bigint;
  /** 100 ns since 1601. */
  readonly time: bigint;
  readonly provider: string;
  readonly eventId: number;
  readonly channel: string;
  readonly computer: string;
  /** Null: the element has no UserID. */
  readonly userSid: Buffer | null;
  /** Names and values of EventData; a list of texts is one list value. */
  readonly data: readonly (readonly [name: string, value: string | readonly string[] | number | null])[];
}

type Content = string | { readonly substitution: number; readonly type: number; readonly optional?: boolean };
interface Element {
  readonly name: string;
  readonly attributes?: readonly (readonly [name: string, value: Content])[];
  readonly children?: readonly (Element | Content)[];
}
interface Value {
  readonly type: number;
  readonly bytes: Buffer;
  /** Binary XML that is written in place, at an offset that is known only then. */
  readonly fragment?: (writer: ChunkWriter) => void;
}

const chunkBytes = 65_536;
const recordsStart = 512;

class ChunkWriter {
  readonly bytes = Buffer.alloc(chunkBytes);
  at = recordsStart;
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<string, number>();

  u8(value: number): void {
    this.at = this.bytes.writeUInt8(value, this.at);
  }
  u16(value: number): void {
    this.at = this.bytes.writeUInt16LE(value, this.at);
  }
  u32(value: number): void {
    this.at = this.bytes.writeUInt32LE(value, this.at);
  }
  u64(value: bigint): void {
    this.at = this.bytes.writeBigUInt64LE(value, this.at);
  }
  raw(bytes: Buffer): void {
    this.at += bytes.copy(this.bytes, this.at);
  }

  /** A name stands where it is used first, in the chain of its bucket. */
  name(text: string): void {
    const known = this.#names.get(text);
    if (known !== undefined) return this.u32(known);
    const offset = this.at + 4;
    this.u32(offset);
    this.#names.set(text, offset);
    const hash = Buffer.from(text, 'utf16le').reduce((sum, byte) => (sum * 65_599 + byte) >>> 0, 0) & 0xffff;
    const bucket = 0x80 + (hash % 64) * 4;
    this.u32(this.bytes.readUInt32LE(bucket));
    this.bytes.writeUInt32LE(offset, bucket);
    this.u16(hash);
    this.u16(text.length);
    this.raw(Buffer.from(text, 'utf16le'));
    this.u16(0);
  }

  sized(write: () => void): void {
    const place = this.at;
    this.u32(0);
    write();
    this.bytes.writeUInt32LE(this.at - place - 4, place);
  }

  content(part: Content): void {
    if (typeof part === 'string') return this.literal(part);
    this.u8(part.optional === true ? 0x0e : 0x0d);
    this.u16(part.substitution);
    this.u8(part.type);
  }

  /** An ampersand is a reference between two texts; all parts but the last say that more follows. */
  literal(text: string): void {
    const parts = text.split(/(?<=&)|(?=&)/);
    for (const [i, part] of parts.entries()) {
      const more = i < parts.length - 1 ? 0x40 : 0;
      if (part === '&') {
        this.u8(0x09 | more);
        this.name('amp');
        continue;
      }
      this.u8(0x05 | more);
      this.u8(0x01);
      this.u16(part.length);
      this.raw(Buffer.from(part, 'utf16le'));
    }
  }

  element({ name, attributes = [], children = [] }: Element): void {
    this.u8(attributes.length > 0 ? 0x41 : 0x01);
    this.u16(0xffff);
    this.sized(() => {
      this.name(name);
      if (attributes.length > 0)
        this.sized(() =>
          attributes.forEach(([attribute, value], i) => {
            this.u8(i < attributes.length - 1 ? 0x46 : 0x06);
            this.name(attribute);
            this.content(value);
          }),
        );
      if (children.length === 0) return this.u8(0x03);
      this.u8(0x02);
      for (const child of children) {
        if (typeof child === 'object' && 'name' in child) this.element(child);
        else this.content(child);
      }
      this.u8(0x04);
    });
  }

  /** A fragment that is one template and its values; the template is written at its first use. */
  fragment(key: string, root: Element, values: readonly Value[]): void {
    this.raw(Buffer.from([0x0f, 1, 1, 0, 0x0c, 1]));
    const known = this.#templates.get(key);
    const id =
      1_000 + (known === undefined ? this.#templates.size : [...this.#templates.keys()].indexOf(key));
    this.u32(id);
    if (known !== undefined) this.u32(known);
    else {
      const offset = this.at + 4;
      this.u32(offset);
      this.#templates.set(key, offset);
      const bucket = 0x180 + (id % 32) * 4;
      this.u32(this.bytes.readUInt32LE(bucket));
      this.bytes.writeUInt32LE(offset, bucket);
      const guid = Buffer.alloc(16, 7);
      guid.writeUInt32LE(id);
      this.raw(guid);
      this.sized(() => {
        this.raw(Buffer.from([0x0f, 1, 1, 0]));
        this.element(root);
        this.u8(0x00);
      });
    }
    this.u32(values.length);
    const heads = this.at;
    for (const { type, bytes } of values) {
      this.u16(bytes.length);
      this.u8(type);
      this.u8(0);
    }
    values.forEach(({ bytes, fragment }, i) => {
      const start = this.at;
      if (fragment === undefined) this.raw(bytes);
      else fragment(this);
      this.bytes.writeUInt16LE(this.at - start, heads + 4 * i);
    });
    this.u8(0x00);
  }

  record(event: EvtxEvent): void {
    const start = this.at;
    this.u32(0x2a2a);
    this.u32(0);
    this.u64(event.id);
    this.u64(event.time);
    this.fragment('event', eventTemplate, eventValues(event));
    const size = this.at - start + 4;
    this.u32(size);
    this.bytes.writeUInt32LE(size, start + 4);
  }

  finish(first: bigint, last: bigint): Buffer {
    this.bytes.write('ElfChnk\0', 'latin1');
    for (const [place, value] of [
      [8, first],
      [16, last],
      [24, first],
      [32, last],
    ] as const)
      this.bytes.writeBigUInt64LE(value, place);
    this.bytes.writeUInt32LE(128, 40);
    this.bytes.writeUInt32LE(this.at, 48);
    this.bytes.writeUInt32LE(crc32(this.bytes.subarray(recordsStart, this.at)), 52);
    const header = Buffer.concat([this.bytes.subarray(0, 120), this.bytes.subarray(128, 512)]);
    this.bytes.writeUInt32LE(crc32(header), 124);
    return this.bytes;
  }
}

const sub = (substitution: number, type: number, optional = false): Content => ({
  substitution,
  type,
  optional,
});

const eventTemplate: Element = {
  name: 'Event',
  attributes: [['xmlns', 'http://schemas.microsoft.com/win/2004/08/events/event']],
  children: [
    {
      name: 'System',
      children: [
        {
          name: 'Provider',
          attributes: [
            ['Name', sub(0, 1)],
            ['Guid', sub(10, 0x0f)],
          ],
        },
        { name: 'EventID', children: [sub(1, 6)] },
        { name: 'Version', children: [sub(11, 4)] },
        { name: 'Level', children: [sub(2, 4)] },
        { name: 'Task', children: [sub(12, 6)] },
        { name: 'Opcode', children: [sub(13, 4)] },
        { name: 'Keywords', children: [sub(3, 0x15)] },
        { name: 'TimeCreated', attributes: [['SystemTime', sub(4, 0x11)]] },
        { name: 'EventRecordID', children: [sub(5, 10)] },
        {
          name: 'Correlation',
          attributes: [
            ['ActivityID', sub(14, 0x0f, true)],
            ['RelatedActivityID', sub(15, 0x0f, true)],
          ],
        },
        {
          name: 'Execution',
          attributes: [
            ['ProcessID', sub(16, 8)],
            ['ThreadID', sub(17, 8)],
          ],
        },
        { name: 'Channel', children: [sub(6, 1)] },
        { name: 'Computer', children: [sub(7, 1)] },
        { name: 'Security', attributes: [['UserID', sub(8, 0x13, true)]] },
      ],
    },
    sub(9, 0x21, true),
  ],
};

function text(value: string): Value {
  return { type: 1, bytes: Buffer.from(value, 'utf16le') };
}

function number(value: bigint, type: number, size: number): Value {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return { type, bytes: bytes.subarray(0, size) };
}

function eventValues(event: EvtxEvent): readonly Value[] {
  return [
    text(event.provider),
    number(BigInt(event.eventId), 6, 2),
    number(4n, 4, 1),
    number(0x8020000000000000n, 0x15, 8),
    number(event.time, 0x11, 8),
    number(event.id, 10, 8),
    text(event.channel),
    text(event.computer),
    event.userSid === null ? { type: 0, bytes: Buffer.alloc(0) } : { type: 0x13, bytes: event.userSid },
    { type: 0x21, bytes: Buffer.alloc(0), fragment: (writer) => dataFragment(writer, event.data) },
    { type: 0x0f, bytes: Buffer.from('00112233445566778899aabbccddeeff', 'hex') },
    number(1n, 4, 1),
    number(2n, 6, 2),
    number(15n, 4, 1),
    { type: 0x0f, bytes: Buffer.from('ffeeddccbbaa99887766554433221100', 'hex') },
    { type: 0, bytes: Buffer.alloc(0) },
    number(712n, 8, 4),
    number(20_372n, 8, 4),
  ];
}

function dataFragment(writer: ChunkWriter, data: EvtxEvent['data']): void {
  const types = data.map(([, value]) => dataValue(value).type);
  const root: Element = {
    name: 'EventData',
    children: data.map(([name], i) => ({
      name: 'Data',
      attributes: [['Name', name] as const],
      children: [sub(i, types[i] ?? 1)],
    })),
  };
  writer.fragment(
    JSON.stringify(data.map(([name], i) => [name, types[i]])),
    root,
    data.map(([, value]) => dataValue(value)),
  );
}

function dataValue(value: string | readonly string[] | number | null): Value {
  if (value === null) return { type: 0, bytes: Buffer.alloc(0) };
  if (typeof value === 'number') return number(BigInt(value), 8, 4);
  if (typeof value === 'string') return text(value);
  return { type: 0x81, bytes: Buffer.from(value.map((one) => `${one}\0`).join(''), 'utf16le') };
}

/** `S-1-5-AUTHORITY…` */
export function sid(...parts: readonly number[]): Buffer {
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(5, 2, 6);
  parts.forEach((part, i) => bytes.writeUInt32LE(part, 8 + 4 * i));
  return bytes;
}

/** A file with `perChunk` events in each chunk. */
export function evtxFile(events: readonly EvtxEvent[], perChunk = 20): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < events.length; at += perChunk) {
    const part = events.slice(at, at + perChunk);
    const writer = new ChunkWriter();
    for (const event of part) writer.record(event);
    chunks.push(writer.finish(part[0]?.id ?? 0n, part.at(-1)?.id ?? 0n));
  }
  const header = Buffer.alloc(4_096);
  header.write('ElfFile\0', 'latin1');
  header.writeBigUInt64LE(BigInt(Math.max(0, chunks.length - 1)), 16);
  header.writeBigUInt64LE((events.at(-1)?.id ?? 0n) + 1n, 24);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4_096, 40);
  header.writeUInt16LE(chunks.length, 42);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks]);
}
