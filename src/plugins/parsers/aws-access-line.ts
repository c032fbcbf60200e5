/** AWS logs that are lines: VPC flow logs, load balancers, S3 server access. */
import type { ParseOutcome } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { readBalancer, readBucket } from './lib/aws-lines.ts';
import { readFlow } from './lib/vpc-flow.ts';

const flow =
  /^[2-8] (?:\d{12}|unknown) \S{1,40} (?:[0-9A-Fa-f.:]{3,45}|-) (?:[0-9A-Fa-f.:]{3,45}|-) (?:\d{1,5}|-) (?:\d{1,5}|-) (?:\d{1,3}|-) (?:\d{1,15}|-) (?:\d{1,18}|-) \d{10} \d{10} (?:ACCEPT|REJECT|-) (?:OK|NODATA|SKIPDATA)\b/;
const balancer =
  /^(?:(?:http|https|h2|grpcs|ws|wss) )?\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z \S{1,200} [0-9A-Fa-f.:[\]]{3,60}:\d{1,5} \S{1,60} -?[\d.]{1,12} /;
const bucket =
  /^[0-9a-f]{10,64} [a-z0-9.-]{3,63} \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] \S{1,60} \S{1,2000} [A-Z0-9-]{1,40} [A-Z0-9]{1,20}\.[A-Z0-9_.]{2,60} /;

const flowColumns =
  'version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes start end action log_status'.split(
    ' ',
  );

function readFlowLine(message: string) {
  const cells = message.split(' ');
  const native: Record<string, string> = {};
  for (const [index, name] of flowColumns.entries()) {
    const cell = cells[index];
    if (cell !== undefined && cell !== '-') native[name] = cell;
  }
  const number = (name: string) => (native[name] === undefined ? undefined : Number(native[name]));
  return readFlow(native, {
    from: native['srcaddr'],
    fromPort: number('srcport'),
    to: native['dstaddr'],
    toPort: number('dstport'),
    protocol: native['protocol'],
    action: native['action'],
    bytes: number('bytes'),
    start: number('start'),
    account: native['account_id'],
  });
}

const parser: TextParser = defineParser({
  name: 'aws-access-line',
  reads: 'text',
  version: 1,
  computed: {},
  summary: 'AWS logs that are lines: VPC flow logs, load balancers, S3 server access',
  accepts: ({ line }) => flow.test(line) || balancer.test(line) || bucket.test(line),
  parse: ({ line }: TextLine): ParseOutcome => {
    if (flow.test(line)) return readFlowLine(line);
    const event = balancer.test(line) ? readBalancer(line) : readBucket(line);
    return event ?? { kind: 'unparsed', reason: 'unknown_format' };
  },
});

export default parser;
