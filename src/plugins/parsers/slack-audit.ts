/** Slack's audit log. */
import type { Instant } from '../../base/clock.ts';
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type Call, callView, signInView } from './lib/audit.ts';
import { at, isObject, known, lookup, text } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

function isOurs(json: JsonRecord): boolean {
  const actor = json['actor'];
  return (
    /^[a-z0-9_.]{1,100}$/.test(text(json, 'action') ?? '') &&
    isObject(actor) &&
    isObject(actor['user']) &&
    isObject(at(json, 'context', 'location'))
  );
}

const signIns: Readonly<Record<string, { readonly activity: 1 | 2; readonly success: boolean }>> = {
  user_login: { activity: 1, success: true },
  user_login_failed: { activity: 1, success: false },
  user_logout: { activity: 2, success: true },
};

function toOcsf(json: JsonRecord, time: Instant | null): OcsfEvent {
  const operation = text(json, 'action') ?? 'unknown';
  const user = at(json, 'actor', 'user');
  const signIn = lookup(signIns, operation);
  const call: Call = {
    base: {
      time,
      metadata: {
        product: { name: 'Slack', vendor_name: 'Salesforce' },
        uid: text(json, 'id'),
        event_code: operation,
        tenant_uid: text(json, 'context', 'location', 'id'),
      },
    },
    success: signIn?.success,
    user: known({ name: text(user, 'email') ?? text(user, 'name'), uid: text(user, 'id') }),
    from: text(json, 'context', 'ip_address'),
    userAgent: text(json, 'context', 'ua'),
  };
  const service = { name: 'Slack' };
  if (signIn !== undefined) return signInView(call, { activity: signIn.activity, service });
  const type = text(json, 'entity', 'type');
  const entity = type === undefined ? undefined : at(json, 'entity', type);
  const name = text(entity, 'email') ?? text(entity, 'name') ?? text(entity, 'title');
  const words = operation.split('_');
  return callView(call, operation, {
    activity: lookup(endings, words.at(-1)) ?? 99,
    service: 'Slack',
    resources: type === undefined ? undefined : [{ type, name, uid: text(entity, 'id') }],
  });
}

/** Slack's actions end with what was done. */
const endings: Readonly<Record<string, 1 | 2 | 3 | 4>> = {
  created: 1,
  added: 1,
  installed: 1,
  uploaded: 1,
  downloaded: 2,
  exported: 2,
  changed: 3,
  updated: 3,
  enabled: 3,
  disabled: 3,
  deleted: 4,
  removed: 4,
  uninstalled: 4,
};

const parser: JsonParser = defineParser({
  name: 'slack-audit',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "Slack's audit log",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const time = readTimestamp(json['date_create'])?.at ?? null;
    const logsource = { product: 'slack', service: 'audit' };
    return eventOf({ time, native: json, logsource }, () => toOcsf(json, time));
  },
});

export default parser;
