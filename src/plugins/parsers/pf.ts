/** Packets that pf logs on pfSense and OPNsense (`filterlog`). */
import type { ParsedEvent } from '../../model/event.ts';
import { defineParser, type TextParser } from '../define.ts';
import { defined, int, text } from './lib/fields.ts';
import { flowFields, flowView } from './lib/flow.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';

const shared = [
  'rule',
  'subrule',
  'anchor',
  'tracker',
  'interface',
  'reason',
  'action',
  'direction',
  'ip_version',
];
const v4 = ['tos', 'ecn', 'ttl', 'id', 'offset', 'flags', 'protocol_id', 'protocol', 'length', 'src', 'dst'];
const v6 = ['class', 'flow_label', 'hop_limit', 'protocol', 'protocol_id', 'length', 'src', 'dst'];
const ports = ['src_port', 'dst_port', 'data_length'];
const tcp = ['tcp_flags', 'sequence', 'ack', 'window', 'urg', 'options'];

/** By the name of each column; what is empty is left out. */
function columnsOf(message: string): Record<string, unknown> {
  const values = message.split(',');
  const names = [...shared, ...(values[8] === '6' ? v6 : v4)];
  const protocol = values[names.indexOf('protocol')]?.toLowerCase();
  if (protocol === 'tcp' || protocol === 'udp') names.push(...ports);
  if (protocol === 'tcp') names.push(...tcp);
  return defined(Object.fromEntries(names.map((name, at) => [name, values[at] || undefined])));
}

const head =
  /^[^,]{0,20},[^,]{0,20},[^,]{0,200},[^,]{0,80},[^,]{1,40},[^,]{1,40},[a-z]{2,20},(?:in|out|in\/out),[46],/;

const parser: TextParser = defineParser({
  name: 'pf',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "pfSense's and OPNsense's filterlog",
  programs: ['filterlog'],
  accepts: ({ message }) => head.test(message),
  parse: (line): ParsedEvent => {
    const columns = columnsOf(line.message);
    const action = text(columns, 'action');
    const flow = {
      from: text(columns, 'src'),
      fromPort: int(columns, 'src_port'),
      to: text(columns, 'dst'),
      toPort: int(columns, 'dst_port'),
      protocol: text(columns, 'protocol')?.toLowerCase(),
      allowed: action === undefined ? undefined : action === 'pass',
      rule: text(columns, 'tracker') ?? text(columns, 'rule'),
      direction:
        columns['direction'] === 'in'
          ? (1 as const)
          : columns['direction'] === 'out'
            ? (2 as const)
            : undefined,
      device: deviceOf(line),
    };
    const native = { ...envelopeFields(line), ...columns, ...flowFields(flow) };
    const logsource = { product: 'pf', service: 'filterlog', category: 'firewall' };
    const metadata = { product: { name: 'pf' }, log_name: 'filterlog' };
    return eventOf({ time: line.time, native, logsource }, () =>
      flowView(flow, { time: line.time, metadata }),
    );
  },
});

export default parser;
