/** Windows events as XML: event log files, exported logs, XML from forwarders, Sysmon for Linux. */
import type { XmlElement } from '../../model/record.ts';
import { defineParser, type XmlParser } from '../define.ts';
import { readDump } from './lib/windows-dump.ts';
import { windowsEvent } from './lib/windows-event.ts';
import { windowsComputed } from './lib/windows-flat.ts';

/** An element as a dump of it to JSON would give it; attributes and elements that are empty are nothing. */
function toJson(element: XmlElement): unknown {
  const attributes = Object.entries(element.attributes).filter(([, value]) => value !== '');
  const parts: Record<string, unknown> = {};
  if (attributes.length > 0) parts['#attributes'] = Object.fromEntries(attributes);
  for (const child of element.children) {
    if (child.name === '__proto__') continue;
    const value = toJson(child);
    const before = parts[child.name];
    if (before === undefined) parts[child.name] = value;
    else if (Array.isArray(before)) before.push(value);
    else parts[child.name] = [before, value];
  }
  if (element.children.length > 0) return parts;
  if (element.text === '') return attributes.length > 0 ? parts : null;
  return attributes.length > 0 ? { ...parts, '#text': element.text } : element.text;
}

const parser: XmlParser = defineParser({
  name: 'windows-xml',
  reads: 'xml',
  version: 1,
  computed: windowsComputed,
  summary: 'Windows event log records as XML: EVTX files, exported logs, forwarders, Sysmon for Linux',
  accepts: (xml) => xml.name === 'Event' && xml.children.some(({ name }) => name === 'System'),
  parse(xml) {
    const record = readDump({ Event: toJson(xml) });
    return record === null ? { kind: 'unparsed', reason: 'unknown_format' } : windowsEvent(record);
  },
});

export default parser;
