/** AWS VPC flow logs: lines in the default format, and records that a data lake gives as objects. */
import type { ParsedEvent, ParseOutcome } from '../../model/event.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { int, text } from './lib/fields.ts';
import { readFlow } from './lib/vpc-flow.ts';

const parser: JsonParser = defineParser({
  name: 'aws-vpcflow',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'AWS VPC flow logs as objects',
  accepts: (json: JsonRecord) =>
    (text(json, 'srcAddr') ?? text(json, 'srcaddr')) !== undefined &&
    (text(json, 'dstAddr') ?? text(json, 'dstaddr')) !== undefined &&
    [
      'vpcId',
      'vpc_id',
      'vpc-id',
      'interfaceId',
      'interface_id',
      'interface-id',
      'account_id',
      'accountId',
    ].some((name) => Object.hasOwn(json, name)),
  parse: (json): ParseOutcome => {
    const one = (...names: readonly string[]) =>
      names.map((name) => text(json, name)).find((value) => value !== undefined && value !== 'null');
    const number = (...names: readonly string[]) =>
      names.map((name) => int(json, name)).find((value) => value !== undefined);
    const event: ParsedEvent = readFlow(json, {
      from: one('srcAddr', 'srcaddr'),
      fromPort: number('srcPort', 'srcport'),
      to: one('dstAddr', 'dstaddr'),
      toPort: number('dstPort', 'dstport'),
      protocol: one('protocol'),
      action: one('action'),
      bytes: number('bytes'),
      start: number('start') ?? one('start'),
      account: one('accountId', 'account_id', 'account'),
      direction: one('flowDirection', 'flow_direction', 'flow-direction'),
    });
    return event;
  },
});

export default parser;
