/** The Linux audit system's records (auditd, audispd, auoms); several of them are one event. */
import type { ParsedEvent } from '../../model/event.ts';
import { defineParser, type TextParser } from '../define.ts';
import { auditEvent } from './lib/audit-event.ts';
import { auditHead, readAuditRecord } from './lib/audit-record.ts';
import { text } from './lib/fields.ts';

/** What joining and showing need besides the fields themselves. */
const own = { host: 'node', id: 'audit_id' } as const;

/** `a0`, `a1`, … of an EXECVE record, in order. */
function argumentsOf(fields: Readonly<Record<string, unknown>>): readonly string[] {
  const count = Number(fields['argc']);
  const args: string[] = [];
  for (let i = 0; i < Math.min(count, 1_000); i += 1) {
    const value = fields[`a${i}`];
    if (typeof value !== 'string') break;
    args.push(value);
  }
  return args;
}

/** One value, or each value once per record in the records' order. */
function append(native: Record<string, unknown>, name: string, value: unknown): void {
  const before = native[name];
  if (before === undefined) native[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else native[name] = [before, value];
}

/**
 * Fields that several records have become lists, in the order of the records: a rule for `type: PATH` and `name`
 * finds any of the event's paths. Fields that all records share (the id, the host) stay single.
 */
function join(records: readonly ParsedEvent[]): ParsedEvent {
  const [first] = records as readonly [ParsedEvent, ...ParsedEvent[]];
  const native: Record<string, unknown> = {};
  let args: readonly string[] = [];
  for (const record of records) {
    if (record.native['type'] === 'EXECVE') args = [...args, ...argumentsOf(record.native)];
    for (const [name, value] of Object.entries(record.native)) {
      if (name === own.host || name === own.id) native[name] = value;
      else append(native, name, value);
    }
  }
  // What single records said of a new process is said again by all of them together.
  for (const name of ['Image', 'CommandLine', 'CurrentDirectory', 'User', 'ProcessId', 'ParentProcessId'])
    delete native[name];
  const host = text(native, own.host) ?? '';
  return auditEvent({ time: first.time, id: text(native, own.id) ?? '', host, native }, args);
}

const parser: TextParser = defineParser({
  name: 'auditd',
  reads: 'text',
  // `computed` is left out: arguments, paths and names may stand there in hexadecimal digits.
  version: 1,
  summary: 'Linux audit records (auditd, audispd, auoms); the records of one event are joined',
  accepts: ({ message }) => auditHead.test(message),
  parse(line) {
    const record = readAuditRecord(line.message);
    if (record === null) return { kind: 'unparsed', reason: 'unknown_format' };
    const { type, id, time, fields } = record;
    const host = record.node || fields['node'] || line.host;
    const native: Record<string, unknown> = { ...fields, type, audit_id: id };
    if (host !== '') native['node'] = host;
    const args = type === 'EXECVE' ? argumentsOf(fields) : [];
    return auditEvent({ time, id, host, native, group: `${host} ${id}` }, args);
  },
  join,
});

export default parser;
