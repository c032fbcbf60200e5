/** Laurel's JSON of Linux audit events: all records of one event in one object. */
import type { ParsedEvent } from '../../model/event.ts';
import type { JsonRecord, TextLine } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { auditEvent } from './lib/audit-event.ts';
import { at, isObject, list, text } from './lib/fields.ts';

const id = /^(\d{1,12})\.(\d{3}):\d+$/;

/** Fields of the records by name, `type` the names of the records; the original stays beside them. */
function flatten(json: JsonRecord): Record<string, unknown> {
  const native: Record<string, unknown> = { ...json, type: [] as string[] };
  const types: string[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (!/^[A-Z][A-Z0-9_]+$/.test(name) || name === 'ID' || name === 'NODE') continue;
    const records = (Array.isArray(value) ? value : [value]).filter(isObject);
    for (const record of records) {
      types.push(name);
      for (const [field, inner] of Object.entries(record)) {
        // What a name stands for already (the record of that type, an earlier record's field) stays.
        if (
          field !== '__proto__' &&
          (typeof inner === 'string' || typeof inner === 'number') &&
          native[field] === undefined
        )
          native[field] = String(inner);
      }
    }
  }
  // Rules for auditd read the call's name, which auditd adds in capitals, under the name of its record's type.
  const call = text(json, 'SYSCALL', 'SYSCALL');
  return { ...native, ...(call === undefined ? {} : { SYSCALL: [json['SYSCALL'], call] }), type: types };
}

function argumentsOf(json: JsonRecord): readonly string[] {
  const args = list(json, 'EXECVE', 'ARGV');
  return args.map((one) => (typeof one === 'string' ? one : ''));
}

function read(json: JsonRecord, carrier: TextLine | null): ParsedEvent {
  const key = text(json, 'ID') ?? '';
  const [, seconds, ms] = id.exec(key) ?? [];
  const native = flatten(json);
  const host = text(json, 'NODE') ?? carrier?.host ?? '';
  const title = list(json, 'PROCTITLE', 'ARGV').filter((one) => typeof one === 'string');
  if (title.length > 0) native['proctitle'] = title.join(' ');
  return auditEvent({ time: Number(seconds) * 1000 + Number(ms), id: key, host, native }, argumentsOf(json));
}

const parser: JsonParser = defineParser({
  name: 'laurel',
  reads: 'json',
  version: 2,
  computed: { proctitle: 'any', CommandLine: 'any', User: ['root'] },
  summary: 'Linux audit events as Laurel writes them (JSON)',
  accepts: (json) => {
    const key = at(json, 'ID');
    return (
      typeof key === 'string' &&
      id.test(key) &&
      Object.values(json).some((value) => typeof value === 'object')
    );
  },
  parse: (json, _context, carrier) => read(json, carrier),
});

export default parser;
