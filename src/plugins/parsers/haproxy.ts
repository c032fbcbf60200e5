/** HAProxy's HTTP and TCP logs. */
import type { ParseOutcome } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { defined } from './lib/fields.ts';
import { flowFields, flowView } from './lib/flow.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { present, requestLine, w3cFields, webView } from './lib/web-request.ts';
import { readClfTime } from './lib/web-time.ts';

const head =
  /^([0-9A-Fa-f.:]{3,60}):(\d{1,5}) \[(\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2}\.\d{3})\] (\S{1,100})(?: |: )/;
const http =
  /^(\S{1,200}) (-?\d{1,10}(?:\/[-+]?\d{1,10}){4}) (\d{3}|-1) \+?(\d{1,18}) (\S{1,2000}) (\S{1,2000}) (\S{4}) \S{1,60} \S{1,30} (?:\{([^}]{0,4000})\} )?(?:\{([^}]{0,4000})\} )?"([^]*?)"?$/;
const tcp = /^(\S{1,200}) (-?\d{1,10}(?:\/[-+]?\d{1,10}){2}) \+?(\d{1,18}) (\S{2}) \S{1,60} \S{1,30}/;

const product = { name: 'HAProxy', vendor_name: 'HAProxy' };
const logName = 'access';

function read(line: TextLine, zone: { readonly zone?: string }): ParseOutcome {
  const match = head.exec(line.message);
  if (match === null) return { kind: 'unparsed', reason: 'unknown_format' };
  const [whole, client, port, timestamp = '', frontend] = match;
  const rest = line.message.slice(whole.length);
  const time = readClfTime(timestamp, zone) ?? line.time;
  const shared = { ...envelopeFields(line), timestamp, frontend };
  const device = deviceOf(line);
  const request = http.exec(rest);
  if (request !== null) {
    const [, backend, timers, status, bytes, , , state, captured, answered, requestText = ''] = request;
    const native = {
      ...shared,
      ...w3cFields({
        client,
        ...requestLine(requestText),
        status: status === '-1' ? undefined : Number(status),
        bytes: Number(bytes),
      }),
      ...defined({ backend, timers, state, captured: present(captured), answered: present(answered) }),
      'c-port': Number(port),
    };
    const logsource = { product: 'haproxy', service: 'haproxy', category: 'webserver' };
    return eventOf({ time, native, logsource }, () => webView(native, time, product, { device, logName }));
  }
  const session = tcp.exec(rest);
  const flow = {
    from: client,
    fromPort: Number(port),
    protocol: 'tcp',
    bytesIn: session === null ? undefined : Number(session[3]),
    message: session === null ? rest : undefined,
    device,
  };
  const own = defined({
    backend: session?.[1],
    state: session?.[4],
    error: session === null ? rest : undefined,
  });
  const native = { ...shared, ...own, ...flowFields(flow) };
  const logsource = { product: 'haproxy', service: 'haproxy' };
  return eventOf({ time, native, logsource }, () => flowView(flow, { time, metadata: { product } }));
}

const parser: TextParser = defineParser({
  name: 'haproxy',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "HAProxy's HTTP and TCP logs",
  accepts: ({ message }) => head.test(message),
  parse: read,
});

export default parser;
