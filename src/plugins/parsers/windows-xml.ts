/** Windows events as XML: event log files, exported logs, XML from forwarders, Sysmon for Linux. */
import type { XmlElement } from '../../model/record.ts';
import { defineParser, type XmlParser } from '../define.ts';
import { windowsColumns } from './lib/windows-columns.ts';
import { readDump } from './lib/windows-dump.ts';
import { windowsEvent } from './lib/windows-event.ts';
import { windowsComputed } from './lib/windows-flat.ts';

/** An element as a dump of it to JSON would give it; attributes and elements that are empty are nothing. */
function toJson(element: XmlElement): unknown {
  const attributes = withValues(element.attributes);
  const parts: Record<string, unknown> = {};
  if (attributes !== null) parts['#attributes'] = attributes;
  for (const child of element.children) {
    if (child.name === '__proto__') continue;
    const value = toJson(child);
    const before = parts[child.name];
    if (before === undefined) parts[child.name] = value;
    else if (Array.isArray(before)) before.push(value);
    else parts[child.name] = [before, value];
  }
  if (element.children.length > 0) return parts;
  if (element.text === '') return attributes === null ? null : parts;
  if (attributes === null) return element.text;
  parts['#text'] = element.text;
  return parts;
}

/** Null when none has a value. */
function withValues(attributes: XmlElement['attributes']): Readonly<Record<string, string>> | null {
  let kept: Record<string, string> | null = null;
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value === undefined || value === '') continue;
    kept ??= {};
    kept[name] = value;
  }
  return kept;
}

const parser: XmlParser = defineParser({
  name: 'windows-xml',
  reads: 'xml',
  version: 1,
  computed: windowsComputed,
  columns: windowsColumns,
  summary: 'Windows event log records as XML: EVTX files, exported logs, forwarders, Sysmon for Linux',
  accepts: (xml) => xml.name === 'Event' && xml.children.some(({ name }) => name === 'System'),
  parse(xml) {
    const record = readDump({ Event: toJson(xml) });
    return record === null ? { kind: 'unparsed', reason: 'unknown_format' } : windowsEvent(record);
  },
});

export default parser;
