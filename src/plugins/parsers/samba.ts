/** Samba's audit of authentication (`log level = auth_audit`). */
import { defineParser, type TextParser } from '../define.ts';
import {
  isLoginMessage,
  type LoginService,
  loginEvent,
  loginMoreServices,
  monthDigits,
} from './lib/login-line.ts';
import { envelopeComputed, envelopeEscapes } from './lib/syslog-event.ts';
import { readTimestamp } from './lib/timestamp.ts';

const rest =
  'workstation \\[(?<workstation>[^\\]]*)\\] remote host \\[ipv[46]:(?<src_ip>[^\\]]*):(?<src_port>\\d+)\\]';
const head = 'Auth: \\[(?<protocol>[^\\]]*)\\] user \\[(?<domain>[^\\]]*)\\]\\\\\\[(?<user>[^\\]]*)\\]';
const at =
  /at \[\w{3}, (?<day>\d{1,2}) (?<month>\w{3}) (?<year>\d{4}) (?<clock>\d\d:\d\d:\d\d(?:\.\d+)?) (?<zone>UTC|[+-]\d{4})\]/;

const service: LoginService = {
  product: 'Samba',
  service: 'smbd',
  messages: [
    {
      pattern: new RegExp(`^\\s*${head} .*with \\[(?<method>[^\\]]*)\\] status \\[NT_STATUS_OK\\] ${rest}`),
      outcome: 'success',
    },
    {
      pattern: new RegExp(
        `^\\s*${head} .*with \\[(?<method>[^\\]]*)\\] status \\[(?<reason>[^\\]]*)\\] ${rest}`,
      ),
      outcome: 'failure',
    },
  ],
};

const parser: TextParser = defineParser({
  name: 'samba',
  reads: 'text',
  version: 1,
  moreServices: loginMoreServices,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Samba's audit of authentication",
  accepts: ({ message }) => message.includes('Auth: [') && isLoginMessage(service, message),
  parse(line) {
    const { day = '', month = '', year = '', clock = '', zone = '' } = at.exec(line.message)?.groups ?? {};
    const stamp = readTimestamp(
      `${year}-${monthDigits(month)}-${day.padStart(2, '0')}T${clock}${zone === 'UTC' ? 'Z' : zone}`,
    );
    return loginEvent(line, service, stamp?.at ?? line.time);
  },
});

export default parser;
