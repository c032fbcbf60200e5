/** Lines in logfmt, as many programs written in Go have them: `time=… level=… msg="…"`. */
import type { ParsedEvent } from '../../model/event.ts';
import { defineParser, type TextParser } from '../define.ts';
import { lookup } from './lib/fields.ts';
import { flowFields, flowView } from './lib/flow.ts';
import { keyValues } from './lib/key-values.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { readTimestamp } from './lib/timestamp.ts';

const start = /^(?:(?:time|ts|t)="?\d{4}-\d{2}-\d{2}[T ]|level=[a-z]{3,8} )/;
/** Programs that forward connections name both ends. */
const connection =
  /\b(TCP|UDP) (?:connection|stream|session) from (\[?[0-9A-Fa-f.:]{3,50}\]?):(\d{1,5}) to (\[?[0-9A-Fa-f.:]{3,50}\]?):(\d{1,5})/i;

const severities: Readonly<Record<string, number>> = {
  panic: severity.critical,
  fatal: severity.high,
  error: severity.medium,
  err: severity.medium,
  warning: severity.low,
  warn: severity.low,
};

const parser: TextParser = defineParser({
  name: 'logfmt',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'Lines in logfmt: time, level, message and what else the program names',
  accepts: ({ message }) => start.test(message) && message.includes('level=') && message.includes(' msg='),
  parse: (line): ParsedEvent => {
    const fields = keyValues(line.message);
    const [, protocol, from, fromPort, to, toPort] = connection.exec(fields['msg'] ?? '') ?? [];
    const client = fields['remote_ip'] ?? fields['remote_addr'] ?? fields['client_ip'] ?? fields['clientIP'];
    const flow = {
      from: from ?? client,
      fromPort: fromPort === undefined ? undefined : Number(fromPort),
      to,
      toPort: toPort === undefined ? undefined : Number(toPort),
      protocol: protocol?.toLowerCase(),
      user: fields['user'] ?? fields['uname'] ?? fields['username'],
      message: fields['msg'],
      device: deviceOf(line),
    };
    const time =
      [fields['time'], fields['ts'], fields['t']]
        .map((value) => readTimestamp(value)?.at)
        .find((at) => at !== undefined) ?? line.time;
    const native = { ...envelopeFields(line), ...fields, ...flowFields(flow) };
    const name = fields['logger'] ?? (line.app || 'logfmt');
    const base = {
      time,
      severity_id: lookup(severities, fields['level']?.toLowerCase()),
      metadata: { product: { name } },
    };
    return eventOf({ time, native, logsource: { product: 'logfmt' } }, () => flowView(flow, base));
  },
});

export default parser;
