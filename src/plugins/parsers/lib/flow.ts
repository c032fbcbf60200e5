/** What firewalls' records share: a connection and what was done with it, by the names of rules and in OCSF's words. */
import type { OcsfEvent, OcsfObjects } from '../../../model/ocsf.ts';
import type { JsonRecord } from '../../../model/record.ts';
import { endpoint } from './endpoint.ts';
import { defined, known, lookup } from './fields.ts';
import { type OcsfBase, ocsfView } from './ocsf-view.ts';

export interface Flow {
  readonly from?: string | undefined;
  readonly fromPort?: number | undefined;
  readonly to?: string | undefined;
  readonly toPort?: number | undefined;
  /** `tcp`, `udp`, `icmp`. */
  readonly protocol?: string | undefined;
  /** Undefined when the record tells of no decision. */
  readonly allowed?: boolean | undefined;
  readonly bytesOut?: number | undefined;
  readonly bytesIn?: number | undefined;
  readonly user?: string | undefined;
  readonly app?: string | undefined;
  readonly rule?: string | undefined;
  readonly message?: string | undefined;
  readonly device?: OcsfObjects['device'] | undefined;
  /** OCSF's `direction_id`: 1 inbound, 2 outbound, 3 within. */
  readonly direction?: 0 | 1 | 2 | 3 | undefined;
}

/** Fields of Sigma's category `firewall`. */
export function flowFields(flow: Flow): JsonRecord {
  return defined({
    src_ip: flow.from,
    src_port: flow.fromPort,
    dst_ip: flow.to,
    dst_port: flow.toPort,
    blocked: flow.allowed === undefined ? undefined : String(!flow.allowed),
  });
}

const numbers: Readonly<Record<string, string>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  58: 'icmpv6',
};

/** A protocol by its name, also where the record has IANA's number. */
export function protocolName(value: string | undefined): string | undefined {
  return lookup(numbers, value) ?? value?.toLowerCase();
}

/** Network Activity; a record that names neither end is a base event. */
export function flowView(flow: Flow, base: OcsfBase): OcsfEvent {
  const decision =
    flow.allowed === undefined
      ? {}
      : flow.allowed
        ? { action_id: 1, action: 'Allowed' }
        : { action_id: 2, action: 'Denied' };
  const shared = {
    ...decision,
    message: flow.message,
    device: flow.device,
    actor: flow.user === undefined ? undefined : { user: { name: flow.user } },
    firewall_rule: flow.rule === undefined ? undefined : { name: flow.rule },
  };
  const from = endpoint(flow.from, flow.fromPort);
  const to = endpoint(flow.to, flow.toPort);
  if (from === undefined && to === undefined) return ocsfView('base_event', 99, base, shared);
  return ocsfView('network_activity', flow.allowed === false ? 5 : 6, base, {
    ...shared,
    src_endpoint: from,
    dst_endpoint: to,
    app_name: flow.app,
    connection_info: { direction_id: flow.direction ?? 0, protocol_name: flow.protocol },
    traffic: known({ bytes_out: flow.bytesOut, bytes_in: flow.bytesIn }),
  });
}
