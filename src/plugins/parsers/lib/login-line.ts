/** Lines of services that people sign in to: a table of messages, each a sign-in that went well or did not. */
import { monthOfName } from '../../../base/civil-time.ts';
import type { Instant } from '../../../base/clock.ts';
import type { ParsedEvent } from '../../../model/event.ts';
import type { TextLine } from '../../../model/record.ts';
import { int, known, text } from './fields.ts';
import { eventOf, ocsfView, severity, status } from './ocsf-view.ts';
import { deviceOf, envelopeFields, groupsInto, syslogBase } from './syslog-event.ts';

export interface LoginMessage {
  /** Named groups become native fields; `user`, `src_ip`, `src_port`, `domain`, `method`, `reason` go to OCSF, too. */
  readonly pattern: RegExp;
  /** `other`: told of, but no sign-in. */
  readonly outcome: 'success' | 'failure' | 'other';
}

export interface LoginService {
  readonly product: string;
  /** Sigma's service; these events are also those of `auth`. */
  readonly service: string;
  readonly messages: readonly LoginMessage[];
}

/** `Parser.moreServices` of who makes events of such lines. */
export const loginMoreServices: readonly string[] = ['auth', 'syslog'];

/** Number of a month by its English name, with two digits, for building an ISO time; empty when it is none. */
export function monthDigits(name: string): string {
  const month = monthOfName(name);
  return month === 0 ? '' : String(month).padStart(2, '0');
}

export function isLoginMessage({ messages }: LoginService, message: string): boolean {
  return messages.some(({ pattern }) => pattern.test(message));
}

/** `time`: where the line itself, not its envelope, has it. */
export function loginEvent(
  line: TextLine,
  service: LoginService,
  time: Instant | null = line.time,
): ParsedEvent {
  const native = envelopeFields(line);
  const logsource = { product: 'linux', service: service.service, moreServices: loginMoreServices };
  const base = { ...syslogBase(line, { name: service.product }), time };
  const shared = { message: line.message, device: deviceOf(line, 'linux') };
  for (const { pattern, outcome } of service.messages) {
    const match = pattern.exec(line.message);
    if (match === null) continue;
    const fields = groupsInto(native, match);
    if (outcome === 'other') break;
    const failed = outcome === 'failure';
    const name = text(fields, 'user');
    return eventOf({ time, native: fields, logsource }, () =>
      ocsfView('authentication', 1, failed ? { ...base, severity_id: severity.low } : base, {
        ...shared,
        ...(failed ? status.failure : status.success),
        status_detail: text(fields, 'reason'),
        user: name === undefined ? undefined : { name, domain: text(fields, 'domain') },
        src_endpoint: known({ ip: text(fields, 'src_ip'), port: int(fields, 'src_port') }),
        auth_protocol: text(fields, 'method'),
        service: { name: service.service },
        is_remote: true,
      }),
    );
  }
  return eventOf({ time, native, logsource }, () => ocsfView('base_event', 99, base, shared));
}
