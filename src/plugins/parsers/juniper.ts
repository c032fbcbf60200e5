/** Juniper's SRX and Junos: structured messages, and sessions as plain text. */
import type { ParsedEvent } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { allowedBy, type FieldNames, flowOf } from './lib/device-event.ts';
import { int, text } from './lib/fields.ts';
import { flowFields, flowView } from './lib/flow.ts';
import { keyValues } from './lib/key-values.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';

const names: FieldNames = {
  from: ['source-address'],
  fromPort: ['source-port'],
  to: ['destination-address'],
  toPort: ['destination-port'],
  protocol: ['protocol-id', 'protocol-name'],
  user: ['username'],
  action: ['action'],
  app: ['application', 'service-name'],
  host: [],
  message: ['threat-name', 'attack-name', 'message'],
};

/** `RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.26 name="value" …]`; 2636 is Juniper's number. */
const structured = /(?:^|\s)([A-Z][A-Z0-9_]{3,80}) \[junos@2636(?:\.\d{1,4}){0,12} /;
const session =
  /\b(?<event>RT_FLOW_SESSION_(?:CREATE|CLOSE|DENY)(?:_LS)?): (?:Lsys \S{1,60}: )?session (?:created|closed|denied)(?: [^:/]{1,60}:)? (?<from>[0-9A-Fa-f.:]{3,45})\/(?<from_port>\d{1,5})->(?<to>[0-9A-Fa-f.:]{3,45})\/(?<to_port>\d{1,5})(?: (?<service>\S{1,60}))?/;

interface Read {
  readonly event: string;
  readonly fields: Readonly<Record<string, string>>;
}

function readLine({ line }: TextLine): Read | null {
  const found = structured.exec(line);
  if (found !== null) return { event: found[1] ?? '', fields: keyValues(line.slice(found.index)) };
  const groups = session.exec(line)?.groups;
  if (groups === undefined) return null;
  const { event = '', from = '', from_port = '', to = '', to_port = '', service } = groups;
  const fields = {
    'source-address': from,
    'source-port': from_port,
    'destination-address': to,
    'destination-port': to_port,
    ...(service === undefined ? {} : { 'service-name': service }),
  };
  return { event, fields };
}

function isAllowed(event: string, action: string | undefined): boolean | undefined {
  if (event.startsWith('RT_FLOW_SESSION_DENY')) return false;
  return event.startsWith('RT_FLOW_SESSION_') ? true : allowedBy(action);
}

const parser: TextParser = defineParser({
  name: 'juniper',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Juniper's SRX and Junos: structured messages, sessions",
  accepts: (line) =>
    (line.line.includes('[junos@2636') || line.line.includes('RT_FLOW_SESSION_')) && readLine(line) !== null,
  parse: (line): ParsedEvent => {
    const { event, fields } = readLine(line) ?? { event: '', fields: {} };
    const flow = {
      ...flowOf(fields, names, deviceOf(line)),
      allowed: isAllowed(event, text(fields, 'action')),
      bytesOut: int(fields, 'bytes-from-client'),
      bytesIn: int(fields, 'bytes-from-server'),
      rule: text(fields, 'policy-name'),
    };
    const native = { ...envelopeFields(line), event, ...fields, ...flowFields(flow) };
    const isFlow = flow.from !== undefined && flow.to !== undefined;
    const logsource = {
      product: 'juniper',
      service: event.startsWith('RT_') ? 'srx' : 'junos',
      ...(isFlow ? { category: 'firewall' } : {}),
    };
    const metadata = { product: { name: 'Junos', vendor_name: 'Juniper' }, event_code: event };
    return eventOf({ time: line.time, native, logsource }, () =>
      flowView(flow, { time: line.time, metadata }),
    );
  },
});

export default parser;
