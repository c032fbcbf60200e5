/** A VPC flow record's facts as an event. */
import type { NativeFields, ParsedEvent } from '../../../model/event.ts';
import { type Flow, flowFields, flowView, protocolName } from './flow.ts';
import { eventOf } from './ocsf-view.ts';
import { readTimestamp } from './timestamp.ts';

export interface FlowRecord {
  readonly from?: string | undefined;
  readonly fromPort?: number | undefined;
  readonly to?: string | undefined;
  readonly toPort?: number | undefined;
  /** IANA's number. */
  readonly protocol?: string | undefined;
  readonly action?: string | undefined;
  readonly bytes?: number | undefined;
  /** Seconds since 1970, or ISO 8601. */
  readonly start?: number | string | undefined;
  readonly account?: string | undefined;
  readonly direction?: string | undefined;
}

/** `aws`/`vpcflow` is not a logsource of public rules; category `firewall` is, for accepted and rejected flows. */
export function readFlow(native: NativeFields, record: FlowRecord): ParsedEvent {
  const flow: Flow = {
    from: record.from,
    fromPort: record.fromPort,
    to: record.to,
    toPort: record.toPort,
    protocol: protocolName(record.protocol),
    allowed: record.action === undefined ? undefined : record.action.toUpperCase() === 'ACCEPT',
    bytesOut: record.bytes,
    direction: record.direction === 'ingress' ? 1 : record.direction === 'egress' ? 2 : 0,
  };
  const time = readTimestamp(record.start)?.at ?? null;
  const logsource = { product: 'aws', service: 'vpcflow', category: 'firewall' };
  const metadata = { product: { name: 'VPC Flow Logs', vendor_name: 'AWS' } };
  const account = record.account;
  const cloud = {
    provider: 'AWS',
    account: account === undefined ? undefined : { uid: account, type: 'AWS Account', type_id: 10 },
  };
  return eventOf({ time, native: { ...native, ...flowFields(flow) }, logsource }, () => ({
    ...flowView(flow, { time, metadata }),
    cloud,
  }));
}
