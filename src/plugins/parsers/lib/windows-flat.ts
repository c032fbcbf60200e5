/** Reads flat records, where a shipper's own fields and EventData lie side by side. */

import { readTimestamp } from './timestamp.ts';
import { readDataText } from './windows-data-text.ts';
import { putEventData, putUserData } from './windows-dump.ts';
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

interface Alias {
  readonly name: string;
  /** What shippers call it, the most trusted first. */
  readonly from: readonly string[];
}

/**
 * System fields ← the names of shippers. `host` comes last: behind a collector it is the collector.
 */
const aliases: readonly Alias[] = [
  { name: 'Channel', from: ['LogName'] },
  { name: 'Provider_Name', from: ['SourceName', 'EventSourceName', 'ProviderName', 'Provider'] },
  { name: 'Provider_Guid', from: ['ProviderGuid'] },
  { name: 'Computer', from: ['Hostname', 'HostName', 'ComputerName', 'MachineName', 'host'] },
  { name: 'EventRecordID', from: ['RecordNumber', 'EventRecordId'] },
  { name: 'Level', from: ['EventLevel'] },
  { name: 'Execution_ProcessID', from: ['ExecutionProcessID'] },
  { name: 'Execution_ThreadID', from: ['ExecutionThreadID'] },
  { name: 'Security_UserID', from: ['UserID'] },
  { name: 'Message', from: ['message'] },
];

/**
 * Names that are nothing but another word for the System field: they go when they were taken. The other ones
 * are also names of EventData fields (`ProviderName` of Security 5447, `ComputerName` of NTLM events) and stay.
 */
const shipperOnly = new Set([
  'Hostname',
  'SourceName',
  'EventSourceName',
  'ProviderGuid',
  'RecordNumber',
  'ExecutionProcessID',
  'ExecutionThreadID',
  'message',
]);

/** NXLog's severities ← Windows' levels. */
const levelOfSeverity: Readonly<Record<number, number>> = { 1: 5, 2: 4, 3: 3, 4: 2, 5: 1 };

/** What NXLog puts into `EventType`, over the EventType that Sysmon gave. */
const nxlogEventTypes = new Set([
  'INFO',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'VERBOSE',
  'AUDIT_SUCCESS',
  'AUDIT_FAILURE',
]);
/** Sysmon events of which the id alone tells the EventType. */
const sysmonEventTypes: Readonly<Record<number, string>> = {
  13: 'SetValue',
  14: 'RenameKey',
  17: 'CreatePipe',
  18: 'ConnectPipe',
};
/** What of the fields is computed (`Parser.computed`): all but these words are numerals and dates. */
export const windowsComputed = {
  EventID: [],
  TimeCreated: [],
  Level: [],
  Keywords: [],
  EventType: Object.values(sysmonEventTypes),
} as const;
const hasEventType = new Set([12, 13, 14, 17, 18, 19, 20, 21]);

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** Fills the System fields that are missing from what the shipper calls them; answers the names that became redundant. */
function takeAliases(native: Native): string[] {
  const taken: string[] = [];
  for (const { name, from } of aliases) {
    const given = own(native, name);
    if (given !== undefined && given !== null) continue;
    for (const candidate of from) {
      const value = own(native, candidate);
      if (!isScalar(value)) continue;
      native[name] = value;
      if (shipperOnly.has(candidate)) taken.push(candidate);
      break;
    }
  }
  return taken;
}

/** EventData that came apart from the System fields, or as text: it is merged last, so that it wins. */
const dataFields = new Set(['EventData', 'ExtraEventData', 'UserData']);

/** Names that hold EventData or have blanks; null in the usual case that there are none. */
function apartNames(record: Json): string[] | null {
  let names: string[] | null = null;
  for (const name in record) {
    if (dataFields.has(name) || name.includes(' ') || name === '__proto__') names = [...(names ?? []), name];
  }
  return names;
}

function without(native: Native, names: readonly string[]): Native {
  // `delete` would turn the map into a slow one; rules read it hundreds of times.
  return Object.fromEntries(Object.entries(native).filter(([name]) => !names.includes(name)));
}

function mergeData(native: Native, record: Json, names: readonly string[]): void {
  for (const name of names) {
    const value = own(record, name);
    const data = typeof value === 'string' && dataFields.has(name) ? readDataText(value) : value;
    if (!dataFields.has(name)) putData(native, name, value);
    else if (isObject(data)) (name === 'UserData' ? putUserData : putEventData)(native, data);
    else native[name] = value;
  }
}

/** Puts right what NXLog's own fields hide or leave out. */
function mendNxlog(native: Native, eventId: number): Native {
  if (own(native, 'Level') === undefined) {
    putSystem(native, 'Level', levelOfSeverity[Number(own(native, 'SeverityValue'))]);
  }
  if (own(native, 'Execution_ThreadID') === undefined)
    putSystem(native, 'Execution_ThreadID', own(native, 'ThreadID'));
  const isSysmon = own(native, 'Provider_Name') === 'Microsoft-Windows-Sysmon' && hasEventType.has(eventId);
  if (!isSysmon || !nxlogEventTypes.has(String(own(native, 'EventType')))) return native;
  const message = own(native, 'Message');
  const said = typeof message === 'string' ? /^EventType: (\w+)/m.exec(message)?.[1] : undefined;
  const eventType = said ?? sysmonEventTypes[eventId];
  if (eventType === undefined) return without(native, ['EventType']);
  native['EventType'] = eventType;
  return native;
}

/**
 * The instant, by trust: the event's own time; Sysmon's UtcTime; then what the shippers noted. NXLog's EventTime
 * is local time without a zone, so a zoned one of a few seconds later (`@timestamp`) is preferred to it.
 */
const timeFields = [
  'TimeCreated',
  'SystemTime',
  'UtcTime',
  'TimeGenerated',
  'EventTime',
  '@timestamp',
  'EventReceivedTime',
];

export function readFlat(record: Json): WindowsRecord | null {
  const eventId = readEventId(own(record, 'EventID'));
  if (eventId === null) return null;
  // A copy made at once is several times cheaper than one field after the other.
  let native: Native = { ...record };
  native['EventID'] = eventId;
  const taken = takeAliases(native);
  const apart = apartNames(record);
  if (taken.length > 0 || apart !== null) native = without(native, [...taken, ...(apart ?? [])]);
  if (apart !== null) mergeData(native, record, apart);
  const keywords = own(native, 'Keywords');
  if (typeof keywords === 'number') native['Keywords'] = readKeywords(keywords);
  if (typeof own(native, 'SourceModuleType') === 'string') native = mendNxlog(native, eventId);
  const time = pickTime(native, timeFields);
  const created = own(native, 'TimeCreated');
  if (time !== null && (typeof created !== 'string' || readTimestamp(created)?.zoned !== true)) {
    native['TimeCreated'] = new Date(time.at).toISOString();
  }
  return { native, time: time?.at ?? null };
}
