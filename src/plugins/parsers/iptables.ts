/** Packets that Linux' netfilter logs: iptables and nftables rules, UFW, UniFi and Proxmox firewalls. */
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { defined, int, text } from './lib/fields.ts';
import { type Flow, flowFields, flowView, protocolName } from './lib/flow.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { readClfTime } from './lib/web-time.ts';

const pair = /(?:^|\s)([A-Z]{2,10})=(\S*)/g;
const flags = /\s(CWR|ECE|URG|ACK|PSH|RST|SYN|FIN|DF|MF)(?=\s|$)/g;

/** `IN=eth0 OUT= SRC=… DST=… SPT=…`: the kernel's own names; an empty one is left out. */
function packetFields(message: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [, name = '', value = ''] of message.matchAll(pair)) if (value !== '') fields[name] = value;
  const set = [...message.matchAll(flags)].map(([, flag]) => flag);
  if (set.length > 0) fields['flags'] = set.join(' ');
  return fields;
}

/** What the rule's author wrote before the packet: `[UFW BLOCK]`, `IPTABLES-DROP:`, `policy DROP:`. */
function prefixOf(message: string): string {
  const end = message.search(/(?:^|\s)(?:IN|XX|OUT)=/);
  const label = (end === -1 ? '' : message.slice(0, end)).replace(/^\s*\[\s*\d+\.\d+\]\s*/, '');
  return label.trim().slice(0, 200);
}

const denied = /\b(?:BLOCK|DROP|DENY|DENIED|REJECT|D-\d+|R-\d+)/i;
const accepted = /\b(?:ACCEPT|ALLOW|PASS|PERMIT|A-\d+)/i;

/** The kernel does not say what became of the packet; the rule's prefix usually does. */
function decision(prefix: string): boolean | undefined {
  // UniFi's description says `Block` where its code says accept: the code comes first.
  const code = /\[[^\]]{0,80}-([ADR])-\d{1,12}\]/.exec(prefix)?.[1];
  if (code !== undefined) return code === 'A';
  if (denied.test(prefix)) return false;
  return accepted.test(prefix) ? true : undefined;
}

function flowOf(line: TextLine, fields: NativeFields, prefix: string): Flow {
  return {
    from: text(fields, 'SRC'),
    fromPort: int(fields, 'SPT'),
    to: text(fields, 'DST'),
    toPort: int(fields, 'DPT'),
    protocol: protocolName(text(fields, 'PROTO')),
    allowed: decision(prefix),
    rule: prefix === '' ? undefined : prefix,
    message: line.message,
    device: deviceOf(line, 'linux'),
  };
}

const proxmoxTime = /\s(\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\s/;

const parser: TextParser = defineParser({
  name: 'iptables',
  reads: 'text',
  version: 1,
  computed: { ...envelopeComputed, action: ['accept', 'drop'], flags: 'any' },
  escapes: envelopeEscapes,
  summary: 'Packets logged by iptables, nftables, UFW, UniFi and Proxmox firewalls',
  accepts: ({ message }) =>
    message.includes(' SRC=') && message.includes(' DST=') && message.includes('PROTO='),
  parse: (line, context): ParsedEvent => {
    const packet = packetFields(line.message);
    const prefix = prefixOf(line.message);
    const flow = flowOf(line, packet, prefix);
    const action = flow.allowed === undefined ? undefined : flow.allowed ? 'accept' : 'drop';
    const native = {
      ...envelopeFields(line),
      ...packet,
      ...defined({ prefix: prefix || undefined, action }),
      ...flowFields(flow),
    };
    const own = proxmoxTime.exec(line.message)?.[1];
    const time = line.time ?? (own === undefined ? null : readClfTime(own, context));
    const logsource = { product: 'linux', service: 'iptables', category: 'firewall' };
    const metadata = { product: { name: 'netfilter', vendor_name: 'Linux' }, log_name: 'firewall' };
    return eventOf({ time, native, logsource }, () => flowView(flow, { time, metadata }));
  },
});

export default parser;
