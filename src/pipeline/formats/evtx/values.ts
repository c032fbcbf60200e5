/** Typed values of binary XML as Windows prints them ([MS-EVEN6], section 2.2.12 and 3.1.4.7.5). */
import { EvtxFault } from './reader.ts';

export const binXmlType = 0x21;
const arrayFlag = 0x80;
const filetimeEpochMs = 11_644_473_600_000n;
const sizes: Readonly<Record<number, number>> = {
  3: 1,
  4: 1,
  5: 2,
  6: 2,
  7: 4,
  8: 4,
  9: 8,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  15: 16,
  17: 8,
  18: 16,
  20: 4,
  21: 8,
};

/** The items of an array; null when the type is none. */
export function readArray(type: number, bytes: Buffer): readonly string[] | null {
  if ((type & arrayFlag) === 0) return null;
  const inner = type & ~arrayFlag;
  if (inner === 1 || inner === 2) {
    const text = bytes.toString(inner === 1 ? 'utf16le' : 'latin1');
    return text.replace(/\0$/, '').split('\0');
  }
  const size = sizes[inner];
  if (size === undefined) return [hex(bytes)];
  const items: string[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    items.push(readValue(inner, bytes.subarray(at, at + size)));
  }
  return items;
}

/** One value. Throws EvtxFault when the bytes are too few for the type. */
export function readValue(type: number, bytes: Buffer): string {
  const needed = sizes[type];
  if (needed !== undefined && bytes.length < needed) throw new EvtxFault(`a value of type ${type} is cut`);
  switch (type) {
    case 0x00:
      return '';
    case 0x01:
      return bytes.toString('utf16le').replace(/\0+$/, '');
    case 0x02:
      return bytes.toString('latin1').replace(/\0+$/, '');
    case 0x03:
      return String(bytes.readInt8());
    case 0x04:
      return String(bytes.readUInt8());
    case 0x05:
      return String(bytes.readInt16LE());
    case 0x06:
      return String(bytes.readUInt16LE());
    case 0x07:
      return String(bytes.readInt32LE());
    case 0x08:
      return String(bytes.readUInt32LE());
    case 0x09:
      return String(bytes.readBigInt64LE());
    case 0x0a:
      return String(bytes.readBigUInt64LE());
    case 0x0b:
      return String(bytes.readFloatLE());
    case 0x0c:
      return String(bytes.readDoubleLE());
    case 0x0d:
      return bytes.readUInt32LE() === 0 ? 'false' : 'true';
    case 0x0f:
      return guid(bytes);
    case 0x10:
    case 0x14:
    case 0x15:
      return `0x${unsigned(bytes).toString(16)}`;
    case 0x11:
      return filetime(bytes.readBigUInt64LE());
    case 0x12:
      return systemTime(bytes);
    case 0x13:
      return sid(bytes);
    default:
      return hex(bytes);
  }
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase();
}

function unsigned(bytes: Buffer): bigint {
  if (bytes.length >= 8) return bytes.readBigUInt64LE();
  if (bytes.length >= 4) return BigInt(bytes.readUInt32LE());
  throw new EvtxFault('a number is cut');
}

function guid(bytes: Buffer): string {
  const head = [bytes.readUInt32LE(0).toString(16).padStart(8, '0')];
  for (const at of [4, 6]) head.push(bytes.readUInt16LE(at).toString(16).padStart(4, '0'));
  return `{${head.join('-')}-${bytes.toString('hex', 8, 10)}-${bytes.toString('hex', 10, 16)}}`;
}

/** 100 ns since 1601 as ISO 8601 with seven digits. */
export function filetime(ticks: bigint): string {
  const ms = Number(ticks / 10_000n - filetimeEpochMs);
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) throw new EvtxFault('a time is out of range');
  const rest = String(ticks % 10_000n).padStart(4, '0');
  return `${date.toISOString().slice(0, -1)}${rest}Z`;
}

function systemTime(bytes: Buffer): string {
  const part = (index: number): number => bytes.readUInt16LE(index * 2);
  const at = Date.UTC(part(0), part(1) - 1, part(3), part(4), part(5), part(6), part(7));
  if (Number.isNaN(at)) throw new EvtxFault('a time is out of range');
  return new Date(at).toISOString();
}

function sid(bytes: Buffer): string {
  const count = bytes.length < 8 ? Number.NaN : bytes.readUInt8(1);
  if (!(bytes.length >= 8 + 4 * count)) throw new EvtxFault('a security identifier is cut');
  const parts = [bytes.readUInt8(0), bytes.readUIntBE(2, 6)];
  for (let i = 0; i < count; i += 1) parts.push(bytes.readUInt32LE(8 + 4 * i));
  return `S-${parts.join('-')}`;
}
