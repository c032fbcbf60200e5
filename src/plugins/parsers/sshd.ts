/** OpenSSH's server: sign-ins, failures, what comes before them, and sessions. */
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
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

type Fields = Readonly<Record<string, unknown>>;

interface Message {
  readonly pattern: RegExp;
  readonly view: (line: TextLine, fields: Fields) => OcsfEvent;
}

const product = { name: 'OpenSSH', vendor_name: 'OpenBSD' };

/**
 * A name may hold blanks and whole phrases (`Failed password for invalid user root from 192.0.2.1 from …`), since
 * the peer chooses it: the last address that fits is the peer's.
 */
const peer = '(?:user )?(?<user>.*?)(?: from)? (?<src_ip>[0-9A-Fa-f.:%a-z]+) port (?<src_port>\\d+)';
const greedyPeer = '(?<user>.*) from (?<src_ip>\\S+)(?: port (?<src_port>\\d+))?';

const messages: readonly Message[] = [
  {
    pattern: new RegExp(
      `^Accepted (?<method>\\S+) for ${greedyPeer} ssh2(?:: (?<key_type>\\S+) (?<key>.*))?$`,
    ),
    view: (line, fields) => signIn(line, fields, true),
  },
  {
    pattern: new RegExp(
      `^(?:message repeated \\d+ times: \\[ )?Failed (?<method>\\S+) for (?<invalid_user>invalid user )?${greedyPeer}(?: ssh2.*)?$`,
    ),
    view: (line, fields) => signIn(line, fields, false),
  },
  {
    pattern: new RegExp(`^(?<invalid_user>Invalid user) ${greedyPeer}$`),
    view: (line, fields) => signIn(line, fields, false),
  },
  {
    pattern: new RegExp(
      `^(?:error: )?(?:maximum authentication attempts exceeded|PAM: [A-Za-z ]+) for (?<invalid_user>(?:invalid|illegal) user )?${greedyPeer}(?: ssh2)?(?: \\[preauth\\])?$`,
    ),
    view: (line, fields) => signIn(line, fields, false),
  },
  {
    pattern: /^User (?<user>.*) from (?<src_ip>\S+) not allowed because (?<reason>.*)$/,
    view: (line, fields) => signIn(line, fields, false),
  },
  {
    pattern: new RegExp(
      `^(?:Connection (?:closed|reset) by|Disconnecting|Disconnected from) (?<invalid_user>invalid )?(?:authenticating )?${peer}(?:: (?<reason>.*?))?(?: \\[preauth\\])?$`,
    ),
    view: (line, fields) => connection(line, fields, 2),
  },
  {
    pattern:
      /^(?:error: )?(?:Connection (?:closed|reset) by|Disconnected from|Received disconnect from) (?<src_ip>[0-9A-Fa-f.:]+) port (?<src_port>\d+)(?::(?<reason>.*?))?(?: \[preauth\])?$/,
    view: (line, fields) => connection(line, fields, 2),
  },
  {
    pattern:
      /^Connection from (?<src_ip>\S+) port (?<src_port>\d+)(?: on (?<dst_ip>\S+) port (?<dst_port>\d+))?/,
    view: (line, fields) => connection(line, fields, 1),
  },
  {
    pattern:
      /^(?:Starting|Close) session: .*(?:user|for) (?<user>\S+) from (?<src_ip>\S+) port (?<src_port>\d+)/,
    view: (line, fields) => connection(line, fields, line.message.startsWith('Close') ? 2 : 1),
  },
  {
    // Whatever else names a peer: no identification string, timeouts, failed negotiations, bad packets.
    pattern:
      /(?:from|for|with) (?<src_ip>[0-9A-Fa-f.:]*[.:][0-9A-Fa-f.:]*[0-9A-Fa-f])(?: port (?<src_port>\d+))?/,
    view: (line, fields) => connection(line, fields, 4),
  },
];

function endpoint(fields: Fields) {
  return known({ ip: text(fields, 'src_ip'), port: int(fields, 'src_port') });
}

function signIn(line: TextLine, fields: Fields, success: boolean): OcsfEvent {
  const name = text(fields, 'user');
  return ocsfView('authentication', 1, syslogBase(line, product, success ? undefined : severity.low), {
    ...(success ? status.success : status.failure),
    message: line.message,
    user: name === undefined ? undefined : { name },
    src_endpoint: endpoint(fields),
    device: deviceOf(line, 'linux'),
    service: { name: 'sshd' },
    auth_protocol: text(fields, 'method'),
    auth_protocol_id: 99,
    is_remote: true,
    status_detail:
      text(fields, 'reason') ?? (fields['invalid_user'] === undefined ? undefined : 'invalid user'),
  });
}

function connection(line: TextLine, fields: Fields, activity: 1 | 2 | 4): OcsfEvent {
  const name = text(fields, 'user');
  return ocsfView('ssh_activity', activity, syslogBase(line, product), {
    message: line.message,
    src_endpoint: endpoint(fields),
    dst_endpoint: known({
      ip: text(fields, 'dst_ip'),
      port: int(fields, 'dst_port'),
      hostname: line.host || undefined,
    }),
    device: deviceOf(line, 'linux'),
    actor: name === undefined ? undefined : { user: { name } },
  });
}

function other(line: TextLine): OcsfEvent {
  const view = { message: line.message, device: deviceOf(line, 'linux') };
  return ocsfView('base_event', 99, syslogBase(line, product), view);
}

function read(line: TextLine): ParsedEvent {
  const native = envelopeFields(line);
  const logsource = { product: 'linux', service: 'sshd', moreServices: ['auth', 'syslog'] };
  for (const { pattern, view } of messages) {
    const match = pattern.exec(line.message);
    if (match === null) continue;
    const fields = groupsInto(native, match);
    return eventOf({ time: line.time, native: fields, logsource }, () => view(line, fields));
  }
  return eventOf({ time: line.time, native, logsource }, () => other(line));
}

const parser: TextParser = defineParser({
  name: 'sshd',
  reads: 'text',
  programs: ['sshd', 'sshd-session', 'sshd-auth'],
  version: 1,
  moreServices: ['auth', 'syslog'],
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "OpenSSH's server: sign-ins, failures, connections, sessions",
  // PAM's own lines come under the name of the program that called it.
  accepts: ({ app, message }) =>
    !/^(?:pam_\w+\(|PAM \d+ more authentication failure)/.test(message) && !app.includes('(pam_'),
  parse: read,
});

export default parser;
