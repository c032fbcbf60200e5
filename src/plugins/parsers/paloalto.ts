/** Palo Alto Networks' firewalls: PAN-OS' records of traffic, threats, system, configuration and users. */
import type { TimeHints } from '../../base/civil-time.ts';
import type { Instant } from '../../base/clock.ts';
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { signInView } from './lib/audit.ts';
import { defined, int, lookup, text } from './lib/fields.ts';
import { type Flow, flowFields, flowView, protocolName } from './lib/flow.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { paloaltoFields, splitCsv } from './lib/paloalto-fields.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { readTimestamp } from './lib/timestamp.ts';
import { readLocalTime } from './lib/web-time.ts';

type Fields = Readonly<Record<string, string>>;

const head = /^\d{1,3},(?:\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2})?,[\w-]{0,40},[A-Z]{4,20},/;

function timeOf(values: readonly string[], fields: Fields, hints: TimeHints): Instant | null {
  // The time with its zone, which PAN-OS 10 has near the end.
  const zoned = values.slice(40).find((value) => /^\d{4}-\d{2}-\d{2}T\S{8,20}[+-]\d{2}:\d{2}$/.test(value));
  return (
    readTimestamp(zoned)?.at ??
    readLocalTime(fields['generated_time'] ?? '', hints) ??
    readLocalTime(fields['receive_time'] ?? '', hints)
  );
}

const refused = /^(?:deny|drop|drop-icmp|reset-|block|sinkhole|random-drop)/;

function flowOf(line: TextLine, fields: Fields): Flow {
  const action = fields['action'];
  const decided = fields['type'] === 'TRAFFIC' || fields['type'] === 'THREAT';
  const hostname = fields['device_name'];
  return {
    from: text(fields, 'src') ?? text(fields, 'ip') ?? text(fields, 'public_ip') ?? text(fields, 'host'),
    fromPort: int(fields, 'sport'),
    to: text(fields, 'dst'),
    toPort: int(fields, 'dport'),
    protocol: protocolName(text(fields, 'proto')),
    allowed: !decided || action === undefined ? undefined : !refused.test(action),
    bytesOut: int(fields, 'bytes_sent'),
    bytesIn: int(fields, 'bytes_received'),
    user: text(fields, 'srcuser') ?? text(fields, 'user') ?? text(fields, 'admin'),
    app: text(fields, 'app'),
    rule: text(fields, 'rule'),
    message:
      text(fields, 'threatid') ?? text(fields, 'opaque') ?? text(fields, 'cmd') ?? text(fields, 'reason'),
    device: hostname === undefined ? deviceOf(line) : { hostname, type_id: 9 },
  };
}

const severities: Readonly<Record<string, number>> = {
  critical: severity.critical,
  high: severity.high,
  medium: severity.medium,
  low: severity.low,
};

function toOcsf(flow: Flow, fields: Fields, time: Instant | null): OcsfEvent {
  const base = {
    time,
    severity_id: lookup(severities, fields['severity']),
    metadata: {
      product: { name: 'PAN-OS', vendor_name: 'Palo Alto Networks' },
      uid: fields['seqno'],
      log_name: [fields['type'], fields['subtype']].filter(Boolean).join('/'),
      event_code: fields['eventid'],
    },
  };
  const type = fields['type'];
  const result = fields['status'] ?? fields['event'] ?? fields['desc'] ?? '';
  const isSignIn =
    type === 'AUTHENTICATION' || (type === 'GLOBALPROTECT' && /login|auth/i.test(fields['eventid'] ?? ''));
  if (!isSignIn || flow.user === undefined) return flowView(flow, base);
  const success = /success/i.test(result) ? true : /fail|error|denied/i.test(result) ? false : undefined;
  const call = { base, success, user: { name: flow.user }, from: flow.from, message: flow.message };
  return signInView(call, { device: flow.device, is_remote: true });
}

const parser: TextParser = defineParser({
  name: 'paloalto',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Palo Alto Networks' PAN-OS",
  accepts: ({ message }) => head.test(message),
  parse: (line, context): ParsedEvent => {
    const values = splitCsv(line.message);
    const fields = paloaltoFields(values);
    const flow = flowOf(line, fields);
    const url = fields['subtype'] === 'url' ? fields['misc'] : undefined;
    const native = { ...envelopeFields(line), ...fields, ...flowFields(flow), ...defined({ url }) };
    const time = timeOf(values, fields, context) ?? line.time;
    const type = fields['type'] ?? '';
    const isFlow = type === 'TRAFFIC' || type === 'THREAT';
    const logsource = {
      product: 'paloalto',
      service: type.toLowerCase(),
      ...(isFlow ? { category: 'firewall' } : {}),
    };
    return eventOf({ time, native, logsource }, () => toOcsf(flow, fields, time));
  },
});

export default parser;
