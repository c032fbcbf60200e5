/** What the views of Zeek's logs share: the connection, its endpoints and how it ended. */
import type { OcsfEvent } from '../../../model/ocsf.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { endpoint } from './endpoint.ts';
import { at, int, known, text } from './fields.ts';
import { type OcsfBase, status } from './ocsf-view.ts';

export type View = (fields: JsonRecord, base: OcsfBase) => OcsfEvent;

/** A field of the connection's `id`, which some writers nest. */
function id(fields: JsonRecord, name: 'orig_h' | 'orig_p' | 'resp_h' | 'resp_p'): unknown {
  return fields[`id.${name}`] ?? at(fields, 'id', name);
}

/** OCSF's `direction_id`: inbound, outbound, within; unknown when Zeek knows no local networks. */
function directionOf(fields: JsonRecord): number {
  const [from, to] = [fields['local_orig'], fields['local_resp']];
  if (typeof from !== 'boolean' || typeof to !== 'boolean') return 0;
  return from ? (to ? 3 : 2) : to ? 1 : 0;
}

export function connection(fields: JsonRecord) {
  return {
    src_endpoint: known({
      ...endpoint(text(id(fields, 'orig_h'))),
      port: int(id(fields, 'orig_p')),
      mac: text(fields, 'orig_l2_addr'),
    }),
    dst_endpoint: known({
      ...endpoint(text(id(fields, 'resp_h'))),
      port: int(id(fields, 'resp_p')),
      mac: text(fields, 'resp_l2_addr'),
    }),
    connection_info: {
      direction_id: directionOf(fields),
      protocol_name: text(fields, 'proto'),
      uid: text(fields, 'uid'),
      community_uid: text(fields, 'community_id'),
    },
  };
}

export function ended(success: unknown) {
  return success === true ? status.success : success === false ? status.failure : {};
}
