/** Duo: authentications, administrators' actions, telephony, as its Admin API gives them. */
import type { Instant } from '../../base/clock.ts';
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type Call, callView, signInView } from './lib/audit.ts';
import { known, text } from './lib/fields.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

function isAuthentication(json: JsonRecord): boolean {
  return (
    ['access_device', 'factor', 'result'].every((name) => Object.hasOwn(json, name)) &&
    (Object.hasOwn(json, 'auth_device') || Object.hasOwn(json, 'txid'))
  );
}

function isAdministration(json: JsonRecord): boolean {
  return ['action', 'isotimestamp', 'username'].every((name) => Object.hasOwn(json, name));
}

function callOf(json: JsonRecord, time: Instant | null, success: boolean | undefined): Call {
  return {
    base: {
      time,
      severity_id: text(json, 'result')?.toLowerCase() === 'fraud' ? severity.medium : undefined,
      metadata: {
        product: { name: 'Duo', vendor_name: 'Cisco' },
        uid: text(json, 'txid'),
        event_code: text(json, 'event_type') ?? text(json, 'action'),
      },
    },
    success,
    user: known({
      name: text(json, 'user', 'name') ?? text(json, 'username'),
      uid: text(json, 'user', 'key'),
      email_addr: text(json, 'email'),
    }),
    from: text(json, 'access_device', 'ip'),
    detail: text(json, 'reason'),
    code: text(json, 'result'),
  };
}

function toOcsf(json: JsonRecord, time: Instant | null): OcsfEvent {
  if (!isAuthentication(json)) {
    const object = text(json, 'object');
    const call = { ...callOf(json, time, undefined), message: text(json, 'description') };
    return callView(call, text(json, 'action') ?? 'unknown', {
      service: 'Duo',
      resources: object === undefined ? undefined : [{ name: object }],
    });
  }
  const result = text(json, 'result')?.toLowerCase();
  const hostname = text(json, 'access_device', 'hostname');
  return signInView(callOf(json, time, result === 'success'), {
    is_mfa: true,
    service: known({ name: text(json, 'application', 'name'), uid: text(json, 'application', 'key') }),
    auth_protocol: text(json, 'factor'),
    auth_protocol_id: 99,
    device: hostname === undefined ? undefined : { hostname, type_id: 0 },
  });
}

const parser: JsonParser = defineParser({
  name: 'duo',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'Duo: authentications and administrators’ actions',
  accepts: (json) => isAuthentication(json) || isAdministration(json),
  parse: (json): ParsedEvent => {
    const times = [json['isotimestamp'], json['timestamp']];
    const time = times.map((value) => readTimestamp(value)?.at).find((one) => one !== undefined) ?? null;
    const logsource = { product: 'cisco', service: 'duo' };
    return eventOf({ time, native: json, logsource }, () => toOcsf(json, time));
  },
});

export default parser;
