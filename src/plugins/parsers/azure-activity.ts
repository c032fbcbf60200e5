/** Azure's activity log and resource logs: from diagnostic settings, the REST API and Log Analytics' table. */
import type { Instant } from '../../base/clock.ts';
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { activity, activityOf, type Call, callView } from './lib/audit.ts';
import { at, defined, known, lookup, text } from './lib/fields.ts';
import { innerJson } from './lib/json-text.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

const activityCategories = new Set([
  'Administrative',
  'Security',
  'Policy',
  'Alert',
  'Autoscale',
  'Recommendation',
  'ServiceHealth',
  'ResourceHealth',
]);

/** Names that the REST API and some exports give as `{value, localizedValue}`. */
function valueOf(json: JsonRecord, ...fields: readonly string[]): string | undefined {
  for (const name of fields) {
    const value = text(json, name) ?? text(json, name, 'value');
    if (value !== undefined) return value;
  }
  return undefined;
}

function categoryOf(json: JsonRecord): string | undefined {
  return valueOf(json, 'category', 'CategoryValue', 'Category');
}

function isOurs(json: JsonRecord): boolean {
  const operation = valueOf(json, 'operationName', 'OperationNameValue', 'OperationName');
  const resource = text(json, 'resourceId') ?? text(json, 'ResourceId') ?? text(json, '_ResourceId');
  const category = categoryOf(json);
  if (operation === undefined || resource === undefined || category === undefined) return false;
  // Entra ID's resources are of tenants; Kubernetes' audit has a parser of its own.
  return (
    /^\/(?:subscriptions\/|providers\/microsoft\.(?!aadiam))/i.test(resource) &&
    category !== 'kube-audit' &&
    category !== 'kube-audit-admin'
  );
}

function nativeOf(json: JsonRecord): JsonRecord {
  const operation = valueOf(json, 'operationName', 'OperationNameValue', 'OperationName');
  const resource = text(json, 'resourceId') ?? text(json, 'ResourceId') ?? text(json, '_ResourceId');
  const localized = text(json, 'operationName', 'localizedValue');
  return {
    ...json,
    ...defined({
      operationName: operation,
      OperationNameValue: operation,
      CategoryValue: categoryOf(json),
      ResourceProviderValue:
        valueOf(json, 'resourceProviderName', 'ResourceProviderValue') ??
        /\/providers\/([^/]{1,200})/i.exec(resource ?? '')?.[1],
      ResourceId: resource,
      'properties.message': text(json, 'properties', 'message') ?? localized,
    }),
  };
}

const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';
const nameClaim = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name';

function userOf(json: JsonRecord): OcsfObjects['user'] | undefined {
  const identity = innerJson(json['identity'] ?? json['Claims'] ?? json['claims']);
  const claims = at(identity, 'claims') ?? identity;
  const name =
    text(json, 'caller') ??
    text(json, 'Caller') ??
    text(claims, upn) ??
    text(claims, nameClaim) ??
    text(claims, 'name') ??
    text(claims, 'appid');
  return known({ name, uid: text(claims, 'http://schemas.microsoft.com/identity/claims/objectidentifier') });
}

const levels: Readonly<Record<string, number>> = {
  Warning: severity.low,
  Error: severity.low,
  Critical: severity.high,
};

function successOf(json: JsonRecord): boolean | undefined {
  const result = valueOf(json, 'resultType', 'status', 'ActivityStatusValue', 'ResultType');
  if (result === undefined || /^(?:start(?:ed)?|accept(?:ed)?|active)$/i.test(result)) return undefined;
  return /^(?:success|succeeded|resolved|0)$/i.test(result);
}

function toOcsf(native: NativeFields, time: Instant | null): OcsfEvent {
  const operation = text(native, 'operationName') ?? 'unknown';
  const resource = text(native, 'ResourceId');
  const subscription = /^\/subscriptions\/([^/]{1,100})/i.exec(resource ?? '')?.[1];
  const call: Call = {
    base: {
      time,
      severity_id: lookup(levels, text(native, 'level') ?? text(native, 'Level')),
      metadata: {
        product: { name: 'Azure Monitor', vendor_name: 'Microsoft' },
        uid: text(native, 'eventDataId') ?? text(native, 'EventDataId'),
        event_code: operation,
        log_name: text(native, 'CategoryValue'),
        correlation_uid: text(native, 'correlationId') ?? text(native, 'CorrelationId'),
        tenant_uid: text(native, 'tenantId'),
      },
    },
    success: successOf(native),
    user: userOf(native),
    from:
      text(native, 'callerIpAddress') ??
      text(native, 'CallerIpAddress') ??
      text(native, 'httpRequest', 'clientIpAddress'),
    message: text(native, 'properties.message'),
    detail: text(native, 'resultSignature'),
    cloud: { provider: 'Azure', account: subscription === undefined ? undefined : { uid: subscription } },
  };
  const words = operation.toLowerCase().split('/');
  const last = words.at(-1) ?? '';
  const verb = last === 'action' ? (words.at(-2) ?? '') : last;
  return callView(call, operation, {
    activity: verb === 'write' ? activity.update : activityOf(verb),
    service: text(native, 'ResourceProviderValue'),
    resources: resource === undefined ? undefined : [{ uid: resource }],
  });
}

const parser: JsonParser = defineParser({
  name: 'azure-activity',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "Azure's activity log and resource logs",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const native = nativeOf(json);
    const times = [json['time'], json['eventTimestamp'], json['TimeGenerated']];
    const time = times.map((value) => readTimestamp(value)?.at).find((one) => one !== undefined) ?? null;
    const isActivity = activityCategories.has(categoryOf(json) ?? '');
    const logsource = { product: 'azure', service: isActivity ? 'activitylogs' : 'resourcelogs' };
    return eventOf({ time, native, logsource }, () => toOcsf(native, time));
  },
});

export default parser;
