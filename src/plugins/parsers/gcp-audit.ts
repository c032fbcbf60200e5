/** Google Cloud's audit logs, also those that Workspace writes to Cloud Logging. */
import type { Instant } from '../../base/clock.ts';
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { activity, activityOf, type Call, callView, signInView } from './lib/audit.ts';
import { at, defined, int, isObject, known, list, lookup, text } from './lib/fields.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { casing, recased } from './lib/recase.ts';
import { readTimestamp } from './lib/timestamp.ts';

const names = casing('protoPayload', 'logName', 'insertId', 'receiveTimestamp');

/** Pub/Sub subscribers wrap the entry in `data`. */
function entryOf(json: JsonRecord): JsonRecord {
  const data = json['data'];
  return isObject(data) && isObject(data['protoPayload']) ? data : json;
}

function isOurs(json: JsonRecord): boolean {
  const entry = entryOf(json);
  return isObject(entry['protoPayload']) || isObject(entry['protopayload']);
}

/** Names of Sigma's rules: those of the Elastic integration, and of entries as Pub/Sub wraps them. */
function nativeOf(json: JsonRecord): JsonRecord {
  const entry = recased(entryOf(json), names);
  const payload = at(entry, 'protoPayload');
  const logName = text(entry, 'logName')?.replace(/^.{0,200}\/logs\//, '');
  const wrapped = { ...(isObject(payload) ? payload : {}), resource: entry['resource'], logName };
  return {
    ...entry,
    ...defined({
      'gcp.audit.method_name': text(payload, 'methodName'),
      data: { protoPayload: wrapped },
      ...workspaceNames(payload),
    }),
  };
}

function workspaceNames(payload: unknown): JsonRecord {
  const service = text(payload, 'serviceName');
  if (service !== 'admin.googleapis.com' && service !== 'login.googleapis.com') return {};
  const events = list(payload, 'metadata', 'event').map((one) => text(one, 'eventName'));
  return { eventService: service, eventName: events.length === 0 ? undefined : events };
}

function serviceOf(native: NativeFields): string {
  const service = text(native, 'protoPayload', 'serviceName');
  if (service === 'admin.googleapis.com') return 'google_workspace.admin';
  return service === 'login.googleapis.com' ? 'google_workspace.login' : 'gcp.audit';
}

const severities: Readonly<Record<string, number>> = {
  WARNING: severity.low,
  ERROR: severity.low,
  CRITICAL: severity.high,
  ALERT: severity.critical,
  EMERGENCY: severity.fatal,
};

function callOf(native: NativeFields, time: Instant | null): Call {
  const payload = at(native, 'protoPayload');
  const name = text(payload, 'authenticationInfo', 'principalEmail');
  const code = int(payload, 'status', 'code');
  const project = text(native, 'resource', 'labels', 'project_id');
  const isService = name?.endsWith('.gserviceaccount.com') === true;
  return {
    base: {
      time,
      severity_id: lookup(severities, text(native, 'severity')),
      metadata: {
        product: { name: 'Cloud Audit Logs', vendor_name: 'Google' },
        uid: text(native, 'insertId'),
        event_code: text(payload, 'methodName'),
        log_name: text(native, 'logName'),
      },
    },
    success: code === undefined || code === 0,
    user:
      name === undefined
        ? known({ uid: text(payload, 'authenticationInfo', 'principalSubject') })
        : { name, type_id: isService ? 4 : 1, uid: text(payload, 'authenticationInfo', 'principalSubject') },
    from: text(payload, 'requestMetadata', 'callerIp') ?? text(payload, 'requestMetadata', 'callerIP'),
    userAgent: text(payload, 'requestMetadata', 'callerSuppliedUserAgent'),
    detail: text(payload, 'status', 'message'),
    code: code === undefined ? undefined : String(code),
    cloud: { provider: 'GCP', project_uid: project, region: text(native, 'resource', 'labels', 'location') },
  };
}

function toOcsf(native: NativeFields, time: Instant | null): OcsfEvent {
  const call = callOf(native, time);
  const payload = at(native, 'protoPayload');
  const operation = text(payload, 'methodName') ?? 'unknown';
  const service = text(payload, 'serviceName');
  if (service === 'login.googleapis.com') {
    return signInView(
      { ...call, success: /Failure$/i.test(operation) ? false : call.success },
      { service: { name: 'Google Workspace' }, activity: /logout/i.test(operation) ? 2 : 1 },
    );
  }
  const verb = operation.slice(operation.lastIndexOf('.') + 1);
  const resource = text(payload, 'resourceName');
  const isRead =
    text(native, 'logName')?.includes('data_access') === true && activityOf(verb) === activity.other;
  return callView(call, operation, {
    activity: isRead ? activity.read : activityOf(verb),
    service,
    resources:
      resource === undefined ? undefined : [{ name: resource, type: text(native, 'resource', 'type') }],
  });
}

const parser: JsonParser = defineParser({
  name: 'gcp-audit',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "Google Cloud's audit logs",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const native = nativeOf(json);
    const time =
      readTimestamp(native['timestamp'])?.at ?? readTimestamp(native['receiveTimestamp'])?.at ?? null;
    const logsource = { product: 'gcp', service: serviceOf(native) };
    return eventOf({ time, native, logsource }, () => toOcsf(native, time));
  },
});

export default parser;
