/** Auth0's tenant logs, as its log streams give them. */
import type { Instant } from '../../base/clock.ts';
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { activityOf, type Call, callView, signInView } from './lib/audit.ts';
import { at, isObject, known, lookup, text } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

/** Streams wrap the entry in `data`, EventBridge in `detail.data`; the Management API does not. */
function entryOf(json: JsonRecord): JsonRecord {
  const inner = at(json, 'detail', 'data') ?? json['data'];
  return isObject(inner) ? inner : json;
}

function isOurs(json: JsonRecord): boolean {
  const entry = entryOf(json);
  return (
    ['type', 'date'].every((name) => typeof entry[name] === 'string') &&
    ['log_id', 'tenant_name', 'client_id'].some((name) => Object.hasOwn(entry, name))
  );
}

/** Codes of the tenant log: `s…` succeeded, `f…` failed, for sign-ins and exchanges of tokens. */
const signIns: Readonly<Record<string, boolean>> = {
  s: true,
  ssa: true,
  sens: true,
  seacft: true,
  seccft: true,
  sepft: true,
  sertft: true,
  f: false,
  fp: false,
  fu: false,
  fsa: false,
  fens: false,
  feacft: false,
  feccft: false,
  fepft: false,
  fertft: false,
  limit_wc: false,
  limit_mu: false,
  pwd_leak: false,
};

function userOf(entry: JsonRecord) {
  const by = at(entry, 'details', 'request', 'auth', 'user');
  return known({
    name: text(entry, 'user_name') ?? text(by, 'email') ?? text(by, 'name') ?? text(entry, 'user_id'),
    uid: text(entry, 'user_id') ?? text(by, 'user_id'),
  });
}

function toOcsf(entry: JsonRecord, time: Instant | null): OcsfEvent {
  const type = text(entry, 'type') ?? 'unknown';
  const signIn = lookup(signIns, type);
  const call: Call = {
    base: {
      time,
      metadata: {
        product: { name: 'Auth0', vendor_name: 'Okta' },
        uid: text(entry, 'log_id'),
        event_code: type,
        tenant_uid: text(entry, 'tenant_name'),
      },
    },
    success: signIn ?? (type.startsWith('f') ? false : type.startsWith('s') ? true : undefined),
    user: userOf(entry),
    from: text(entry, 'ip') ?? text(entry, 'details', 'request', 'ip'),
    userAgent: text(entry, 'user_agent') ?? text(entry, 'details', 'request', 'userAgent'),
    message: text(entry, 'description'),
  };
  const service = { name: text(entry, 'client_name') ?? 'Auth0' };
  if (type === 'slo' || type === 'flo') return signInView(call, { activity: 2, service });
  if (signIn !== undefined) {
    const protocol = text(entry, 'connection');
    return signInView(call, { service, auth_protocol: protocol, auth_protocol_id: 99 });
  }
  const operation = text(entry, 'description') ?? type;
  const path = text(entry, 'details', 'request', 'path');
  return callView(call, operation, {
    activity: activityOf(operation),
    service: 'Auth0',
    resources: path === undefined ? undefined : [{ name: path }],
  });
}

const parser: JsonParser = defineParser({
  name: 'auth0',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "Auth0's tenant logs",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const entry = entryOf(json);
    const time = readTimestamp(entry['date'])?.at ?? null;
    const logsource = { product: 'auth0', service: 'auth0' };
    return eventOf({ time, native: json, logsource }, () => toOcsf(entry, time));
  },
});

export default parser;
