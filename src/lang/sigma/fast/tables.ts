/** Numbers, texts and tables of numbers as one run of bytes, out of which the tables are read where they lie. */

/** A table of a program: read in place, so that a program out of a file costs no more than its bytes. */
export type Table = Int32Array | Uint16Array | Uint8Array | Float64Array;

const kinds = { i32: Int32Array, u16: Uint16Array, u8: Uint8Array, f64: Float64Array } as const;
type Kind = keyof typeof kinds;

/** In the place of a table: its kind, the byte at which it begins among all tables, its length. */
interface TableRef {
  /** A name that nothing else in a program has. */
  readonly $: readonly [kind: Kind, at: number, length: number];
}

/** Every table begins at a multiple of it, whatever its numbers. */
const alignment = 8;
const lengthBytes = 4;

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function isTable(value: unknown): value is Table {
  return ArrayBuffer.isView(value);
}

/** Each part of a list or an object in its place; anything else as it is. */
function mapped(value: unknown, of: (part: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(of);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, of(part)]));
}

function kindOf(table: Table): Kind {
  if (table instanceof Int32Array) return 'i32';
  if (table instanceof Uint16Array) return 'u16';
  return table instanceof Uint8Array ? 'u8' : 'f64';
}

/**
 * Length of the frame, the frame (all but the tables, as JSON), and the tables in the byte order of this machine.
 * `value`: what JSON can hold, and tables in it; its numbers are finite and its -0 come back as 0.
 */
export function packTables(value: unknown): Uint8Array {
  const tables: Table[] = [];
  let size = 0;
  const frameOf = (part: unknown): unknown => {
    if (isTable(part)) {
      const ref: TableRef = { $: [kindOf(part), size, part.length] };
      tables.push(part);
      size += aligned(part.byteLength);
      return ref;
    }
    return mapped(part, frameOf);
  };
  const frame = new TextEncoder().encode(JSON.stringify(frameOf(value)));
  const start = aligned(lengthBytes + frame.byteLength);
  const bytes = new Uint8Array(start + size);
  new DataView(bytes.buffer).setUint32(0, frame.byteLength, true);
  bytes.set(frame, lengthBytes);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of tables) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += aligned(byteLength);
  }
  return bytes;
}

/** What `packTables` was given, its tables in `bytes` itself (or in a copy, where these do not begin at a multiple of 8). */
export function unpackTables(bytes: Uint8Array): unknown {
  const isAligned = bytes.byteOffset % alignment === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : bytes.slice();
  const length = new DataView(buffer, byteOffset, byteLength).getUint32(0, true);
  const frame = new TextDecoder().decode(new Uint8Array(buffer, byteOffset + lengthBytes, length));
  const start = byteOffset + aligned(lengthBytes + length);
  const valueOf = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null || !('$' in part)) return mapped(part, valueOf);
    const [kind, at, count] = (part as TableRef).$;
    return new kinds[kind](buffer as ArrayBuffer, start + at, count);
  };
  return valueOf(JSON.parse(frame));
}
