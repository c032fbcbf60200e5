/** Sophos' firewalls (SFOS, XG and XGS): lines of names and values. */
import type { ParsedEvent } from '../../model/event.ts';
import { defineParser, type TextParser } from '../define.ts';
import { signInView } from './lib/audit.ts';
import { type FieldNames, flowOf } from './lib/device-event.ts';
import { int, text } from './lib/fields.ts';
import { flowFields, flowView } from './lib/flow.ts';
import { keyValues } from './lib/key-values.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { readTimestamp } from './lib/timestamp.ts';
import { readLocalTime } from './lib/web-time.ts';

const names: FieldNames = {
  from: ['src_ip'],
  fromPort: ['src_port'],
  to: ['dst_ip'],
  toPort: ['dst_port'],
  protocol: ['protocol'],
  user: ['user_name', 'user', 'usr_name'],
  action: ['status', 'log_subtype', 'action'],
  app: ['application', 'app_name'],
  host: ['device_name'],
  message: ['message', 'reason'],
};

const parser: TextParser = defineParser({
  name: 'sophos',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Sophos' firewalls (SFOS)",
  accepts: ({ message }) =>
    message.includes('log_type=') &&
    message.includes('log_component=') &&
    /(?:^|\s)log_id="?\d/.test(message),
  parse: (line, context): ParsedEvent => {
    const fields = keyValues(line.message);
    const flow = {
      ...flowOf(fields, names, deviceOf(line)),
      bytesOut: int(fields, 'sent_bytes') ?? int(fields, 'bytes_sent'),
      bytesIn: int(fields, 'recv_bytes') ?? int(fields, 'bytes_received'),
      rule: text(fields, 'fw_rule_name') ?? text(fields, 'fw_rule_id'),
    };
    const native = { ...envelopeFields(line), ...fields, ...flowFields(flow) };
    // The zone's name (`timezone`) says too little: the same letters stand for several.
    const written = `${fields['date'] ?? ''} ${fields['time'] ?? ''}`;
    const time = readTimestamp(fields['timestamp'])?.at ?? readLocalTime(written, context) ?? line.time;
    const type = fields['log_type'] ?? '';
    const logsource = {
      product: 'sophos',
      service: type.toLowerCase().replaceAll(' ', '_'),
      ...(type === 'Firewall' ? { category: 'firewall' } : {}),
    };
    const metadata = {
      product: { name: 'SFOS', vendor_name: 'Sophos' },
      log_name: [type, fields['log_component']].filter(Boolean).join('/'),
      event_code: fields['log_id'],
    };
    const isSignIn =
      type === 'Event' && /auth/i.test(fields['log_component'] ?? '') && flow.user !== undefined;
    return eventOf({ time, native, logsource }, () => {
      if (!isSignIn) return flowView(flow, { time, metadata });
      const status = fields['status'] ?? '';
      const success = /^success/i.test(status) ? true : /^fail/i.test(status) ? false : undefined;
      const call = { base: { time, metadata }, success, user: { name: flow.user }, from: flow.from };
      return signInView({ ...call, message: flow.message }, { device: flow.device });
    });
  },
});

export default parser;
