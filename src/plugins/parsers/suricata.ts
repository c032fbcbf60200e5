/** Suricata's EVE log: alerts as findings, and its records of traffic. */
import type { Logsource, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { at, int, known, list, text } from './lib/fields.ts';
import { findingView } from './lib/finding-view.ts';
import { eventOf, type OcsfBase, ocsfView } from './lib/ocsf-view.ts';
import { signatureFinding } from './lib/suricata-signature.ts';
import { readTimestamp } from './lib/timestamp.ts';

const product = { name: 'Suricata', vendor_name: 'OISF' };

interface Parts {
  readonly base: OcsfBase;
  readonly src_endpoint: OcsfObjects['network_endpoint'] | undefined;
  readonly dst_endpoint: OcsfObjects['network_endpoint'] | undefined;
  readonly connection_info: OcsfObjects['network_connection_info'] | undefined;
  readonly device: OcsfObjects['device'] | undefined;
}

function partsOf(json: JsonRecord, time: number | null): Parts {
  const proto = text(json, 'proto');
  const host = text(json, 'host');
  return {
    base: {
      time,
      metadata: {
        product,
        original_time: text(json, 'timestamp'),
        log_name: text(json, 'event_type'),
        correlation_uid: text(json, 'flow_id'),
      },
    },
    src_endpoint: known({ ip: text(json, 'src_ip'), port: int(json, 'src_port') }),
    dst_endpoint: known({ ip: text(json, 'dest_ip'), port: int(json, 'dest_port') }),
    connection_info:
      proto === undefined
        ? undefined
        : { protocol_name: proto.toLowerCase(), direction_id: 0, community_uid: text(json, 'community_id') },
    device: host === undefined ? undefined : { hostname: host, type_id: 0 },
  };
}

const methods: Readonly<Record<string, 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9>> = {
  CONNECT: 1,
  DELETE: 2,
  GET: 3,
  HEAD: 4,
  OPTIONS: 5,
  POST: 6,
  PUT: 7,
  TRACE: 8,
  PATCH: 9,
};

function http(json: JsonRecord, { base, ...parts }: Parts): OcsfEvent {
  const request = at(json, 'http');
  const method = text(request, 'http_method') ?? '';
  const code = int(request, 'status');
  return ocsfView('http_activity', methods[method] ?? 99, base, {
    ...parts,
    http_request: {
      http_method: method === '' ? undefined : method,
      user_agent: text(request, 'http_user_agent'),
      referrer: text(request, 'http_refer'),
      url: known({ hostname: text(request, 'hostname'), path: text(request, 'url') }),
    },
    http_response: code === undefined ? undefined : { code, length: int(request, 'length') },
  });
}

/** Version 7 has one question in `dns`; version 8 a list of them. */
function question(json: JsonRecord): unknown {
  const dns = at(json, 'dns');
  return list(dns, 'queries')[0] ?? list(dns, 'query')[0] ?? dns;
}

function dns(json: JsonRecord, { base, ...parts }: Parts): OcsfEvent {
  const asked = question(json);
  const hostname = text(asked, 'rrname');
  const answers = list(json, 'dns', 'answers').flatMap((answer) => {
    const rdata = text(answer, 'rdata');
    return rdata === undefined ? [] : [{ rdata, type: text(answer, 'rrtype') }];
  });
  const isAnswer = ['answer', 'response'].includes(text(json, 'dns', 'type') ?? '');
  return ocsfView('dns_activity', isAnswer ? 2 : 1, base, {
    ...parts,
    query: hostname === undefined ? undefined : { hostname, type: text(asked, 'rrtype') },
    answers: answers.length === 0 ? undefined : answers,
    rcode: text(json, 'dns', 'rcode'),
  });
}

function flow(json: JsonRecord, { base, ...parts }: Parts, service: string): OcsfEvent {
  const counts = at(json, 'flow') ?? at(json, 'netflow');
  const closed = text(counts, 'state') === 'closed' ? 2 : 6;
  return ocsfView('network_activity', service === 'drop' ? 5 : closed, base, {
    ...parts,
    app_name: text(json, 'app_proto'),
    traffic: known({
      bytes_out: int(counts, 'bytes_toserver'),
      bytes_in: int(counts, 'bytes_toclient'),
      packets_out: int(counts, 'pkts_toserver'),
      packets_in: int(counts, 'pkts_toclient'),
    }),
    tls: tlsOf(json),
  });
}

function tlsOf(json: JsonRecord): OcsfObjects['tls'] | undefined {
  const version = text(json, 'tls', 'version');
  return version === undefined ? undefined : { version, sni: text(json, 'tls', 'sni') };
}

function viewOf(json: JsonRecord, time: number | null, type: string): OcsfEvent {
  const parts = partsOf(json, time);
  if (type === 'http') return http(json, parts);
  if (type === 'dns') return dns(json, parts);
  if (parts.src_endpoint !== undefined) return flow(json, parts, type);
  return ocsfView('base_event', 99, parts.base, { message: `Suricata ${type}`, device: parts.device });
}

/** Suricata's DNS records also by the names that Sigma's category `dns` has. */
function nativeOf(json: JsonRecord, type: string): JsonRecord {
  if (type !== 'dns') return json;
  const asked = question(json);
  const answers = list(json, 'dns', 'answers').map((answer) => text(answer, 'rdata'));
  return { ...json, query: text(asked, 'rrname'), record_type: text(asked, 'rrtype'), answer: answers };
}

function read(json: JsonRecord, type: string): ParsedEvent {
  const time = readTimestamp(at(json, 'timestamp'))?.at ?? null;
  const logsource: Logsource = {
    product: 'suricata',
    service: type,
    ...(type === 'dns' ? { category: 'dns' } : {}),
  };
  const native = nativeOf(json, type);
  const finding = type === 'alert' ? signatureOf(json) : null;
  if (finding === null) return eventOf({ time, native, logsource }, () => viewOf(json, time, type));
  return eventOf({ time, native, logsource, finding }, () => {
    const { src_endpoint, dst_endpoint, connection_info, device } = partsOf(json, time);
    const request = at(json, 'http');
    const category = text(json, 'alert', 'category');
    return findingView(finding, {
      time,
      product,
      originalTime: text(json, 'timestamp'),
      ...(category === undefined ? {} : { types: [category] }),
      analytic: {
        type_id: 1,
        name: text(json, 'alert', 'signature'),
        uid: text(json, 'alert', 'signature_id'),
        version: text(json, 'alert', 'rev'),
      },
      evidences: [
        {
          src_endpoint,
          dst_endpoint,
          connection_info,
          url: known({ hostname: text(request, 'hostname'), path: text(request, 'url') }),
          tls: tlsOf(json),
        },
      ],
      rest: { device, disposition_id: text(json, 'alert', 'action') === 'blocked' ? 2 : 1 },
    });
  });
}

function signatureOf(json: JsonRecord) {
  const title = text(json, 'alert', 'signature');
  const sid = int(json, 'alert', 'signature_id');
  if (title === undefined || sid === undefined) return null;
  const rated = text(json, 'alert', 'metadata', 'signature_severity');
  const rating = rated ?? list(json, 'alert', 'metadata', 'signature_severity')[0];
  const techniques = list(json, 'alert', 'metadata', 'mitre_technique_id');
  return signatureFinding({
    gid: int(json, 'alert', 'gid') ?? 1,
    sid,
    title,
    category: text(json, 'alert', 'category') ?? '',
    priority: int(json, 'alert', 'severity') ?? 4,
    rating: typeof rating === 'string' ? rating : '',
    techniques: techniques.filter((one): one is string => typeof one === 'string'),
    src: text(json, 'src_ip') ?? '',
    dst: text(json, 'dest_ip') ?? '',
  });
}

const parser: JsonParser = defineParser({
  name: 'suricata',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'Suricata EVE: alerts, and records of flows, DNS, HTTP, TLS and other traffic',
  accepts: (json) =>
    typeof at(json, 'event_type') === 'string' &&
    typeof at(json, 'timestamp') === 'string' &&
    (Object.hasOwn(json, 'flow_id') || Object.hasOwn(json, String(at(json, 'event_type')))),
  parse: (json) => read(json, text(json, 'event_type') ?? 'unknown'),
});

export default parser;
