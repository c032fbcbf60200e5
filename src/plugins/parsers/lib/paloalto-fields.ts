/** Columns of PAN-OS' syslog records, by type, as its documentation names them; later versions append more. */

const traffic =
  'receive_time serial type subtype config_version generated_time src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset time_received sessionid repeatcnt sport dport natsport natdport flags proto action';

const columns: Readonly<Record<string, string>> = {
  TRAFFIC: `${traffic} bytes bytes_sent bytes_received packets start elapsed category padding seqno actionflags srcloc dstloc padding pkts_sent pkts_received session_end_reason dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name action_source`,
  THREAT: `${traffic} misc threatid category severity direction seqno actionflags srcloc dstloc padding contenttype pcap_id filedigest cloud url_idx user_agent filetype xff referer sender subject recipient reportid dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name padding src_uuid dst_uuid http_method`,
  SYSTEM:
    'receive_time serial type subtype config_version generated_time vsys eventid object padding padding module severity opaque seqno actionflags dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name',
  CONFIG:
    'receive_time serial type subtype config_version generated_time host vsys cmd admin client result path before_change_detail after_change_detail seqno actionflags dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name',
  HIPMATCH:
    'receive_time serial type subtype config_version generated_time srcuser vsys machinename os src matchname repeatcnt matchtype padding padding seqno actionflags dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name',
  USERID:
    'receive_time serial type subtype config_version generated_time vsys ip user datasourcename eventid repeatcnt timeout beginport endport datasource datasourcetype seqno actionflags dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name',
  GLOBALPROTECT:
    'receive_time serial type subtype config_version generated_time vsys eventid stage auth_method tunnel_type srcuser srcregion machinename public_ip public_ipv6 private_ip private_ipv6 hostid serialnumber client_ver client_os client_os_ver repeatcnt reason error opaque status location login_duration connect_method error_code portal seqno actionflags',
  AUTHENTICATION:
    'receive_time serial type subtype config_version generated_time vsys ip user normalize_user object authpolicy repeatcnt authid vendor logset serverprofile desc clienttype event factorno seqno actionflags dg_hier_level_1 dg_hier_level_2 dg_hier_level_3 dg_hier_level_4 vsys_name device_name',
};

const names: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(columns).map(([type, list]) => [type, list.split(' ')]),
);

/** Values between commas; a quoted one may hold commas, and two quotes for one. */
export function splitCsv(text: string): string[] {
  const values: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/y;
  for (let at = 0; at <= text.length; ) {
    cell.lastIndex = at;
    const match = cell.exec(text);
    if (match === null) {
      // A quote that does not end where its value does: the rest is one value.
      values.push(text.slice(at));
      break;
    }
    values.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') break;
    at = cell.lastIndex;
  }
  return values;
}

/** The record's columns by name, without those that are empty or fill; types that are not listed have only the first. */
export function paloaltoFields(values: readonly string[]): Record<string, string> {
  const type = values[3] ?? '';
  const list = names.get(type) ?? [
    'receive_time',
    'serial',
    'type',
    'subtype',
    'config_version',
    'generated_time',
  ];
  const fields: Record<string, string> = {};
  for (const [index, name] of list.entries()) {
    const value = values[index + 1] ?? '';
    if (value !== '' && name !== 'padding') fields[name] = value;
  }
  return fields;
}
