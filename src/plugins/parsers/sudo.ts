/** sudo and su: commands run as somebody else, and attempts that failed. */
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { text } from './lib/fields.ts';
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

/** `amara : problem ; TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND=/usr/bin/id`; a command may hold anything. */
const sudo =
  /^\s*(?<user>\S+) : (?:(?<reason>[^;=]+?) ; )?(?:(?:HOST=\S+ ; )?TTY=(?<tty>\S+) ; )?(?:CHROOT=\S+ ; )?PWD=(?<pwd>.*?) ; USER=(?<target_user>\S+) ;(?: GROUP=(?<target_group>\S+) ;)?(?: TSID=\S+ ;)?(?: ENV=.*? ;)? COMMAND=(?<command>.*)$/s;
const su: readonly { readonly pattern: RegExp; readonly success: boolean }[] = [
  { pattern: /^FAILED SU \(to (?<target_user>\S+)\) (?<user>\S+) on (?<tty>\S+)/, success: false },
  { pattern: /^\(to (?<target_user>\S+)\) (?<user>\S+) on (?<tty>\S+)/, success: true },
  { pattern: /^'su (?<target_user>\S+)' failed for (?<user>\S+)(?: on (?<tty>\S+))?/, success: false },
  { pattern: /^'su (?<target_user>\S+)' succeeded for (?<user>\S+)(?: on (?<tty>\S+))?/, success: true },
  { pattern: /^Successful su for (?<target_user>\S+) by (?<user>\S+)/, success: true },
  { pattern: /^FAILED su for (?<target_user>\S+) by (?<user>\S+)/, success: false },
];

function read(line: TextLine): ParsedEvent {
  const native = envelopeFields(line);
  const logsource = { product: 'linux', service: 'sudo', moreServices: ['auth', 'syslog'] };
  const event = (view: () => OcsfEvent): ParsedEvent => eventOf({ time: line.time, native, logsource }, view);
  const found = line.program === 'su' ? null : sudo.exec(line.message);
  if (found !== null) {
    groupsInto(native, found);
    return event(() => command(line, native));
  }
  for (const { pattern, success } of su) {
    const match = pattern.exec(line.message);
    if (match === null) continue;
    groupsInto(native, match);
    return event(() => change(line, native, success));
  }
  return event(() =>
    ocsfView('base_event', 99, syslogBase(line, { name: line.program }), {
      message: line.message,
      device: deviceOf(line, 'linux'),
    }),
  );
}

function userOf(fields: Fields, name: string) {
  const found = text(fields, name);
  return found === undefined ? undefined : { name: found };
}

function command(line: TextLine, fields: Fields): OcsfEvent {
  const reason = text(fields, 'reason');
  const run = text(fields, 'command') ?? '';
  const path = run.split(' ', 1)[0] ?? '';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const refused = reason !== undefined;
  return ocsfView(
    'process_activity',
    1,
    syslogBase(line, { name: 'sudo' }, refused ? severity.low : undefined),
    {
      ...(refused ? status.failure : status.success),
      status_detail: reason,
      message: line.message,
      device: deviceOf(line, 'linux'),
      actor: { user: userOf(fields, 'user') },
      process: {
        name,
        cmd_line: run,
        file: path.startsWith('/') ? { name, path, type_id: 1 } : undefined,
        user: userOf(fields, 'target_user'),
      },
    },
  );
}

function change(line: TextLine, fields: Fields, success: boolean): OcsfEvent {
  return ocsfView('authentication', 1, syslogBase(line, { name: 'su' }, success ? undefined : severity.low), {
    ...(success ? status.success : status.failure),
    message: line.message,
    device: deviceOf(line, 'linux'),
    user: userOf(fields, 'target_user'),
    actor: { user: userOf(fields, 'user') },
    service: { name: 'su' },
  });
}

const parser: TextParser = defineParser({
  name: 'sudo',
  reads: 'text',
  programs: ['sudo', 'su'],
  version: 1,
  moreServices: ['auth', 'syslog'],
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'sudo and su: commands as another user, failed attempts',
  accepts: ({ app, message }) => !/^pam_\w+\(/.test(message) && !app.includes('(pam_'),
  parse: read,
});

export default parser;
