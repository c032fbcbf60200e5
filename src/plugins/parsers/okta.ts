/** Okta's System Log. */
import type { Instant } from '../../base/clock.ts';
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { accountView, activityOf, type Call, callView, signInView } from './lib/audit.ts';
import { at, known, list, lookup, text } from './lib/fields.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { casing, has, recased } from './lib/recase.ts';
import { readTimestamp } from './lib/timestamp.ts';

const names = casing(
  'eventType',
  'displayMessage',
  'legacyEventType',
  'authenticationContext',
  'debugContext',
  'securityContext',
);

/** A hook's request carries the record in `data.events`; the decoder's containers give its members one by one. */
function isOurs(json: JsonRecord): boolean {
  return (
    has(json, 'eventType') &&
    has(json, 'actor') &&
    (has(json, 'published') || has(json, 'legacyEventType') || has(json, 'displayMessage')) &&
    (has(json, 'client') || has(json, 'outcome') || has(json, 'transaction'))
  );
}

/** A person or a program that Okta names, in an actor or a target. */
function userOf(of: unknown): OcsfObjects['user'] | undefined {
  const name = text(of, 'alternateId');
  return known({
    name: name === 'unknown' ? undefined : name,
    full_name: text(of, 'displayName'),
    uid: text(of, 'id'),
    type: text(of, 'type'),
  });
}

const severities: Readonly<Record<string, number>> = {
  DEBUG: severity.informational,
  INFO: severity.informational,
  WARN: severity.low,
  ERROR: severity.medium,
  HIGH: severity.high,
};

function callOf(native: NativeFields, time: Instant | null): Call {
  const result = text(native, 'outcome', 'result');
  return {
    base: {
      time,
      severity_id: lookup(severities, text(native, 'severity')?.toUpperCase()),
      metadata: {
        product: { name: 'System Log', vendor_name: 'Okta' },
        uid: text(native, 'uuid'),
        event_code: text(native, 'eventType'),
        original_time: text(native, 'published'),
        correlation_uid: text(native, 'transaction', 'id'),
      },
    },
    success:
      result === 'SUCCESS' || result === 'ALLOW'
        ? true
        : result === 'FAILURE' || result === 'DENY'
          ? false
          : undefined,
    user: userOf(at(native, 'actor')),
    from: text(native, 'client', 'ipAddress'),
    userAgent: text(native, 'client', 'userAgent', 'rawUserAgent'),
    message: text(native, 'displayMessage'),
    detail: text(native, 'outcome', 'reason'),
    code: result,
  };
}

const signIns =
  /^(?:user\.session\.start|user\.authentication\.|policy\.evaluate_sign_on|app\.oauth2\.signon|user\.mfa\.okta_verify)/;

/** Changes of an account, by the beginning of the event's type, with OCSF's activity. */
const changes: readonly (readonly [string, 1 | 2 | 3 | 4 | 5 | 6 | 9 | 10 | 11 | 12])[] = [
  ['user.lifecycle.create', 1],
  ['user.lifecycle.activate', 2],
  ['user.lifecycle.reactivate', 2],
  ['user.lifecycle.unsuspend', 2],
  ['user.account.update_password', 3],
  ['user.account.reset_password', 4],
  ['user.lifecycle.deactivate', 5],
  ['user.lifecycle.suspend', 5],
  ['user.lifecycle.delete', 6],
  ['user.account.lock', 9],
  ['user.mfa.factor.activate', 10],
  ['user.mfa.factor.deactivate', 11],
  ['user.mfa.factor.reset_all', 11],
  ['user.account.unlock', 12],
];

function targetUser(native: NativeFields): OcsfObjects['user'] | undefined {
  return userOf(list(native, 'target').find((one) => text(one, 'type') === 'User'));
}

function toOcsf(native: NativeFields, time: Instant | null): OcsfEvent {
  const call = callOf(native, time);
  const type = text(native, 'eventType') ?? '';
  if (type === 'user.session.end') return signInView(call, { activity: 2 });
  if (signIns.test(type)) {
    const app = list(native, 'target').find((one) => text(one, 'type') === 'AppInstance');
    return signInView(call, {
      service: known({ name: text(app, 'displayName'), uid: text(app, 'id') }),
      session: known({ uid: text(native, 'authenticationContext', 'externalSessionId') }),
      ...(type === 'user.authentication.auth_via_mfa' ? { is_mfa: true } : {}),
    });
  }
  const change = changes.find(([prefix]) => type.startsWith(prefix))?.[1];
  const target = targetUser(native) ?? call.user;
  if (change !== undefined && target !== undefined) return accountView(call, change, { user: target });
  const resources = list(native, 'target').flatMap((one) => {
    const resource = known({ name: text(one, 'displayName'), uid: text(one, 'id'), type: text(one, 'type') });
    return resource === undefined ? [] : [resource];
  });
  return callView(call, type, {
    activity: activityOf(type.slice(type.lastIndexOf('.') + 1)),
    service: 'Okta',
    resources: resources.length === 0 ? undefined : resources,
  });
}

const parser: JsonParser = defineParser({
  name: 'okta',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "Okta's System Log",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const native = recased(json, names);
    const time = readTimestamp(native['published'])?.at ?? null;
    const logsource = { product: 'okta', service: 'okta' };
    return eventOf({ time, native, logsource }, () => toOcsf(native, time));
  },
});

export default parser;
