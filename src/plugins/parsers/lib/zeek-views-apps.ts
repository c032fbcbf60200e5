/** Zeek's logs of files, mail and the protocols that networks run on. */
import type { OcsfEvents } from '../../../model/ocsf.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { endpoint } from './endpoint.ts';
import { int, known, list, lookup, text, texts } from './fields.ts';
import { ocsfView } from './ocsf-view.ts';
import { connection, type View } from './zeek-parts.ts';

const ftpCommands: Readonly<Record<string, 1 | 2 | 4 | 5 | 6>> = {
  STOR: 1,
  STOU: 1,
  APPE: 1,
  RETR: 2,
  DELE: 4,
  RNFR: 5,
  RNTO: 5,
  LIST: 6,
  NLST: 6,
};

export const ftp: View = (fields, base) => {
  const name = text(fields, 'user');
  return ocsfView('ftp_activity', lookup(ftpCommands, text(fields, 'command')) ?? 99, base, {
    ...connection(fields),
    command: text(fields, 'command'),
    name: text(fields, 'arg'),
    actor: name === undefined ? undefined : { user: { name } },
  });
};

export const smtp: View = (fields, base) => {
  const { src_endpoint, dst_endpoint } = connection(fields);
  const to = texts(fields, 'rcptto');
  return ocsfView('email_activity', 1, base, {
    src_endpoint,
    dst_endpoint,
    direction_id: 0,
    email: {
      from: text(fields, 'from'),
      smtp_from: text(fields, 'mailfrom'),
      to: to.length === 0 ? undefined : to,
      subject: text(fields, 'subject'),
      message_uid: text(fields, 'msg_id'),
    },
    smtp_hello: text(fields, 'helo'),
    banner: text(fields, 'last_reply'),
  });
};

const dhcpTypes: Readonly<Record<string, 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8>> = {
  DISCOVER: 1,
  OFFER: 2,
  REQUEST: 3,
  DECLINE: 4,
  ACK: 5,
  NAK: 6,
  RELEASE: 7,
  INFORM: 8,
};

export const dhcp: View = (fields, base) =>
  ocsfView('dhcp_activity', lookup(dhcpTypes, texts(fields, 'msg_types').at(-1)) ?? 99, base, {
    src_endpoint: known({
      ...endpoint(
        text(fields, 'assigned_addr') ?? text(fields, 'client_addr') ?? text(fields, 'requested_addr'),
      ),
      mac: text(fields, 'mac'),
      hostname: text(fields, 'client_fqdn') ?? text(fields, 'host_name'),
    }),
    dst_endpoint: endpoint(text(fields, 'server_addr')),
    lease_dur: int(fields, 'lease_time'),
  });

/** RFC 5905's modes are OCSF's activities. */
const ntpModes: readonly OcsfEvents['ntp_activity']['activity_id'][] = [0, 1, 2, 3, 4, 5, 6, 7];

export const ntp: View = (fields, base) => {
  return ocsfView('ntp_activity', ntpModes[int(fields, 'mode') ?? 0] ?? 99, base, {
    ...connection(fields),
    version: text(fields, 'version'),
    stratum_id: int(fields, 'stratum'),
  });
};

export const files: View = (fields, base) => {
  const ids = connection(fields);
  return ocsfView('network_activity', 6, base, {
    src_endpoint: endpoint(first(fields, 'tx_hosts')) ?? ids.src_endpoint,
    dst_endpoint: endpoint(first(fields, 'rx_hosts')) ?? ids.dst_endpoint,
    app_name: text(fields, 'source'),
    message: text(fields, 'filename') ?? text(fields, 'mime_type'),
    traffic: known({ bytes: int(fields, 'seen_bytes') }),
  });
};

function first(fields: JsonRecord, name: string): string | undefined {
  return text(list(fields, name)[0]) ?? text(fields, name);
}
