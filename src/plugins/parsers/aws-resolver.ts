/** AWS Route 53 Resolver query logs: the names that machines of a VPC ask for. */
import { defineParser, type JsonParser } from '../define.ts';
import { dnsEvent } from './lib/dns-view.ts';
import { at, list, text } from './lib/fields.ts';

const parser: JsonParser = defineParser({
  name: 'aws-resolver',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'AWS Route 53 Resolver query logs',
  accepts: (json) =>
    typeof at(json, 'query_name') === 'string' &&
    typeof at(json, 'query_timestamp') === 'string' &&
    Object.hasOwn(json, 'rcode'),
  parse: (json) =>
    dnsEvent(json, {
      product: { name: 'Route 53 Resolver', vendor_name: 'AWS' },
      logsource: { product: 'aws', service: 'route53_resolver' },
      time: at(json, 'query_timestamp'),
      name: text(json, 'query_name') ?? '',
      type: text(json, 'query_type'),
      rcode: text(json, 'rcode'),
      client: text(json, 'srcaddr'),
      answers: list(json, 'answers').flatMap((answer) => text(answer, 'Rdata') ?? []),
    }),
});

export default parser;
