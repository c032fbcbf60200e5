/** An outcome as a row of the events table: the columns that hunts filter on, and raw. */
import { type Instant, toIso } from '../base/clock.ts';
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { ParsedEvent } from '../model/event.ts';
import type { EventId } from '../model/ids.ts';
import type { EventRow } from '../store/events.ts';
import type { RecordOutcome } from './parse.ts';

/** Where a row stands. */
export interface Place {
  readonly context: RecordContext;
  readonly receivedAt: Instant;
  readonly seq: number;
  readonly idx: number;
  readonly eventId: EventId;
}

/** Which event times are believed. */
export interface TimeRange {
  readonly earliest: Instant;
  readonly futureLimitMs: number;
}

export interface EventTime {
  readonly at: Instant;
  readonly origin: EventRow['time_origin'];
}

/** The event's own time where it is believable, else the time of receipt (ADR 3). */
export function eventTime(own: Instant | null, receivedAt: Instant, range: TimeRange): EventTime {
  if (own === null || Number.isNaN(own)) return { at: receivedAt, origin: 'received' };
  const believable = own >= range.earliest && own <= receivedAt + range.futureLimitMs;
  return believable ? { at: own, origin: 'event' } : { at: receivedAt, origin: 'out_of_range' };
}

/** Raw bytes as text: UTF-8, or latin1 (one code point per byte) where they are not. */
export function rawText(
  bytes: Uint8Array,
  flaw: UnparsedReason | undefined,
): Pick<EventRow, 'raw' | 'raw_encoding'> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A record that was cut at its limit may end inside a character.
  const utf8 = flaw === undefined || (flaw !== 'invalid_utf8' && flaw !== 'record_too_long');
  return utf8
    ? { raw: view.toString('utf8'), raw_encoding: 'utf8' }
    : { raw: view.toString('latin1'), raw_encoding: 'latin1' };
}

/** The raw bytes of a stored row again. */
export function rawBytes(raw: string, encoding: EventRow['raw_encoding']): Buffer {
  return Buffer.from(raw, encoding);
}

export interface EventColumns {
  readonly host: string;
  readonly user: string;
  readonly src_ip: string;
  readonly dst_ip: string;
  readonly dst_port: number;
  readonly process: string;
  readonly command_line: string;
  readonly parent_process: string;
  readonly file: string;
}

type Part = Readonly<Record<string, unknown>> | undefined;

/** Columns from the OCSF view; the attribute of each stands beside it in EventRow. */
export function columnsOf(event: ParsedEvent): EventColumns {
  const ocsf = withEvidence(event.ocsf);
  const actor = part(ocsf, 'actor');
  const process = part(ocsf, 'process') ?? part(actor, 'process');
  const parent =
    part(process, 'parent_process') ??
    (part(ocsf, 'process') === undefined ? undefined : part(actor, 'process'));
  return {
    host: text(part(ocsf, 'device'), 'hostname'),
    user: userOf(ocsf, actor, process) || sidOf(part(actor, 'user')) || sidOf(part(ocsf, 'user')),
    src_ip: text(part(ocsf, 'src_endpoint'), 'ip'),
    dst_ip: text(part(ocsf, 'dst_endpoint'), 'ip'),
    dst_port: port(part(ocsf, 'dst_endpoint')),
    process: image(process),
    command_line: text(process, 'cmd_line'),
    parent_process: image(parent),
    file: text(part(ocsf, 'file'), 'path'),
  };
}

/** A finding tells whom it is about in its first piece of evidence, where it does not tell it itself. */
function withEvidence(ocsf: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const evidences = ocsf['evidences'];
  const first: unknown = Array.isArray(evidences) ? evidences[0] : undefined;
  return typeof first === 'object' && first !== null ? { ...first, ...ocsf } : ocsf;
}

const authentication = 3002;
const processActivity = 1007;
const launch = 1;

/**
 * Whom the event is about, to an analyst: who signs in, whose process starts, else who acts. (For a
 * sign-in OCSF's actor is the service that reports it, for a new process it is the parent.)
 */
function userOf(ocsf: Part, actor: Part, process: Part): string {
  const [own, acting] = [userName(part(ocsf, 'user')), userName(part(actor, 'user'))];
  if (ocsf?.['class_uid'] === authentication) return own || acting;
  const running = userName(part(process, 'user'));
  const starts = ocsf?.['class_uid'] === processActivity && ocsf['activity_id'] === launch;
  return starts ? running || acting : acting || running || own;
}

function part(of: Part, name: string): Part {
  const value = of?.[name];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : undefined;
}

/** Half of a surrogate pair is no character: the store could refuse the whole batch for it. */
function text(of: Part, name: string): string {
  const value = of?.[name];
  return typeof value === 'string' ? value.toWellFormed() : '';
}

/** Where a record has no name (PowerShell's): the SID of an account, which aliases give a name to. */
function sidOf(user: Part): string {
  const uid = text(user, 'uid');
  return /^S-1-(?:5-21|12-1)-/.test(uid) ? uid : '';
}

/** `DOMAIN\name` where the domain is known. */
function userName(user: Part): string {
  const name = text(user, 'name');
  const domain = text(user, 'domain');
  return name !== '' && domain !== '' && !name.includes('\\') && !name.includes('@')
    ? `${domain}\\${name}`
    : name;
}

function image(process: Part): string {
  return text(part(process, 'file'), 'path') || text(process, 'name');
}

function port(endpoint: Part): number {
  const value = endpoint?.['port'];
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : 0;
}

const noColumns: EventColumns = {
  host: '',
  user: '',
  src_ip: '',
  dst_ip: '',
  dst_port: 0,
  process: '',
  command_line: '',
  parent_process: '',
  file: '',
};

/** The row of one record. `time` and `columns` are handed in because detection needs them as well. */
export function rowOf(
  place: Place,
  outcome: RecordOutcome,
  raw: Pick<EventRow, 'raw' | 'raw_encoding'>,
  time: EventTime,
  columns: EventColumns = noColumns,
): EventRow {
  const event = outcome.kind === 'event' ? outcome.event : null;
  const ocsf = event?.ocsf as Readonly<Record<string, unknown>> | undefined;
  return {
    tenant: place.context.tenant,
    source: place.context.source,
    received: toIso(place.receivedAt),
    seq: place.seq,
    idx: place.idx,
    event_id: place.eventId,
    time: toIso(time.at),
    time_origin: time.origin,
    context: place.context.id,
    parser: outcome.parser?.name ?? '',
    parser_version: outcome.parser?.version ?? 0,
    unparsed: outcome.kind === 'unparsed' ? outcome.reason : '',
    ...raw,
    class_uid: number(ocsf?.['class_uid']),
    activity_id: number(ocsf?.['activity_id']),
    product: string(event?.logsource.product),
    service: string(event?.logsource.service),
    category: string(event?.logsource.category),
    channel: string(event?.native['Channel']),
    event_code: string(event?.native['EventID']),
    ...columns,
  };
}

function number(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : 0;
}

function string(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.toWellFormed() : '';
}
