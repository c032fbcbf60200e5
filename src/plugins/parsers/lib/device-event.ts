/** What events of security devices that speak CEF or LEEF share: users, connections, files by the format's field names. */
import type { Instant } from '../../../base/clock.ts';
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../../model/ocsf.ts';
import { int, text } from './fields.ts';
import { type Flow, flowView, protocolName } from './flow.ts';
import { readTimestamp } from './timestamp.ts';

/** A vendor or product as a logsource names it: `Trend Micro` → `trend_micro`. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 60);
}

const denied = /^(?:block|drop|deny|denied|reject|reset|quarantine|prevent)/i;
const allowed = /^(?:allow|accept|permit|pass|detect|monitor|alert)/i;

/** What the device did by the word that it writes for it; undefined where the word says neither. */
export function allowedBy(action: string | undefined): boolean | undefined {
  if (action === undefined) return undefined;
  return denied.test(action) ? false : allowed.test(action) ? true : undefined;
}

/** The names of one format for the same facts. */
export interface FieldNames {
  readonly from: readonly string[];
  readonly fromPort: readonly string[];
  readonly to: readonly string[];
  readonly toPort: readonly string[];
  readonly protocol: readonly string[];
  readonly user: readonly string[];
  readonly action: readonly string[];
  readonly app: readonly string[];
  readonly host: readonly string[];
  readonly message: readonly string[];
}

function first(fields: NativeFields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = text(fields, name);
    if (value !== undefined && !/^(?:-|n\/a|none|null)$/i.test(value)) return value;
  }
  return undefined;
}

function port(fields: NativeFields, names: readonly string[]): number | undefined {
  const found = names.map((name) => int(fields, name)).find((one) => one !== undefined);
  return found !== undefined && found >= 0 && found <= 65_535 ? found : undefined;
}

export function flowOf(
  fields: NativeFields,
  names: FieldNames,
  device: OcsfObjects['device'] | undefined,
): Flow {
  const host = first(fields, names.host);
  return {
    from: first(fields, names.from),
    fromPort: port(fields, names.fromPort),
    to: first(fields, names.to),
    toPort: port(fields, names.toPort),
    protocol: protocolName(first(fields, names.protocol)),
    user: first(fields, names.user),
    allowed: allowedBy(first(fields, names.action)),
    app: first(fields, names.app),
    message: first(fields, names.message),
    device: host === undefined ? device : { hostname: host, type_id: 0 },
  };
}

/** The first of the times that says its year; milliseconds as digits are one, too. */
export function timeOf(values: readonly unknown[]): Instant | null {
  for (const value of values) {
    const digits =
      typeof value === 'string' && /^\d{10,13}(?:\.\d{1,6})?$/.test(value) ? Number(value) : value;
    const read = readTimestamp(digits);
    if (read !== null) return read.at;
  }
  return null;
}

export function deviceView(
  flow: Flow,
  time: Instant | null,
  facts: {
    readonly vendor: string;
    readonly product: string;
    readonly code: string;
    readonly severity: number;
  },
): OcsfEvent {
  return flowView(flow, {
    time,
    severity_id: facts.severity,
    metadata: { product: { name: facts.product, vendor_name: facts.vendor }, event_code: facts.code },
  });
}
