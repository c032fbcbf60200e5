/** The shapes in which Zeek's records come, to one: Zeek's own field names, with the log's name beside them. */
import type { RecordContext } from '../../../model/batch.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { at, lookup, text } from './fields.ts';

export interface ZeekRecord {
  /** Name of the log: `conn`, `dns`. */
  readonly path: string;
  readonly fields: JsonRecord;
}

/** Zeek's logs, as their files are named. */
const filePaths = new Set(
  'analyzer bandwidth broker capture_loss cluster conn dce_rpc dhcp dnp3 dns dpd files ftp http intel irc kerberos known_certs known_hosts known_modbus known_services ldap ldap_search loaded_scripts modbus mqtt_connect mqtt_publish mqtt_subscribe mysql netcontrol notice notice_alarm ntlm ntp ocsp packet_filter pe postgresql quic radius rdp redis reporter rfb sip smb_files smb_mapping smtp snmp socks software ssh ssl stats syslog telemetry traceroute tunnel weird websocket x509'.split(
    ' ',
  ),
);

/** `conn.log`, `conn.2026-03-02-10-00-00.log`, `site-conn.log.gz` → `conn`. */
function pathOfFile(file: string | undefined): string | null {
  const name = /^(?:.{0,100}-)?([a-z0-9_]{2,20})(?:[.-][\d:.-]{1,40})?\.(?:log|json|ndjson)(?:\.gz)?$/.exec(
    file ?? '',
  )?.[1];
  return name !== undefined && filePaths.has(name) ? name : null;
}

/** Whether the record names the originator of a connection, in any of the shapes. */
function hasConnection(json: JsonRecord): boolean {
  return Object.hasOwn(json, 'id.orig_h') || at(json, 'id', 'orig_h') !== undefined;
}

/**
 * The name of the record's log; null when it is none of Zeek's. Zeek's JSON writer leaves the name out unless it
 * is told otherwise: the file's name has it then, or the fields show which log it is.
 */
export function pathOf(json: JsonRecord, context: Pick<RecordContext, 'file'>): string | null {
  if (!Object.hasOwn(json, 'ts')) return null;
  const named = text(json, '_path') ?? text(json, '@stream');
  if (named !== undefined) return named;
  const connected = Object.hasOwn(json, 'uid') && hasConnection(json);
  return connected ? (pathOfFile(context.file) ?? pathOfFields(json)) : zeekOnly(json, context);
}

/** Logs whose records need no connection, and so can be told by the name of their file alone. */
const unconnected = new Set(
  'broker capture_loss cluster dhcp files intel known_certs known_hosts known_modbus known_services loaded_scripts notice ocsp packet_filter pe reporter software stats telemetry weird x509'.split(
    ' ',
  ),
);

function zeekOnly(json: JsonRecord, context: Pick<RecordContext, 'file'>): string | null {
  const path = pathOfFile(context.file);
  // Loggers of programs write `ts`, too, always with a level.
  const named = path !== null && unconnected.has(path) && typeof json['ts'] === 'number';
  return named && !Object.hasOwn(json, 'level') ? path : pathWithoutConnection(json);
}

function pathWithoutConnection(json: JsonRecord): string | null {
  if (Object.hasOwn(json, 'fuid') && Object.hasOwn(json, 'seen_bytes')) return 'files';
  return Object.hasOwn(json, 'certificate.serial') ? 'x509' : null;
}

const marks: readonly (readonly [path: string, field: string])[] = [
  ['conn', 'conn_state'],
  ['dns', 'qtype_name'],
  ['dns', 'trans_id'],
  ['http', 'trans_depth'],
  ['ssl', 'ssl_history'],
  ['ssl', 'cipher'],
  ['notice', 'note'],
  ['dce_rpc', 'operation'],
  ['smb_mapping', 'share_type'],
  ['smb_files', 'action'],
  ['kerberos', 'request_type'],
  ['weird', 'notice'],
  ['ssh', 'kex_alg'],
];

function pathOfFields(json: JsonRecord): string {
  if (Object.hasOwn(json, 'mailfrom') || Object.hasOwn(json, 'helo')) return 'smtp';
  return marks.find(([, field]) => Object.hasOwn(json, field))?.[0] ?? 'unknown';
}

/** The records that some pipelines write with `_` for `.`: the name as Zeek has it. */
function dotted(name: string): string {
  const match = /^(id|certificate|basic_constraints|san|data_channel|version)_([a-z].*)$/.exec(name);
  return match === null ? name : `${match[1]}.${match[2]}`;
}

/** Sigma's rules for DNS and for Zeek's HTTP also use these names. */
const aliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dns: { answer: 'answers', record_type: 'qtype_name' },
  http: { 'c-uri': 'uri', 'c-useragent': 'user_agent' },
};

export function zeekRecord(json: JsonRecord, path: string): ZeekRecord {
  const wanted = Object.entries(lookup(aliases, path) ?? {}).filter(
    ([alias, name]) => Object.hasOwn(json, name) && !Object.hasOwn(json, alias),
  );
  const flattened = Object.hasOwn(json, '@stream');
  if (wanted.length === 0 && !flattened) return { path, fields: json };
  const own = flattened
    ? Object.fromEntries(Object.entries(json).map(([name, value]) => [dotted(name), value]))
    : json;
  return {
    path,
    fields: { ...own, ...Object.fromEntries(wanted.map(([alias, name]) => [alias, json[name]])) },
  };
}
