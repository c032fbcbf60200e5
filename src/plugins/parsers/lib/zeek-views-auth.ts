/** Zeek's logs of sign-ins: Kerberos, NTLM, RADIUS. */
import type { OcsfObjects } from '../../../model/ocsf.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { known, text } from './fields.ts';
import { type OcsfBase, ocsfView, severity } from './ocsf-view.ts';
import { connection, ended, type View } from './zeek-parts.ts';

/** `alice/EXAMPLE.COM` → the name and its realm. */
function principal(name: string | undefined): OcsfObjects['user'] | undefined {
  if (name === undefined) return undefined;
  const cut = name.lastIndexOf('/');
  return cut <= 0 ? { name } : { name: name.slice(0, cut), domain: name.slice(cut + 1) || undefined };
}

export const kerberos: View = (fields, base) => {
  const service = text(fields, 'service');
  return ocsfView('authentication', fields['request_type'] === 'TGS' ? 4 : 3, lowOnFailure(fields, base), {
    ...ended(fields['success']),
    user: principal(text(fields, 'client')),
    service: service === undefined ? undefined : { name: service },
    auth_protocol: 'Kerberos',
    auth_protocol_id: 2,
    status_detail: text(fields, 'error_msg'),
    ...endpointsOf(fields),
  });
};

export const ntlm: View = (fields, base) => {
  const name = text(fields, 'username');
  return ocsfView('authentication', 1, lowOnFailure(fields, base), {
    ...ended(fields['success']),
    user: name === undefined ? undefined : { name, domain: text(fields, 'domainname') },
    auth_protocol: 'NTLM',
    auth_protocol_id: 1,
    is_remote: true,
    ...endpointsOf(fields),
  });
};

export const radius: View = (fields, base) => {
  const name = text(fields, 'username');
  const success = fields['result'] === 'success' ? true : fields['result'] === 'failed' ? false : undefined;
  return ocsfView('authentication', 1, lowOnFailure({ success }, base), {
    ...ended(success),
    user: name === undefined ? undefined : { name },
    auth_protocol: 'RADIUS',
    auth_protocol_id: 8,
    ...endpointsOf(fields),
  });
};

function lowOnFailure(fields: JsonRecord, base: OcsfBase): OcsfBase {
  return fields['success'] === false ? { ...base, severity_id: severity.low } : base;
}

function endpointsOf(fields: JsonRecord) {
  const { src_endpoint, dst_endpoint } = connection(fields);
  return {
    src_endpoint: known({ ...src_endpoint, hostname: text(fields, 'hostname') }),
    dst_endpoint: known({
      ...dst_endpoint,
      hostname: text(fields, 'server_dns_computer_name') ?? text(fields, 'server_nb_computer_name'),
    }),
  };
}
