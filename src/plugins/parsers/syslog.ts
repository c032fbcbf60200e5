/** A line with a syslog envelope that no other parser knows: the envelope is read, the message stays text. */
import { defineParser, type TextParser } from '../define.ts';
import { eventOf, ocsfView } from './lib/ocsf-view.ts';
import {
  deviceOf,
  envelopeComputed,
  envelopeEscapes,
  envelopeFields,
  syslogBase,
} from './lib/syslog-event.ts';

const parser: TextParser = defineParser({
  name: 'syslog',
  reads: 'text',
  version: 1,
  moreServices: ['syslog'],
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'Lines with a syslog envelope (RFC 3164, RFC 5424) that no other parser reads',
  fallback: true,
  // A shipper's object with a text in it is a syslog line only if it names a program.
  accepts: ({ envelope, program }) => envelope !== 'none' && (envelope !== 'carrier' || program !== ''),
  parse(line) {
    const service = line.program === 'cron' || line.program === 'crond' ? 'cron' : 'syslog';
    const logsource = { product: 'linux', service, moreServices: ['syslog'] };
    return eventOf({ time: line.time, native: envelopeFields(line), logsource }, () =>
      ocsfView('base_event', 99, syslogBase(line, { name: line.app || 'syslog' }), {
        message: line.message,
        device: deviceOf(line),
      }),
    );
  },
});

export default parser;
