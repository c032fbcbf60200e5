/**
 * What a shipper's JSON object carries: a line of text or another object, with facts about it. Filebeat, Vector,
 * Fluent Bit, journald, rsyslog's and syslog-ng's JSON, Splunk's HTTP events, Sentinel's Syslog table.
 */
import type { Instant } from '../../base/clock.ts';
import type { JsonRecord, TextLine } from '../../model/record.ts';
import { facilityNames, severityNames } from '../../model/syslog.ts';
import { certainTag, type Hints, programOf, readLine } from './syslog.ts';

const textFields = ['message', 'MESSAGE', 'SyslogMessage', 'log', 'event', '_raw'];
const objectFields = ['_source', 'event'];
const hostFields = ['host', 'hostname', '_HOSTNAME', 'HostName', 'Computer', 'HOST'];
const appFields = [
  'appname',
  'programname',
  'ident',
  'SYSLOG_IDENTIFIER',
  'ProcessName',
  'app-name',
  'PROGRAM',
];
const pidFields = ['procid', 'pid', '_PID', 'ProcessID', 'proc-id', 'PID'];
const timeFields = ['timestamp', '@timestamp', 'EventTime', 'TimeGenerated', 'time', 'date', 'ISODATE'];
/** Other words for a severity than the daemons' own. */
const severityWords: Readonly<Record<string, string>> = {
  emergency: 'emerg',
  panic: 'emerg',
  critical: 'crit',
  error: 'err',
  warn: 'warning',
  informational: 'info',
};

/** The object inside of an envelope that is evident (an Elasticsearch hit, a Splunk HTTP event); null when none is. */
export function carriedObject(json: JsonRecord): JsonRecord | null {
  for (const name of objectFields) {
    const inner = own(json, name);
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return inner as JsonRecord;
  }
  return null;
}

/** The line that the object carries, its envelope taken off, with the object's facts where the line has none. */
export function carriedLine(json: JsonRecord, context: Hints): TextLine | null {
  const text = first(json, textFields) ?? string(own(object(own(json, 'event')), 'original'));
  if (text === undefined || text === '') return null;
  const line = readLine(text, context);
  const hostName = first(json, hostFields) ?? string(own(object(own(json, 'host')), 'name')) ?? '';
  if (line.envelope !== 'none') return line.host === '' ? { ...line, host: hostName } : line;
  const app = first(json, appFields) ?? '';
  const tagged = app === '' ? certainTag(line.message) : null;
  const time = journalTime(json) ?? isoTime(json);
  return {
    ...line,
    envelope: 'carrier',
    facility: line.facility ?? facilityOf(json),
    severity: line.severity ?? severityOf(json),
    time: time?.at ?? null,
    timeText: time?.text ?? '',
    host: hostName || line.host,
    ...(tagged ?? { app, program: programOf(app), pid: first(json, pidFields) ?? '' }),
  };
}

function own(json: JsonRecord | undefined, name: string): unknown {
  return json !== undefined && Object.hasOwn(json, name) ? json[name] : undefined;
}

function object(value: unknown): JsonRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The first of the fields that is a text or a number, as text. */
function first(json: JsonRecord, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = own(json, name);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

function number(value: unknown): number | null {
  const read = typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;
  return typeof read === 'number' && Number.isInteger(read) && read >= 0 && read <= 191 ? read : null;
}

function facilityOf(json: JsonRecord): number | null {
  const index = facilityNames.indexOf((first(json, ['FACILITY', 'facility']) ?? '').toLowerCase());
  return index === -1 ? number(own(json, 'SYSLOG_FACILITY')) : index;
}

function severityOf(json: JsonRecord): number | null {
  const word = (first(json, ['severity', 'SeverityLevel', 'level', 'PRIORITY']) ?? '').toLowerCase();
  const index = severityNames.indexOf(severityWords[word] ?? word);
  const level = index === -1 ? number(own(json, 'PRIORITY')) : index;
  return level === null || level > 7 ? null : level;
}

interface Carried {
  readonly at: Instant;
  readonly text: string;
}

/** Microseconds since 1970, as journald writes them. */
function journalTime(json: JsonRecord): Carried | null {
  const text = first(json, ['__REALTIME_TIMESTAMP', '_SOURCE_REALTIME_TIMESTAMP']);
  if (text === undefined || !/^\d{15,17}$/.test(text)) return null;
  return { at: Math.trunc(Number(text) / 1000), text };
}

function isoTime(json: JsonRecord): Carried | null {
  for (const name of timeFields) {
    const value = own(json, name);
    const at =
      typeof value === 'number' && value > 1e8 && value < 1e11
        ? Math.trunc(value * 1000)
        : typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(value)
          ? Date.parse(value)
          : Number.NaN;
    if (!Number.isNaN(at)) return { at, text: String(value) };
  }
  return null;
}
