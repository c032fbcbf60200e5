/** Envoy's access log in its default text format, and Istio's. */
import type { ParseOutcome } from '../../model/event.ts';
import { defineParser, type TextParser } from '../define.ts';
import { defined } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { readTimestamp } from './lib/timestamp.ts';
import { present, requestLine, w3cFields, webView } from './lib/web-request.ts';

const head = /^\[(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)\] "((?:[^"\\]|\\[^])*)" (\d{1,3}) (\S{1,60}) /;
/** Forwarded-for, user agent, request id, authority, upstream: Istio has one quoted value more before them. */
const tail = /"([^"]{0,2000})" "([^"]{0,4000})" "([^"]{0,300})" "([^"]{0,300})" "([^"]{0,300})"/;

/** The client by `X-Forwarded-For`: the first, which the others vouch for as far as they are trusted. The list is kept. */
function clientOf(forwarded: string | undefined): string | undefined {
  const first = forwarded?.split(',')[0]?.trim();
  return present(first?.replace(/^\[(.{2,60})\](?::\d{1,5})?$/, '$1'));
}

const parser: TextParser = defineParser({
  name: 'envoy',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Envoy's and Istio's access log as text",
  accepts: ({ message }) => head.test(message),
  parse: (line): ParseOutcome => {
    const match = head.exec(line.message);
    if (match === null) return { kind: 'unparsed', reason: 'unknown_format' };
    const [whole, timestamp, request = '', status, flags] = match;
    const [, forwarded, userAgent, requestId, authority, upstream] =
      tail.exec(line.message.slice(whole.length)) ?? [];
    const native = {
      ...envelopeFields(line),
      timestamp,
      ...w3cFields({
        ...requestLine(request),
        client: clientOf(forwarded),
        status: status === '0' ? undefined : Number(status),
        userAgent: present(userAgent),
        host: present(authority),
      }),
      ...defined({
        response_flags: present(flags),
        'x-forwarded-for': present(forwarded),
        'x-request-id': present(requestId),
        upstream: present(upstream),
      }),
    };
    const time = readTimestamp(timestamp)?.at ?? null;
    const logsource = { product: 'envoy', service: 'envoy', category: 'webserver' };
    const more = { device: deviceOf(line), logName: 'access' };
    return eventOf({ time, native, logsource }, () => webView(native, time, { name: 'Envoy' }, more));
  },
});

export default parser;
