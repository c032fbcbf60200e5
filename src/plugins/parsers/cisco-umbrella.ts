/** Cisco Umbrella's DNS log as JSON: names that were asked for, allowed or blocked. */
import { defineParser, type JsonParser } from '../define.ts';
import { dnsEvent } from './lib/dns-view.ts';
import { at, text } from './lib/fields.ts';

const parser: JsonParser = defineParser({
  name: 'cisco-umbrella',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "Cisco Umbrella's DNS log (JSON)",
  accepts: (json) =>
    typeof at(json, 'domain') === 'string' &&
    typeof at(json, 'action') === 'string' &&
    Object.hasOwn(json, 'internalIp') &&
    Object.hasOwn(json, 'responseCode'),
  parse: (json) =>
    dnsEvent(json, {
      product: { name: 'Umbrella', vendor_name: 'Cisco' },
      logsource: { product: 'cisco', service: 'umbrella' },
      time: at(json, 'timestamp'),
      name: text(json, 'domain') ?? '',
      type: text(json, 'queryType'),
      rcode: text(json, 'responseCode'),
      client: text(json, 'internalIp'),
      answers: [],
      blocked: text(json, 'action')?.toLowerCase().startsWith('block') ?? false,
    }),
});

export default parser;
