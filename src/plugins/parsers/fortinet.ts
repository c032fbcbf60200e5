/** Fortinet: FortiGate's and FortiWeb's lines of names and values. */
import type { TimeHints } from '../../base/civil-time.ts';
import type { Instant } from '../../base/clock.ts';
import type { ParsedEvent } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { type FieldNames, flowOf } from './lib/device-event.ts';
import { int, lookup, text } from './lib/fields.ts';
import { flowFields, flowView } from './lib/flow.ts';
import { keyValues } from './lib/key-values.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { readLocalTime } from './lib/web-time.ts';

type Fields = Readonly<Record<string, string>>;

const names: FieldNames = {
  from: ['srcip', 'src', 'remip'],
  fromPort: ['srcport', 'src_port'],
  to: ['dstip', 'dst', 'locip'],
  toPort: ['dstport', 'dst_port'],
  protocol: ['proto'],
  user: ['user', 'unauthuser', 'xauthuser'],
  action: ['action'],
  app: ['app', 'service'],
  host: ['devname'],
  message: ['msg', 'logdesc'],
};

function isOurs({ message }: TextLine): boolean {
  return (
    /(?:^|\s)(?:devid|device_id)="?F[A-Z0-9-]{2,}/.test(message) &&
    /(?:^|\s)type="?[a-z]/.test(message) &&
    message.includes('date=')
  );
}

/** `eventtime` since 1970 in seconds to nanoseconds, by its number of digits; else date, time and `tz`. */
function timeOf(fields: Fields, hints: TimeHints): Instant | null {
  const stamp = fields['eventtime'];
  if (stamp !== undefined && /^\d{10,19}(?:\.\d{1,9})?$/.test(stamp)) {
    const whole = stamp.replace(/\..*$/, '');
    const fraction = stamp.slice(whole.length + 1, whole.length + 4).padEnd(3, '0');
    return Number(whole.slice(0, 10)) * 1000 + Number((whole.slice(10, 13) || fraction).padEnd(3, '0'));
  }
  const clock = fields['time'] ?? '';
  const written = clock.length > 8 ? clock : `${fields['date'] ?? ''} ${clock}`;
  const zone = /^([+-])(\d{2})(\d{2})$/.exec(fields['tz'] ?? '');
  const at = readLocalTime(written, zone === null ? hints : {});
  if (at === null || zone === null) return at;
  const offset = (Number(zone[2]) * 60 + Number(zone[3])) * 60_000;
  return zone[1] === '-' ? at + offset : at - offset;
}

const severities: Readonly<Record<string, number>> = {
  emergency: severity.critical,
  alert: severity.critical,
  critical: severity.high,
  error: severity.medium,
  warning: severity.low,
};

/** FortiOS' words for a connection that was let through, and for one that was not. */
const decisions: Readonly<Record<string, boolean>> = {
  accept: true,
  passthrough: true,
  pass: true,
  close: true,
  timeout: true,
  'client-rst': true,
  'server-rst': true,
  dns: true,
  detected: true,
  alert: true,
  deny: false,
  block: false,
  blocked: false,
  dropped: false,
  reset: false,
  alert_deny: false,
};

const parser: TextParser = defineParser({
  name: 'fortinet',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'FortiGate and FortiWeb',
  accepts: isOurs,
  parse: (line, context): ParsedEvent => {
    const fields = keyValues(line.message);
    const action = fields['action']?.toLowerCase();
    const isEvent = fields['type'] === 'event';
    const known = isEvent ? undefined : lookup(decisions, action);
    const flow = {
      ...flowOf(fields, names, deviceOf(line)),
      allowed: known,
      bytesOut: int(fields, 'sentbyte'),
      bytesIn: int(fields, 'rcvdbyte'),
      rule: text(fields, 'policyname') ?? text(fields, 'policyid') ?? text(fields, 'policy'),
    };
    const native = { ...envelopeFields(line), ...fields, ...flowFields(flow) };
    const time = timeOf(fields, context) ?? line.time;
    const isGate = fields['devid'] !== undefined;
    const logsource = {
      product: isGate ? 'fortigate' : 'fortiweb',
      service: fields['type'] ?? 'event',
      ...(isEvent ? {} : { category: 'firewall' }),
    };
    const metadata = {
      product: { name: isGate ? 'FortiGate' : 'FortiWeb', vendor_name: 'Fortinet' },
      event_code: fields['logid'] ?? fields['log_id'],
      log_name: [fields['type'], fields['subtype']].filter(Boolean).join('/'),
    };
    const level = lookup(severities, fields['level'] ?? fields['pri']);
    return eventOf({ time, native, logsource }, () => flowView(flow, { time, metadata, severity_id: level }));
  },
});

export default parser;
