/** Dropbear, the small SSH server of routers and boxes. */
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { int, known, text } from './lib/fields.ts';
import { eventOf, ocsfView, severity, status } from './lib/ocsf-view.ts';
import {
  deviceOf,
  envelopeComputed,
  envelopeEscapes,
  envelopeFields,
  groupsInto,
  syslogBase,
} from './lib/syslog-event.ts';

type Outcome = 'success' | 'failure' | 'connection';

const from = 'from <?(?<src_ip>[0-9A-Fa-f.:]+):(?<src_port>\\d+)>?';
const messages: readonly { readonly pattern: RegExp; readonly outcome: Outcome }[] = [
  {
    pattern: new RegExp(`^(?:Bad|Failed) (?<method>.*?) ?(?:password )?attempt for '(?<user>[^']*)' ${from}`),
    outcome: 'failure',
  },
  {
    pattern: new RegExp(`^(?<method>\\w+) auth succeeded for '(?<user>[^']*)'.* ${from}`),
    outcome: 'success',
  },
  {
    pattern: new RegExp(`^Login attempt for nonexistent user(?: '(?<user>[^']*)')? ${from}`),
    outcome: 'failure',
  },
  {
    pattern: new RegExp(`^Exit before auth(?: \\(user '(?<user>[^']*)', \\d+ fails\\))?(?: ${from})?`),
    outcome: 'connection',
  },
  { pattern: new RegExp(`^Child connection ${from}`), outcome: 'connection' },
  {
    pattern: /^Exit \((?<user>[^)]*)\)(?: from <(?<src_ip>[0-9A-Fa-f.:]+):(?<src_port>\d+)>)?: /,
    outcome: 'connection',
  },
];

const product = { name: 'Dropbear SSH' };

function viewOf(line: TextLine, fields: Readonly<Record<string, unknown>>, outcome: Outcome | null) {
  const name = text(fields, 'user');
  const user = name === undefined ? undefined : { name };
  const src_endpoint = known({ ip: text(fields, 'src_ip'), port: int(fields, 'src_port') });
  const shared = { message: line.message, device: deviceOf(line, 'linux') };
  if (outcome === null) return ocsfView('base_event', 99, syslogBase(line, product), shared);
  if (outcome === 'connection') {
    const ends = line.message.startsWith('Exit') ? 2 : 1;
    return ocsfView('ssh_activity', ends, syslogBase(line, product), {
      ...shared,
      src_endpoint,
      dst_endpoint: known({ hostname: line.host || undefined }),
      actor: known({ user }),
    });
  }
  const failed = outcome === 'failure';
  return ocsfView('authentication', 1, syslogBase(line, product, failed ? severity.low : undefined), {
    ...shared,
    ...(failed ? status.failure : status.success),
    user,
    src_endpoint,
    service: { name: 'dropbear' },
    is_remote: true,
  });
}

const parser: TextParser = defineParser({
  name: 'dropbear',
  reads: 'text',
  version: 1,
  moreServices: ['auth', 'syslog'],
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'Dropbear SSH: sign-ins, failures, connections',
  // Its own log file has no envelope: only its known messages count there.
  accepts: ({ program, message, envelope }) =>
    program === 'dropbear' || (envelope === 'none' && messages.some(({ pattern }) => pattern.test(message))),
  parse(line) {
    const native = envelopeFields(line);
    const logsource = { product: 'linux', service: 'dropbear', moreServices: ['auth', 'syslog'] };
    for (const { pattern, outcome } of messages) {
      const match = pattern.exec(line.message);
      if (match === null) continue;
      const fields = groupsInto(native, match);
      return eventOf({ time: line.time, native: fields, logsource }, () => viewOf(line, fields, outcome));
    }
    return eventOf({ time: line.time, native, logsource }, () => viewOf(line, native, null));
  },
});

export default parser;
