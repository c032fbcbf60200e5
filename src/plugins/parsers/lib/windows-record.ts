/** What the readers of the three shapes of Windows records share: finding the shape, and filling the flat map. */
import type { Instant } from '../../../base/clock.ts';
import { readTimestamp, type Timestamp } from './timestamp.ts';

export type Json = Readonly<Record<string, unknown>>;
export type Native = Record<string, unknown>;

export interface WindowsRecord {
  readonly native: Native;
  readonly time: Instant | null;
}

/** `dump`: System and EventData apart; `beat`: Winlogbeat and ECS; `flat`: as NXLog, Logstash and others ship. */
export type Shape = 'dump' | 'beat' | 'flat';

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own property only: a record may lack the field while every object has `constructor`. */
export function own(record: Json, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

const maxEventId = 0xffff_ffff;

/** Event id as an integer from a number, its digits, or an element with a Qualifiers attribute. */
export function readEventId(value: unknown): number | null {
  if (isObject(value)) return readEventId(own(value, '#text'));
  const id = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= maxEventId ? id : null;
}

const originFields = ['Channel', 'Provider_Name', 'SourceName', 'ProviderName', 'EventSourceName', 'LogName'];

/** All look-ups go through `own`: on objects of ever new shapes it is several times faster than `record.name`. */
export function shapeOf(record: Json): Shape | null {
  const event = own(record, 'Event');
  if (isObject(event) && isObject(own(event, 'System'))) return 'dump';
  const system = own(record, 'System');
  if (isObject(system) && own(system, 'EventID') !== undefined) return 'dump';
  if (isObject(own(record, 'winlog')) || Object.hasOwn(record, 'winlog.event_id')) return 'beat';
  // Winlogbeat before version 7.
  if (isObject(own(record, 'event_data')) && readEventId(own(record, 'event_id')) !== null) return 'beat';
  if (readEventId(own(record, 'EventID')) === null) return null;
  return originFields.some((name) => typeof own(record, name) === 'string') ? 'flat' : null;
}

/** Fields that stand beside `event` in a Splunk HEC envelope. */
const hecFields = ['sourcetype', 'index', 'source', 'time', 'host'];

/**
 * The record inside of an envelope that is evident: an Elasticsearch hit (`_source`) or a Splunk HEC event.
 * The record itself when it needs no unwrapping.
 */
export function unwrap(record: Json): Json {
  const hit = own(record, '_source');
  if (isObject(hit)) return hit;
  const inner = own(record, 'event');
  if (isObject(inner) && shapeOf(inner) !== null && hecFields.some((name) => Object.hasOwn(record, name)))
    return inner;
  return record;
}

/** Names by which rules are routed and events are told apart: no EventData field may take their place. */
const identity = new Set(['EventID', 'Channel', 'Provider_Name', 'Computer', 'EventRecordID', 'TimeCreated']);

/**
 * Sets a field of EventData or UserData: blanks go from its name (`Threat Name` → `ThreatName`), the value stays
 * as given. One that has the name of an identifying System field is kept as `EventData_NAME` (UserData of
 * System 104 says which `Channel` was cleared).
 */
export function putData(native: Native, name: string, value: unknown): void {
  const plain = name.includes(' ') ? name.replaceAll(' ', '') : name;
  // As a key, `__proto__` would set the map's prototype instead of a field.
  if (plain === '__proto__') return;
  native[identity.has(plain) ? `EventData_${plain}` : plain] = value;
}

/** Sets a System field unless there is nothing to set. */
export function putSystem(native: Native, name: string, value: unknown): void {
  if (value !== undefined && value !== null && name !== '__proto__') native[name] = value;
}

/**
 * Keywords as hexadecimal text, as the event XML writes them and as rules ask for them; a shipper may send the
 * 64 bits as a signed number. Anything else stays.
 */
export function readKeywords(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value)) return value;
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** Picks the instant: the first field of `names` that says its zone, else the first one at all (read as UTC). */
export function pickTime(record: Json, names: readonly string[]): Timestamp | null {
  let zoneless: Timestamp | null = null;
  for (const name of names) {
    const value = own(record, name);
    const timestamp = value === undefined || value === null ? null : readTimestamp(value);
    if (timestamp === null) continue;
    // Sysmon's UtcTime has no zone because its name says it.
    if (timestamp.zoned || name === 'UtcTime') return { at: timestamp.at, zoned: timestamp.zoned };
    zoneless ??= timestamp;
  }
  return zoneless;
}
