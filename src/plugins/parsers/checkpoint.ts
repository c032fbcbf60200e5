/** Check Point: what its Log Exporter sends in syslog format. */
import type { ParsedEvent } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { type FieldNames, flowOf, slug, timeOf } from './lib/device-event.ts';
import { int, lookup, text } from './lib/fields.ts';
import { flowFields, flowView } from './lib/flow.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';

const names: FieldNames = {
  from: ['src', 'client_ip'],
  fromPort: ['s_port'],
  to: ['dst'],
  toPort: ['service'],
  protocol: ['proto'],
  user: ['user', 'src_user_name', 'administrator'],
  action: ['action'],
  app: ['appi_name', 'service_id'],
  host: ['origin'],
  message: ['description', 'malware_action', 'attack', 'subject'],
};

const mark = /\bCheckPoint \S{1,20} - \[/;
/** `name:"value"; ` as the exporter writes it, `name="value"` as relays make of it. */
const pair = /([A-Za-z_][\w-]{0,80})[:=]"((?:[^"\\]|\\[^])*)"/g;

function fieldsOf(line: TextLine): Record<string, string> {
  const start = mark.exec(line.line)?.index ?? 0;
  const fields: Record<string, string> = {};
  for (const [, name = '', value = ''] of line.line.slice(start).matchAll(pair))
    if (name !== '__proto__' && value !== '') fields[name] = value.replace(/\\(["\\\]])/g, '$1');
  return fields;
}

const severities: Readonly<Record<string, number>> = {
  1: severity.low,
  2: severity.medium,
  3: severity.high,
  4: severity.critical,
  low: severity.low,
  medium: severity.medium,
  high: severity.high,
  critical: severity.critical,
};

const parser: TextParser = defineParser({
  name: 'checkpoint',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Check Point's Log Exporter in syslog format",
  accepts: ({ line }) =>
    line.includes('CheckPoint ') && mark.test(line) && /\b(?:loguid|origin)[:=]"/.test(line),
  parse: (line): ParsedEvent => {
    const fields = fieldsOf(line);
    const flow = {
      ...flowOf(fields, names, deviceOf(line)),
      bytesOut: int(fields, 'sent_bytes'),
      bytesIn: int(fields, 'received_bytes'),
      rule: text(fields, 'rule_name') ?? text(fields, 'rule'),
    };
    const native = { ...envelopeFields(line), ...fields, ...flowFields(flow) };
    const time = timeOf([fields['time']]) ?? line.time;
    const isFlow = flow.from !== undefined && flow.to !== undefined;
    const logsource = {
      product: 'checkpoint',
      service: slug(fields['product'] ?? '') || 'fw1',
      ...(isFlow ? { category: 'firewall' } : {}),
    };
    const base = {
      time,
      severity_id: lookup(severities, fields['severity']?.toLowerCase()),
      metadata: {
        product: { name: fields['product'] ?? 'Firewall', vendor_name: 'Check Point' },
        uid: fields['loguid'],
      },
    };
    return eventOf({ time, native, logsource }, () => flowView(flow, base));
  },
});

export default parser;
