/** Dovecot: sign-ins to IMAP and POP3, and what its authentication worker says. */
import { defineParser, type TextParser } from '../define.ts';
import { type LoginService, loginEvent, loginMoreServices } from './lib/login-line.ts';
import { envelopeComputed, envelopeEscapes } from './lib/syslog-event.ts';

const client = 'user=<(?<user>[^>]*)>(?:, method=(?<method>[\\w-]+))?, rip=(?<src_ip>[^,\\s]+)';

const service: LoginService = {
  product: 'Dovecot',
  service: 'dovecot',
  messages: [
    { pattern: new RegExp(`-login: (?:Info: )?Login: ${client}`), outcome: 'success' },
    { pattern: new RegExp(`-login: .*\\((?<reason>auth failed[^)]*)\\): ${client}`), outcome: 'failure' },
    { pattern: new RegExp(`-login: .*: ${client}`), outcome: 'other' },
    {
      pattern:
        /(?:pam|sql|ldap|passwd-file|passwd|static)\((?<user>[^,)]*),(?<src_ip>[^,)\s]+)(?:,<[^>]*>)?\): (?<reason>unknown user|pam_authenticate\(\) failed: [^(]*|[Pp]assword mismatch)/,
      outcome: 'failure',
    },
  ],
};

const parser: TextParser = defineParser({
  name: 'dovecot',
  reads: 'text',
  programs: ['dovecot'],
  version: 1,
  moreServices: loginMoreServices,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'Dovecot: sign-ins to IMAP and POP3, failures',
  accepts: ({ message }) => !/^pam_\w+\(/.test(message),
  parse: (line) => loginEvent(line, service),
});

export default parser;
