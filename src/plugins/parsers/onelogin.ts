/** OneLogin's events. */
import type { Instant } from '../../base/clock.ts';
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type Call, callView, signInView } from './lib/audit.ts';
import { int, known, text } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

function isOurs(json: JsonRecord): boolean {
  return (
    int(json, 'event_type_id') !== undefined &&
    (Object.hasOwn(json, 'actor_user_id') ||
      Object.hasOwn(json, 'account_id') ||
      Object.hasOwn(json, 'user_name'))
  );
}

/** OneLogin's event types for sign-ins to it and to apps, and for signing out. */
const signIns: Readonly<Record<number, { readonly activity: 1 | 2; readonly success: boolean }>> = {
  5: { activity: 1, success: true },
  6: { activity: 1, success: false },
  7: { activity: 2, success: true },
  8: { activity: 1, success: true },
  9: { activity: 1, success: false },
  77: { activity: 1, success: false },
};

function toOcsf(json: JsonRecord, time: Instant | null): OcsfEvent {
  const type = int(json, 'event_type_id') ?? 0;
  const signIn = signIns[type];
  const call: Call = {
    base: {
      time,
      metadata: {
        product: { name: 'OneLogin', vendor_name: 'One Identity' },
        uid: text(json, 'uuid') ?? text(json, 'id'),
        event_code: String(type),
        tenant_uid: text(json, 'account_id'),
      },
    },
    success: signIn?.success,
    user: known({
      name: (signIn === undefined ? text(json, 'actor_user_name') : undefined) ?? text(json, 'user_name'),
      uid: text(json, 'user_id'),
    }),
    from: text(json, 'ipaddr'),
    detail: text(json, 'error_description') ?? text(json, 'notes'),
  };
  if (signIn !== undefined) {
    const service = known({ name: text(json, 'app_name') ?? 'OneLogin' });
    return signInView(call, { activity: signIn.activity, service });
  }
  const target = text(json, 'user_name');
  return callView(call, `event ${type}`, {
    activity: 99,
    service: 'OneLogin',
    resources: target === undefined ? undefined : [{ name: target, type: 'user' }],
  });
}

const parser: JsonParser = defineParser({
  name: 'onelogin',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "OneLogin's events",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const times = [json['event_timestamp'], json['created_at']];
    const time = times.map((value) => readTimestamp(value)?.at).find((one) => one !== undefined) ?? null;
    const logsource = { product: 'onelogin', service: 'onelogin.events' };
    return eventOf({ time, native: json, logsource }, () => toOcsf(json, time));
  },
});

export default parser;
