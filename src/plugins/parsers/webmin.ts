/** Webmin's log of actions (miniserv's sign-ins among them). */
import { defineParser, type TextParser } from '../define.ts';
import { type LoginService, loginEvent, loginMoreServices } from './lib/login-line.ts';
import { envelopeComputed, envelopeEscapes } from './lib/syslog-event.ts';
import { readTimestamp } from './lib/timestamp.ts';

const head =
  '^(?<epoch>\\d{9,11})\\.\\d+\\.\\d+ \\[[^\\]]*\\] (?<user>\\S+) (?<session>\\S+) (?<src_ip>\\S+) (?<module>\\S+) (?<script>\\S+)';

const service: LoginService = {
  product: 'Webmin',
  service: 'webmin',
  messages: [
    { pattern: new RegExp(`${head} "(?<action>failed)" "[^"]*" "(?<reason>[^"]*)"`), outcome: 'failure' },
    { pattern: new RegExp(`${head} "(?<action>login)"`), outcome: 'success' },
    { pattern: new RegExp(`${head} "(?<action>[^"]*)"`), outcome: 'other' },
  ],
};
const any = new RegExp(`${head} "`);

const parser: TextParser = defineParser({
  name: 'webmin',
  reads: 'text',
  version: 1,
  moreServices: loginMoreServices,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Webmin's actions and sign-ins",
  accepts: ({ message }) => /^\d{9,11}\.\d/.test(message) && any.test(message),
  parse(line) {
    const seconds = any.exec(line.message)?.groups?.['epoch'];
    return loginEvent(line, service, readTimestamp(Number(seconds))?.at ?? line.time);
  },
});

export default parser;
