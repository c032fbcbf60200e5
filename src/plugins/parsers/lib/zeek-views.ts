/** Zeek's logs as OCSF events: one view per log, network activity for every other log of connections. */
import type { Instant } from '../../../base/clock.ts';
import type { OcsfEvent } from '../../../model/ocsf.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { endpoint } from './endpoint.ts';
import { int, known, lookup, text, texts } from './fields.ts';
import { httpActivity, targetOf, urlOf } from './http-view.ts';
import { type OcsfBase, ocsfView } from './ocsf-view.ts';
import { connection, ended, type View } from './zeek-parts.ts';
import type { ZeekRecord } from './zeek-record.ts';
import { dhcp, files, ftp, ntp, smtp } from './zeek-views-apps.ts';
import { kerberos, ntlm, radius } from './zeek-views-auth.ts';

const states: Readonly<Record<string, 2 | 3 | 4 | 5>> = {
  SF: 2,
  S0: 4,
  REJ: 5,
  RSTO: 3,
  RSTR: 3,
  RSTOS0: 3,
  RSTRH: 3,
};

const conn: View = (fields, base) =>
  ocsfView('network_activity', lookup(states, text(fields, 'conn_state')) ?? 6, base, {
    ...connection(fields),
    app_name: text(fields, 'service'),
    duration: milliseconds(fields['duration']),
    traffic: known({
      bytes_out: int(fields, 'orig_bytes'),
      bytes_in: int(fields, 'resp_bytes'),
      packets_out: int(fields, 'orig_pkts'),
      packets_in: int(fields, 'resp_pkts'),
      bytes_missed: int(fields, 'missed_bytes'),
    }),
  });

function milliseconds(seconds: unknown): number | undefined {
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : undefined;
}

const dns: View = (fields, base) => {
  const hostname = text(fields, 'query');
  const answers = texts(fields, 'answers').map((rdata) => ({ rdata }));
  return ocsfView('dns_activity', 6, base, {
    ...connection(fields),
    query:
      hostname === undefined
        ? undefined
        : { hostname, type: text(fields, 'qtype_name'), class: text(fields, 'qclass_name') },
    answers: answers.length === 0 ? undefined : answers,
    rcode: text(fields, 'rcode_name'),
    rcode_id: int(fields, 'rcode'),
  });
};

const http: View = (fields, base) => {
  const uri = text(fields, 'uri');
  const code = int(fields, 'status_code');
  const name = text(fields, 'username');
  return ocsfView('http_activity', httpActivity(text(fields, 'method')), base, {
    ...connection(fields),
    http_request: known({
      http_method: text(fields, 'method'),
      url: urlOf(uri, targetOf(uri, text(fields, 'host'))),
      user_agent: text(fields, 'user_agent'),
      referrer: text(fields, 'referrer'),
      version: text(fields, 'version'),
      body_length: int(fields, 'request_body_len'),
    }),
    http_response:
      code === undefined
        ? undefined
        : {
            code,
            message: text(fields, 'status_msg'),
            body_length: int(fields, 'response_body_len'),
            content_type: texts(fields, 'resp_mime_types')[0],
          },
    actor: name === undefined ? undefined : { user: { name } },
  });
};

const ssl: View = (fields, base) => {
  const version = text(fields, 'version');
  const ja3 = text(fields, 'ja3');
  const ja3s = text(fields, 'ja3s');
  return ocsfView('network_activity', fields['established'] === false ? 4 : 6, base, {
    ...connection(fields),
    app_name: 'ssl',
    tls: {
      version: version ?? 'unknown',
      cipher: text(fields, 'cipher'),
      sni: text(fields, 'server_name'),
      ja3_hash: ja3 === undefined ? undefined : { algorithm_id: 1, algorithm: 'MD5', value: ja3 },
      ja3s_hash: ja3s === undefined ? undefined : { algorithm_id: 1, algorithm: 'MD5', value: ja3s },
    },
    status_detail: text(fields, 'validation_status'),
  });
};

const ssh: View = (fields, base) =>
  ocsfView('ssh_activity', 6, base, {
    ...connection(fields),
    ...ended(fields['auth_success']),
    protocol_ver: text(fields, 'version'),
    message: text(fields, 'client'),
  });

const rdp: View = (fields, base) =>
  ocsfView('rdp_activity', 6, base, {
    ...connection(fields),
    identifier_cookie: text(fields, 'cookie'),
    protocol_ver: text(fields, 'security_protocol'),
    status_detail: text(fields, 'result'),
  });

const smbFiles: View = (fields, base) => {
  const name = text(fields, 'name');
  const share = text(fields, 'path');
  return ocsfView('smb_activity', fields['action'] === 'SMB::FILE_OPEN' ? 2 : 99, base, {
    ...connection(fields),
    command: text(fields, 'action'),
    share,
    file:
      name === undefined
        ? undefined
        : {
            name: name.slice(name.lastIndexOf('\\') + 1) || name,
            path: share === undefined ? name : `${share}\\${name}`,
            type_id: 1,
            size: int(fields, 'size'),
          },
  });
};

const smbMapping: View = (fields, base) =>
  ocsfView('smb_activity', 99, base, {
    ...connection(fields),
    share: text(fields, 'path'),
    share_type: text(fields, 'share_type'),
  });

/** What other logs say in one line. */
function sentence(path: string, fields: JsonRecord): string | undefined {
  switch (path) {
    case 'notice':
      return text(fields, 'msg') ?? text(fields, 'note');
    case 'dce_rpc':
      return [text(fields, 'endpoint'), text(fields, 'operation')].filter(Boolean).join(' ') || undefined;
    case 'x509':
      return text(fields, 'certificate.subject');
    case 'software':
      return text(fields, 'unparsed_version');
    default:
      return text(fields, 'message') ?? text(fields, 'failure_reason') ?? text(fields, 'name');
  }
}

function other(path: string, fields: JsonRecord, base: OcsfBase): OcsfEvent {
  const ids = connection(fields);
  // A notice may be about two ends without one connection of theirs.
  const src_endpoint = ids.src_endpoint ?? endpoint(text(fields, 'src'));
  const dst_endpoint = ids.dst_endpoint ?? endpoint(text(fields, 'dst'), int(fields, 'p'));
  const { connection_info } = ids;
  const message = sentence(path, fields);
  if (src_endpoint === undefined) return ocsfView('base_event', 99, base, { message });
  const about = { src_endpoint, dst_endpoint, connection_info, app_name: path, message };
  return ocsfView('network_activity', path === 'weird' ? 99 : 6, base, about);
}

const views: Readonly<Record<string, View>> = {
  conn,
  dns,
  http,
  ssl,
  ssh,
  rdp,
  smb_files: smbFiles,
  smb_mapping: smbMapping,
  kerberos,
  ntlm,
  radius,
  ftp,
  smtp,
  dhcp,
  ntp,
  files,
};

export function zeekView({ path, fields }: ZeekRecord, time: Instant | null): OcsfEvent {
  const sensor = text(fields, '_system_name') ?? text(fields, '@system');
  const base: OcsfBase = {
    time,
    metadata: {
      product: { name: 'Zeek', vendor_name: 'Zeek' },
      uid: text(fields, 'uid') ?? text(fields, 'fuid'),
      log_name: path,
      loggers: sensor === undefined ? undefined : [{ name: sensor }],
    },
  };
  const view = lookup(views, path);
  return view === undefined ? other(path, fields, base) : view(fields, base);
}
