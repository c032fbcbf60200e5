/** Queries that name servers log: BIND and Infoblox, dnsmasq and Pi-hole, Unbound. */
import { instantOf, monthOfName } from '../../base/civil-time.ts';
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { endpoint } from './lib/endpoint.ts';
import { defined, int, text } from './lib/fields.ts';
import { eventOf, ocsfView, severity } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';

type Fields = Record<string, unknown>;

/** BIND's own time, category and severity before the client, as its files and some syslogs have them. */
const bindHead =
  /^(?:(\d{2})-([A-Z][a-z]{2})-(\d{4}) (\d{2}):(\d{2}):(\d{2})\.(\d{3}) )?(?:([a-z-]{3,30}): )?(?:([a-z]{4,8}): )?client (?:@0x[0-9a-f]{1,16} )?([0-9A-Fa-f.:%]{2,60})#(\d{1,5})(?: \(([^)\s]{1,300})\))?: /;
const bindQuery =
  /^(?:(UDP|TCP): )?query: (\S{1,300}) (\S{1,20}) (\S{1,20})(?: response: (\S{1,30}))?(?: ([-+]\S{0,20}))?(?: \(([0-9A-Fa-f.:%]{2,60})\))?/;
const bindRefused =
  /^(?:(query|zone transfer|update|notify|bad zone transfer request):? )(?:\(([a-z]{2,20})\) )?'([^'/]{1,300})\/(?:([A-Z0-9-]{1,20})\/)?([A-Z]{2,10})'(.{0,300})/;

const dnsmasq =
  /^(?:\d{1,12} \S{3,60} )?(query|reply|cached|forwarded|config|\/etc\/hosts|gravity blocked|regex blacklisted|exactly blacklisted|regex denied|exactly denied)(?:\[([A-Z0-9-]{1,20})\])? (\S{1,300}) (from|is|to) (\S{1,300})$/;
const unbound =
  /^(?:\[\d{1,12}:[0-9a-f]{1,8}\] )?(?:info: )?([0-9A-Fa-f.:]{2,60}) (\S{1,300})\.? ([A-Z0-9]{1,20}) (IN|CH|HS)(?: ([A-Z]{4,20}) \S{1,20} (?:[01]) \d{1,6})?$/;

interface Read {
  readonly service: 'bind' | 'dnsmasq' | 'unbound';
  readonly fields: Fields;
  readonly refused: boolean;
}

function withoutDot(name: string | undefined): string | undefined {
  return name !== undefined && name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
}

function readBind(message: string): Read | null {
  const head = bindHead.exec(message);
  if (head === null) return null;
  const rest = message.slice(head[0].length);
  const shared = { log_category: head[8], log_level: head[9], client: head[10], client_port: head[11] };
  const query = bindQuery.exec(rest);
  if (query !== null) {
    const [, transport, name, recordClass, type, rcode, flags, server] = query;
    const own = {
      query: withoutDot(name),
      record_class: recordClass,
      record_type: type,
      rcode,
      flags,
      server,
    };
    return { service: 'bind', fields: defined({ ...shared, transport, ...own }), refused: false };
  }
  const refused = bindRefused.exec(rest);
  if (refused === null)
    return { service: 'bind', fields: defined({ ...shared, query: head[12] }), refused: false };
  const [, request, , name, type, recordClass, end = ''] = refused;
  const fields = { ...shared, request, query: name, record_type: type, record_class: recordClass };
  const isRefused = end.startsWith(' denied') || request?.startsWith('bad') === true;
  return {
    service: 'bind',
    fields: defined({ ...fields, result: end.replace(/^[ :]+/, '') || undefined }),
    refused: isRefused,
  };
}

function readDnsmasq(message: string): Read | null {
  const match = dnsmasq.exec(message);
  if (match === null) return null;
  const [, request = '', type, query, word, other] = match;
  const fields = defined({
    request,
    query,
    record_type: type,
    client: word === 'from' ? other : undefined,
    answer: word === 'is' ? other : undefined,
    server: word === 'to' ? other : undefined,
  });
  return { service: 'dnsmasq', fields, refused: /blocked|blacklisted|denied/.test(request) };
}

function readUnbound(message: string): Read | null {
  const match = unbound.exec(message);
  if (match === null) return null;
  const [, client, query, type, recordClass, rcode] = match;
  const fields = { client, query: withoutDot(query), record_type: type, record_class: recordClass, rcode };
  return { service: 'unbound', fields: defined(fields), refused: false };
}

function readLineOf({ program, message }: TextLine): Read | null {
  if (program.startsWith('dnsmasq') || program === 'pihole-ftl') return readDnsmasq(message);
  return program === 'unbound' ? readUnbound(message) : readBind(message);
}

/** The moment BIND wrote itself; it knows the milliseconds that syslog does not. */
function bindTime(message: string, hints: { readonly zone?: string }): number | null {
  const match = bindHead.exec(message);
  const month = monthOfName(match?.[2] ?? '');
  if (match === null || month === 0) return null;
  const [, day, , year, hour, minute, second, ms] = match;
  const numbers = { year: Number(year), day: Number(day), hour: Number(hour), minute: Number(minute) };
  return instantOf({ ...numbers, month, second: Number(second), ms: Number(ms) }, hints);
}

function toOcsf(line: TextLine, native: NativeFields, read: Read, time: number | null): OcsfEvent {
  const hostname = text(native, 'query');
  const rdata = text(native, 'answer');
  const names: Readonly<Record<Read['service'], string>> = {
    bind: 'BIND',
    dnsmasq: 'dnsmasq',
    unbound: 'Unbound',
  };
  const base = {
    time,
    severity_id: read.refused ? severity.low : undefined,
    metadata: { product: { name: names[read.service] }, log_name: text(native, 'log_category') },
  };
  return ocsfView('dns_activity', rdata === undefined ? 1 : 2, base, {
    message: line.message,
    device: deviceOf(line),
    src_endpoint: endpoint(text(native, 'client'), int(native, 'client_port')),
    dst_endpoint: endpoint(text(native, 'server')),
    query:
      hostname === undefined
        ? undefined
        : { hostname, type: text(native, 'record_type'), class: text(native, 'record_class') },
    answers: rdata === undefined ? undefined : [{ rdata }],
    rcode: text(native, 'rcode'),
    ...(read.refused ? { action_id: 2, action: 'Denied' } : {}),
  });
}

const parser: TextParser = defineParser({
  name: 'dns-query',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'Queries logged by BIND and Infoblox, dnsmasq and Pi-hole, Unbound',
  accepts: (line) => readLineOf(line) !== null,
  parse: (line, context): ParsedEvent => {
    const read = readLineOf(line) ?? { service: 'bind', fields: {}, refused: false };
    const native = { ...envelopeFields(line), ...read.fields };
    const time = bindTime(line.message, context) ?? line.time;
    const logsource = { product: 'dns', service: read.service, category: 'dns' };
    return eventOf({ time, native, logsource }, () => toOcsf(line, native, read, time));
  },
});

export default parser;
