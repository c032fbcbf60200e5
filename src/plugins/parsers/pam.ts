/** PAM (pluggable authentication modules): failures and sessions, under the name of whichever program asked. */
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { known, text } from './lib/fields.ts';
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

const product = { name: 'PAM' };
/** `pam_unix(sshd:auth): message`; older ones have the module in the program's name: `sshd(pam_unix)[7]: message`. */
const head = /^(?<pam_module>pam_\w+)\((?<pam_service>[^:)]*)(?::(?<pam_type>[^)]*))?\): (?<pam_message>.*)$/;
const oldProgram = /\((pam_\w+)\)$/;
const session =
  /^session (?<verb>opened|closed) for user (?<pam_user>[^\s(]+)(?:\(uid=\d+\))?(?: by (?<pam_by>[^\s(]*)\(uid=(?<pam_by_uid>\d+)\))?/;
const failure = /authentication failures?;/;
const pair = /(\w+)=(\S*)/g;

function read(line: TextLine): ParsedEvent {
  const native = envelopeFields(line);
  const found = head.exec(line.message);
  if (found !== null) groupsInto(native, found);
  else
    Object.assign(native, { pam_module: oldProgram.exec(line.app)?.[1] ?? 'pam', pam_message: line.message });
  const message = text(native, 'pam_message') ?? '';
  const opened = session.exec(message);
  const failed = failure.test(message);
  if (opened !== null) groupsInto(native, opened);
  else if (failed) pairsInto(native, message);
  else userInto(native, message);
  const logsource = { product: 'linux', service: 'auth', moreServices: [line.program, 'syslog'] };
  return eventOf({ time: line.time, native, logsource }, () => view(line, native, opened !== null, failed));
}

/** `logname= uid=0 … rhost=192.0.2.1  user=root` with the names that rules use. */
function pairsInto(native: Record<string, unknown>, message: string): void {
  for (const [, name = '', value = ''] of message.matchAll(pair)) {
    if (value !== '' && name !== '__proto__') native[`pam_${name}`] = value;
  }
}

function userInto(native: Record<string, unknown>, message: string): void {
  const user = /(?:for user|user|account) (?:\[|")?([^\s\]"(]+)/.exec(message)?.[1];
  if (user !== undefined) native['pam_user'] = user;
}

function view(line: TextLine, native: Fields, isSession: boolean, failed: boolean): OcsfEvent {
  const name = text(native, 'pam_user');
  const shared = { message: line.message, device: deviceOf(line, 'linux') };
  const user = name === undefined ? undefined : { name };
  if (!isSession && !failed) return ocsfView('base_event', 99, syslogBase(line, product), shared);
  const by = text(native, 'pam_by');
  return ocsfView(
    'authentication',
    native['verb'] === 'closed' ? 2 : 1,
    syslogBase(line, product, failed ? severity.low : undefined),
    {
      ...shared,
      ...(failed ? status.failure : status.success),
      user,
      actor: by === undefined ? undefined : { user: { name: by } },
      src_endpoint: known({ ip: text(native, 'pam_rhost') }),
      service: { name: text(native, 'pam_service') ?? line.program },
    },
  );
}

const parser: TextParser = defineParser({
  name: 'pam',
  reads: 'text',
  version: 1,
  // The program's name is one of them.
  moreServices: 'any',
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'PAM modules: authentication failures, sessions',
  accepts: ({ app, message }) =>
    /^pam_\w+\(/.test(message) ||
    oldProgram.test(app) ||
    /^PAM \d+ more authentication failure/.test(message),
  parse: read,
});

export default parser;
