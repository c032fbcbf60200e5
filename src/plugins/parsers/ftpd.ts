/** FTP servers: vsftpd, ProFTPD, Pure-FTPd. */
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

const ip = '(?:::ffff:)?(?<src_ip>[0-9A-Fa-f.:]+)';
/** vsftpd's own file has a time with the year at its end, and no envelope. */
const vsftpdTime =
  '\\w{3} (?<month>\\w{3}) {1,2}(?<day>\\d{1,2}) (?<clock>\\d\\d:\\d\\d:\\d\\d) (?<year>\\d{4}) ';
const vsftpd = new RegExp(`^${vsftpdTime}\\[pid \\d+\\] `);
const vsftpdHead = '^(?:\\w{3} \\w{3} {1,2}\\d{1,2} [\\d:]{8} \\d{4} )?\\[pid \\d+\\] ';
const vsftpdUser = '\\[(?<user>[^\\]]*)\\] ';
const proftpdHead = `^(?:\\S+ )?\\([^\\s[()]*\\[${ip}\\]\\):? (?:- )?USER `;
const pureHead = '^\\([^\\s@()]*@(?<src_ip>[^)\\s]+)\\) ';

const service: LoginService = {
  product: 'FTP server',
  service: 'ftpd',
  messages: [
    { pattern: new RegExp(`${vsftpdHead}${vsftpdUser}OK LOGIN: Client "${ip}"`), outcome: 'success' },
    { pattern: new RegExp(`${vsftpdHead}${vsftpdUser}FAIL LOGIN: Client "${ip}"`), outcome: 'failure' },
    {
      pattern: new RegExp(
        `${vsftpdHead}(?:${vsftpdUser})?FTP response: Client "${ip}", "(?<reason>530 [^"]*)"`,
      ),
      outcome: 'failure',
    },
    { pattern: new RegExp(`${vsftpdHead}CONNECT: Client "${ip}"`), outcome: 'other' },
    {
      pattern: new RegExp(
        `${proftpdHead}(?<user>.*?)(?: \\(Login failed\\))?: (?<reason>no such user found|Incorrect password)`,
      ),
      outcome: 'failure',
    },
    { pattern: new RegExp(`${proftpdHead}(?<user>.*?): Login successful`), outcome: 'success' },
    {
      pattern: new RegExp(`${pureHead}\\[WARNING\\] Authentication failed for user \\[(?<user>.*)\\]$`),
      outcome: 'failure',
    },
    { pattern: new RegExp(`${pureHead}\\[INFO\\] (?<user>\\S+) is now logged in$`), outcome: 'success' },
  ],
};

const parser: TextParser = defineParser({
  name: 'ftpd',
  reads: 'text',
  version: 1,
  moreServices: loginMoreServices,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'FTP servers (vsftpd, ProFTPD, Pure-FTPd): sign-ins, failures',
  accepts: ({ program, message, envelope }) =>
    ['vsftpd', 'proftpd', 'pure-ftpd'].includes(program)
      ? !/^pam_\w+\(/.test(message)
      : envelope === 'none' && vsftpd.test(message) && isLoginMessage(service, message),
  parse(line) {
    const { month = '', day = '', clock = '', year = '' } = vsftpd.exec(line.message)?.groups ?? {};
    const stamp = readTimestamp(`${year}-${monthDigits(month)}-${day.padStart(2, '0')}T${clock}`);
    return loginEvent(line, service, stamp?.at ?? line.time);
  },
});

export default parser;
