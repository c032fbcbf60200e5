/** Reads what Winlogbeat sends: `winlog.*` beside ECS fields, nested or with dotted names. */

import { readTimestamp } from './timestamp.ts';
import { putEventData, putUserData } from './windows-dump.ts';
import {
  isObject,
  type Json,
  type Native,
  own,
  pickTime,
  putSystem,
  readEventId,
  readKeywords,
  type WindowsRecord,
} from './windows-record.ts';

/** A field by its dotted name, however the names are nested: `a.b.c`, `{a: {b: {c}}}` or `{a: {'b.c'}}`. */
function lookUp(record: Json, path: string): unknown {
  const direct = own(record, path);
  if (direct !== undefined) return direct;
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const inner = own(record, path.slice(0, dot));
    const found = isObject(inner) ? lookUp(inner, path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All fields under a dotted prefix as one object. */
function under(record: Json, prefix: string): Json {
  const nested = lookUp(record, prefix);
  if (isObject(nested)) return nested;
  const found: Native = {};
  for (const [name, value] of Object.entries(record)) {
    const rest = name.startsWith(`${prefix}.`) ? name.slice(prefix.length + 1) : '__proto__';
    if (rest !== '__proto__') found[rest] = value;
  }
  return found;
}

function first(record: Json, paths: readonly string[]): unknown {
  for (const path of paths) {
    const value = lookUp(record, path);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** Canonical name ← where Winlogbeat has it: version 7 and later, then what came before. */
const systemFields: readonly (readonly [string, readonly string[]])[] = [
  ['Channel', ['winlog.channel', 'log_name']],
  ['Provider_Name', ['winlog.provider_name', 'source_name', 'event.provider']],
  ['Provider_Guid', ['winlog.provider_guid', 'provider_guid']],
  ['Computer', ['winlog.computer_name', 'computer_name', 'host.name', 'host.hostname']],
  ['EventRecordID', ['winlog.record_id', 'record_number']],
  ['Task', ['winlog.task', 'task']],
  ['Opcode', ['winlog.opcode', 'opcode']],
  ['Version', ['winlog.version']],
  ['Execution_ProcessID', ['winlog.process.pid', 'process_id']],
  ['Execution_ThreadID', ['winlog.process.thread.id', 'thread_id']],
  ['Security_UserID', ['winlog.user.identifier', 'user.identifier']],
  ['Correlation_ActivityID', ['winlog.activity_id', 'activity_id']],
];

/** Windows' numbers of the level names that Winlogbeat writes. */
const levels: Readonly<Record<string, number>> = {
  critical: 1,
  error: 2,
  warning: 3,
  information: 4,
  verbose: 5,
};

/**
 * Winlogbeat's Sysmon module moves EventData into ECS fields. Rules ask for Sysmon's names, so they are
 * brought back where EventData lacks them.
 */
const sysmonFromEcs: readonly (readonly [string, string])[] = [
  ['Image', 'process.executable'],
  ['CommandLine', 'process.command_line'],
  ['CurrentDirectory', 'process.working_directory'],
  ['ProcessGuid', 'process.entity_id'],
  ['ProcessId', 'process.pid'],
  ['ParentImage', 'process.parent.executable'],
  ['ParentCommandLine', 'process.parent.command_line'],
  ['ParentProcessGuid', 'process.parent.entity_id'],
  ['ParentProcessId', 'process.parent.pid'],
  ['OriginalFileName', 'process.pe.original_file_name'],
  ['TargetObject', 'registry.path'],
  ['TargetFilename', 'file.path'],
  ['QueryName', 'dns.question.name'],
  ['SourceIp', 'source.ip'],
  ['SourcePort', 'source.port'],
  ['DestinationIp', 'destination.ip'],
  ['DestinationPort', 'destination.port'],
];

function putOtherFields(native: Native, record: Json): void {
  for (const [name, value] of Object.entries(record)) {
    if (name === 'winlog' || name.startsWith('winlog.') || name === 'event_data' || name === 'event_id')
      continue;
    putSystem(native, name === 'message' ? 'Message' : name, value);
  }
}

/** Level as Windows' number; a name it does not know stays as it is. */
function levelOf(record: Json): unknown {
  const level = first(record, ['winlog.level', 'log.level', 'level']);
  return typeof level === 'string' ? (levels[level.toLowerCase()] ?? level) : level;
}

export function readBeat(record: Json): WindowsRecord | null {
  const eventId = readEventId(first(record, ['winlog.event_id', 'event_id', 'event.code']));
  if (eventId === null) return null;
  const native: Native = { EventID: eventId };
  putOtherFields(native, record);
  // A top-level field of this name would not be Windows'.
  native['EventID'] = eventId;
  for (const [name, paths] of systemFields) putSystem(native, name, first(record, paths));
  putSystem(native, 'Level', levelOf(record));
  putSystem(native, 'Keywords', readKeywords(first(record, ['winlog.keywords', 'keywords'])));
  const eventData = under(
    record,
    lookUp(record, 'event_data') === undefined ? 'winlog.event_data' : 'event_data',
  );
  putEventData(native, eventData);
  putUserData(native, under(record, 'winlog.user_data'));
  if (native['Provider_Name'] === 'Microsoft-Windows-Sysmon') {
    for (const [name, path] of sysmonFromEcs) {
      if (native[name] === undefined) putSystem(native, name, lookUp(record, path));
    }
  }
  const timestamp = lookUp(record, '@timestamp');
  const time =
    readTimestamp(timestamp) ??
    pickTime(native, ['UtcTime']) ??
    readTimestamp(lookUp(record, 'event.created'));
  if (typeof timestamp === 'string') native['TimeCreated'] = timestamp;
  else if (time !== null) native['TimeCreated'] = new Date(time.at).toISOString();
  return { native, time: time?.at ?? null };
}
