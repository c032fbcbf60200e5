/** ISC's DHCP server: which machine had which address. */
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { endpoint } from './lib/endpoint.ts';
import { lookup, text } from './lib/fields.ts';
import { eventOf, ocsfView } from './lib/ocsf-view.ts';
import {
  deviceOf,
  envelopeComputed,
  envelopeEscapes,
  envelopeFields,
  groupsInto,
  syslogBase,
} from './lib/syslog-event.ts';

/** `DHCPACK on 192.0.2.9 to 00:11:… (name) via eth1`; the words between differ by message. */
const exchange =
  /^(?<message_type>DHCP(?:DISCOVER|OFFER|REQUEST|ACK|NAK|RELEASE|DECLINE|INFORM|EXPIRE))(?: (?:on|for|of|from|to) (?<address>\d{1,3}(?:\.\d{1,3}){3}))?(?: \((?<server>[\d.]{7,15})\))?(?: (?:to|from) (?<mac>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}))?(?: \((?<client_name>[^)]{1,255})\))?(?: via (?<interface>[^\s:]{1,80}))?/;

/** OCSF's activities of DHCP. */
const activities: Readonly<Record<string, 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9>> = {
  DHCPDISCOVER: 1,
  DHCPOFFER: 2,
  DHCPREQUEST: 3,
  DHCPDECLINE: 4,
  DHCPACK: 5,
  DHCPNAK: 6,
  DHCPRELEASE: 7,
  DHCPINFORM: 8,
  DHCPEXPIRE: 9,
};

function toOcsf(line: TextLine, native: Readonly<Record<string, unknown>>): OcsfEvent {
  const type = text(native, 'message_type') ?? '';
  const base = syslogBase(line, { name: 'DHCP server', vendor_name: 'ISC' });
  const [mac, hostname] = [text(native, 'mac'), text(native, 'client_name')];
  return ocsfView('dhcp_activity', lookup(activities, type) ?? 99, base, {
    message: line.message,
    device: deviceOf(line),
    src_endpoint: { ...endpoint(text(native, 'address')), mac, hostname },
  });
}

const parser: TextParser = defineParser({
  name: 'dhcpd',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "ISC's DHCP server",
  programs: ['dhcpd'],
  accepts: ({ message }) => exchange.test(message),
  parse: (line): ParsedEvent => {
    const match = exchange.exec(line.message);
    const native = match === null ? envelopeFields(line) : groupsInto(envelopeFields(line), match);
    const logsource = { product: 'linux', service: 'dhcpd', category: 'dhcp' };
    return eventOf({ time: line.time, native, logsource }, () => toOcsf(line, native));
  },
});

export default parser;
