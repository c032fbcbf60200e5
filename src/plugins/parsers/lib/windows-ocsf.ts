/** The OCSF view of a Windows event, made from its flat fields alone. */
import type { Instant } from '../../../base/clock.ts';
import type { NativeFields } from '../../../model/event.ts';
import { type OcsfEvent, ocsfVersion, typeUid } from '../../../model/ocsf.ts';
import { text } from './windows-fields.ts';
import { type Row, type Rows, row } from './windows-row.ts';
import {
  classicPowershellRows,
  defenderRows,
  powershellRows,
  systemRows,
  taskRows,
} from './windows-rows-other.ts';
import { securityRows } from './windows-rows-security.ts';
import { sysmonRows } from './windows-rows-sysmon.ts';

interface Origin {
  readonly product: string;
  readonly rows: Rows;
}

const windows = 'Windows';
const sysmon: Origin = { product: 'Sysmon', rows: sysmonRows };
const other: Origin = { product: windows, rows: new Map() };

/** Channel, in lower case: some shippers write `security`. */
const origins: ReadonlyMap<string, Origin> = new Map([
  ['microsoft-windows-sysmon/operational', sysmon],
  ['security', { product: windows, rows: securityRows }],
  ['system', { product: windows, rows: systemRows }],
  ['microsoft-windows-powershell/operational', { product: windows, rows: powershellRows }],
  ['powershellcore/operational', { product: windows, rows: powershellRows }],
  ['windows powershell', { product: windows, rows: classicPowershellRows }],
  [
    'microsoft-windows-windows defender/operational',
    { product: 'Microsoft Defender Antivirus', rows: defenderRows },
  ],
  ['microsoft-windows-taskscheduler/operational', { product: windows, rows: taskRows }],
]);

const baseEvent = row('base_event', 0, () => ({}));

function originOf(native: NativeFields): Origin {
  const channel = native['Channel'];
  const found = typeof channel === 'string' ? origins.get(channel.toLowerCase()) : undefined;
  // Forwarded records may come without their channel.
  return found ?? (sysmonProviders.has(native['Provider_Name']) ? sysmon : other);
}

const sysmonProviders = new Set<unknown>(['Microsoft-Windows-Sysmon', 'Linux-Sysmon']);

/** Windows' level (1 Critical … 5 Verbose, 0 always logged) → OCSF's severity. */
const severities: Readonly<Record<string, number>> = { 0: 1, 1: 5, 2: 4, 3: 3, 4: 1, 5: 1 };

/** Bits 52 and 53 of a Security event's keywords: audit failure, audit success. */
function auditStatus(keywords: unknown): { status_id: number; status: string } | undefined {
  if (typeof keywords !== 'string' || !keywords.startsWith('0x')) return undefined;
  const bits = Math.floor(Number(keywords) / 2 ** 52) % 4;
  if (bits === 1) return { status_id: 2, status: 'Failure' };
  return bits === 2 ? { status_id: 1, status: 'Success' } : undefined;
}

const windowsExtension = [{ name: 'win', uid: '2', version: ocsfVersion }];

function metadataOf(native: NativeFields, product: string, classUid: number): OcsfEvent['metadata'] {
  return {
    version: ocsfVersion,
    product: { vendor_name: 'Microsoft', name: product },
    uid: text(native, 'EventRecordID'),
    original_time: text(native, 'TimeCreated'),
    log_name: text(native, 'Channel'),
    log_provider: text(native, 'Provider_Name'),
    event_code: text(native, 'EventID'),
    profiles: ['host'],
    extensions: classUid >= 100_000 ? windowsExtension : undefined,
  };
}

function isComplete(row: Row, attributes: Readonly<Record<string, unknown>>): boolean {
  return row.needs.every((attribute) => attributes[attribute] !== undefined);
}

/**
 * The event in OCSF 1.8. An id that no table knows, or one without what its class requires, becomes a base
 * event. Registry, resource and service events use OCSF's Windows extension, because the base schema has no
 * class for them; pipes are files of type pipe, a WMI subscription is a managed entity. What has no OCSF
 * attribute stays in the native view only.
 */
export function toOcsf(native: NativeFields, time: Instant | null): OcsfEvent {
  const origin = originOf(native);
  const entry = origin.rows.get(Number(native['EventID']));
  const wanted = typeof entry === 'function' ? entry(native) : (entry ?? baseEvent);
  const built = wanted.build(native);
  const chosen = isComplete(wanted, built) ? wanted : baseEvent;
  const activity = chosen.activity(native);
  const { uid } = chosen.facts;
  return {
    class_uid: uid,
    category_uid: chosen.facts.categoryUid,
    activity_id: activity,
    type_uid: typeUid(uid, activity),
    time,
    severity_id: severities[text(native, 'Level') ?? ''] ?? 0,
    ...auditStatus(native['Keywords']),
    metadata: metadataOf(native, origin.product, uid),
    device: { hostname: text(native, 'Computer'), type_id: 0, os: { name: windows, type_id: 100 } },
    ...(chosen === wanted ? built : undefined),
  };
}
