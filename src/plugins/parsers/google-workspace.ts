/** Google Workspace's activities, as the Reports API gives them. */
import type { Instant } from '../../base/clock.ts';
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type Call, callView, signInView } from './lib/audit.ts';
import { at, defined, isObject, known, list, lookup, text } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

function isOurs(json: JsonRecord): boolean {
  const app = text(json, 'id', 'applicationName');
  return (
    app !== undefined && ['actor', 'events', 'name', 'parameters'].some((name) => Object.hasOwn(json, name))
  );
}

/** The record's events; some collectors make a record of each, with the event's fields beside the record's. */
function eventsOf(json: JsonRecord): readonly unknown[] {
  const events = list(json, 'events');
  return events.length === 0 ? [json] : events;
}

/** Parameters of the events by name in lower case, whether they came as a list of names and values or as an object. */
function parametersOf(events: readonly unknown[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const event of events) {
    const given = at(event, 'parameters');
    if (isObject(given)) {
      for (const [name, value] of Object.entries(given)) found[name.toLowerCase()] = value;
    }
    for (const one of list(event, 'parameters')) {
      const name = text(one, 'name')?.toLowerCase();
      const values = ['value', 'boolValue', 'intValue', 'multiValue'].map((key) => at(one, key));
      const value = values.find((each) => each !== undefined);
      if (name !== undefined && name !== '__proto__' && value !== undefined) found[name] = value;
    }
  }
  return found;
}

/** Names of Sigma's rules: those of the same records in Cloud Logging, and of the admin console. */
function nativeOf(json: JsonRecord): JsonRecord {
  const app = text(json, 'id', 'applicationName') ?? '';
  const events = eventsOf(json);
  const eventNames = events.map((event) => text(event, 'name')).filter((name) => name !== undefined);
  const service = `${app}.googleapis.com`;
  return {
    ...parametersOf(events),
    ...json,
    ...defined({
      eventService: service,
      eventName: eventNames.length === 0 ? undefined : eventNames,
      'protoPayload.serviceName': service,
      'protoPayload.Servicename': service,
      'protoPayload.metadata.event.eventName': eventNames.length === 0 ? undefined : eventNames,
    }),
  };
}

function callOf(native: NativeFields, time: Instant | null, success: boolean | undefined): Call {
  return {
    base: {
      time,
      metadata: {
        product: { name: 'Google Workspace', vendor_name: 'Google' },
        uid: text(native, 'id', 'uniqueQualifier'),
        event_code: text(list(native, 'eventName')[0]),
        log_name: text(native, 'id', 'applicationName'),
        tenant_uid: text(native, 'id', 'customerId'),
      },
    },
    success,
    user: known({
      name:
        text(native, 'actor', 'email') ??
        text(native, 'actor', 'key') ??
        text(native, 'affected_email_address'),
      uid: text(native, 'actor', 'profileId'),
    }),
    from: text(native, 'ipAddress'),
    userAgent: text(native, 'user_agent'),
  };
}

/** Reports API, login events. */
const signIns: Readonly<Record<string, { readonly activity: 1 | 2; readonly success: boolean }>> = {
  login_success: { activity: 1, success: true },
  login_failure: { activity: 1, success: false },
  suspicious_login: { activity: 1, success: true },
  suspicious_login_less_secure_app: { activity: 1, success: true },
  suspicious_programmatic_login: { activity: 1, success: true },
  logout: { activity: 2, success: true },
};

function toOcsf(native: NativeFields, time: Instant | null): OcsfEvent {
  const operation = text(list(native, 'eventName')[0]) ?? 'unknown';
  const signIn = lookup(signIns, operation);
  if (signIn !== undefined) {
    return signInView(callOf(native, time, signIn.success), {
      activity: signIn.activity,
      service: { name: 'Google Workspace' },
      auth_protocol: text(native, 'login_type'),
      auth_protocol_id: 99,
    });
  }
  const resource = known({
    name: text(native, 'doc_title') ?? text(native, 'user_email') ?? text(native, 'setting_name'),
    uid: text(native, 'doc_id'),
  });
  return callView(callOf(native, time, undefined), operation, {
    service: text(native, 'id', 'applicationName'),
    resources: resource === undefined ? undefined : [resource],
  });
}

const parser: JsonParser = defineParser({
  name: 'google-workspace',
  reads: 'json',
  version: 1,
  computed: { eventService: 'any', 'protoPayload.serviceName': 'any', 'protoPayload.Servicename': 'any' },
  summary: "Google Workspace's activities from the Reports API",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const native = nativeOf(json);
    const time = readTimestamp(at(json, 'id', 'time'))?.at ?? null;
    const app = text(json, 'id', 'applicationName') ?? '';
    const logsource = { product: 'gcp', service: `google_workspace.${app}` };
    return eventOf({ time, native, logsource }, () => toOcsf(native, time));
  },
});

export default parser;
