/** Reads the nested shape of an EVTX dump: `Event.System`, `Event.EventData` or `Event.UserData`. */
import { readTimestamp } from './timestamp.ts';
import {
  isObject,
  type Json,
  type Native,
  own,
  pickTime,
  putData,
  putSystem,
  readEventId,
  readKeywords,
  type WindowsRecord,
} from './windows-record.ts';

/** Deepest nesting of UserData that is looked into; real ones have two levels. */
const maxDepth = 8;

/** An element's attributes, in the ways that converters from XML write them. */
function attributesOf(parent: Json, name: string): Json {
  const apart = own(parent, `${name}_attributes`);
  if (isObject(apart)) return apart;
  const element = own(parent, name);
  if (!isObject(element)) return {};
  const attributes = own(element, '#attributes');
  return isObject(attributes) ? attributes : element;
}

function putSystemElement(native: Native, system: Json, name: string): void {
  const value = system[name];
  if (isObject(value)) putSystem(native, name, own(value, '#text'));
  else if (!Array.isArray(value)) putSystem(native, name, name === 'Keywords' ? readKeywords(value) : value);
  for (const [attribute, part] of Object.entries(attributesOf(system, name))) {
    if (!attribute.startsWith('#') && !isObject(part)) putSystem(native, `${name}_${attribute}`, part);
  }
}

/** Text of an element: itself, or its `#text` when it has attributes; an object with elements in it stays. */
function elementText(value: unknown): unknown {
  if (!isObject(value)) return value;
  const content = own(value, '#text');
  if (content !== undefined) return content ?? '';
  const isEmptyElement = Object.hasOwn(value, '#attributes') && Object.keys(value).length === 1;
  return isEmptyElement ? '' : value;
}

/** `Data` elements: named ones become fields of their names, unnamed ones stay together as `Data`. */
function putDataElements(native: Native, data: unknown): void {
  const unnamed: unknown[] = [];
  for (const element of Array.isArray(data) ? data : [data]) {
    const name = isObject(element) ? own(attributesOf({ element }, 'element'), 'Name') : undefined;
    const text = elementText(element);
    if (typeof name === 'string') putData(native, name, text);
    else if (Array.isArray(text)) unnamed.push(...text);
    else unnamed.push(text);
  }
  if (unnamed.length > 0) native['Data'] = unnamed.length === 1 ? unnamed[0] : unnamed;
}

/** The fields of an EventData element, or of an object that stands for one. */
export function putEventData(native: Native, data: Json): void {
  for (const [name, value] of Object.entries(data)) {
    if (name === '#attributes') continue;
    if (name === 'Data' && typeof value === 'object' && value !== null) putDataElements(native, value);
    else putData(native, name, elementText(value));
  }
}

/** UserData holds one element of the provider's own making: its leaves are the fields. */
export function putUserData(native: Native, data: Json, depth = 0): void {
  for (const [name, value] of Object.entries(data)) {
    if (name.startsWith('#') || name === 'xmlns' || name === 'xml_name') continue;
    const text = elementText(value);
    if (!isObject(text)) putData(native, name, text);
    else if (depth < maxDepth) putUserData(native, text, depth + 1);
  }
}

export function readDump(record: Json): WindowsRecord | null {
  const wrapped = own(record, 'Event');
  const event = isObject(wrapped) ? wrapped : record;
  const system = own(event, 'System');
  if (!isObject(system)) return null;
  const eventId = readEventId(own(system, 'EventID'));
  if (eventId === null) return null;
  const native: Native = { EventID: eventId };
  for (const name of Object.keys(system)) {
    if (name !== 'EventID' && name !== 'TimeCreated' && !name.endsWith('_attributes')) {
      putSystemElement(native, system, name);
    }
  }
  for (const name of ['Provider', 'Execution', 'Security', 'Correlation']) {
    if (!Object.hasOwn(system, name)) putSystemElement(native, system, name);
  }
  // SystemTime is UTC by definition, also where a converter cut the `Z` off.
  const created = own(attributesOf(system, 'TimeCreated'), 'SystemTime') ?? own(system, 'TimeCreated');
  putSystem(native, 'TimeCreated', isObject(created) ? undefined : created);
  const rendered = own(event, 'RenderingInfo');
  if (isObject(rendered)) putSystem(native, 'Message', own(rendered, 'Message'));
  const eventData = own(event, 'EventData');
  if (isObject(eventData)) putEventData(native, eventData);
  const userData = own(event, 'UserData');
  if (isObject(userData)) putUserData(native, userData);
  const time = readTimestamp(created) ?? pickTime(native, ['UtcTime']) ?? pickTime(record, ['@timestamp']);
  return { native, time: time?.at ?? null };
}
