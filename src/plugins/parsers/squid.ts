/** Squid's access log in its own format. */
import type { ParsedEvent } from '../../model/event.ts';
import { defineParser, type TextParser } from '../define.ts';
import { ipOf } from './lib/address.ts';
import { defined } from './lib/fields.ts';
import { targetOf } from './lib/http-view.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { present, w3cFields, webView } from './lib/web-request.ts';

const pattern =
  /^(\d{10})\.(\d{3}) {1,12}(-?\d{1,10}) (\S{2,255}) ([A-Z_]{2,60})\/(\d{3}) (-?\d{1,18}) ([A-Z_-]{1,40}) (\S{1,16000}) (\S{1,300}) ([A-Z_]{2,60})\/(\S{1,255}) (\S{1,200})/;

/** The last name's ending, as rules for downloads ask for it. */
function extensionOf(path: string | undefined): string | undefined {
  return /\.([A-Za-z0-9]{1,10})$/.exec(path ?? '')?.[1];
}

const parser: TextParser = defineParser({
  name: 'squid',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: "Squid's access log",
  accepts: ({ message }) => pattern.test(message),
  parse: (line): ParsedEvent => {
    const [, seconds, ms, elapsed, client, result, status, bytes, method, url, user, hierarchy, peer, type] =
      pattern.exec(line.message) ?? [];
    const uri = url ?? '';
    // A tunnel's target is host and port.
    const target = method === 'CONNECT' ? { host: uri.replace(/:\d{1,5}$/, '') } : targetOf(uri);
    const peerAddress = ipOf(present(peer));
    const native = {
      ...envelopeFields(line),
      ...w3cFields({
        client,
        user: present(user),
        method,
        uri,
        status: Number(status) || undefined,
        bytes: Number(bytes),
        host: target.host,
      }),
      ...defined({
        elapsed: Number(elapsed),
        result,
        hierarchy,
        peer: present(peer),
        mime_type: present(type),
        'c-uri': uri,
        'c-uri-query': target.query,
        'c-uri-extension': extensionOf(target.path),
        dst_ip: peerAddress,
      }),
    };
    const time = Number(seconds) * 1000 + Number(ms);
    const logsource = { product: 'squid', service: 'squid', category: 'proxy' };
    const product = { name: 'Squid', vendor_name: 'Squid' };
    return eventOf({ time, native, logsource }, () =>
      webView(native, time, product, { device: deviceOf(line), server: peerAddress, logName: 'access' }),
    );
  },
});

export default parser;
