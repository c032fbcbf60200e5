/** Microsoft 365's unified audit log: Exchange, SharePoint, Teams, Entra, compliance, from the Management Activity API. */
import type { Instant } from '../../base/clock.ts';
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { type Call, callView, signInView } from './lib/audit.ts';
import { defined, isObject, known, list, lookup, text } from './lib/fields.ts';
import { alsoText, innerJson } from './lib/json-text.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { casing, has, recased } from './lib/recase.ts';
import { readTimestamp } from './lib/timestamp.ts';

const names = casing(
  'Operation',
  'Workload',
  'CreationTime',
  'RecordType',
  'ResultStatus',
  'UserId',
  'UserKey',
  'UserType',
  'ClientIP',
  'ActorIpAddress',
  'Id',
  'ObjectId',
  'OrganizationId',
  'OrganizationName',
  'OriginatingServer',
  'ExternalAccess',
  'Parameters',
  'OperationProperties',
  'ModifiedProperties',
  'ExtendedProperties',
  'ApplicationId',
  'AzureActiveDirectoryEventType',
  'Actor',
  'Target',
  'SiteUrl',
  'SourceFileName',
);

/** Search-UnifiedAuditLog gives the record as text in `AuditData`. */
function recordOf(json: JsonRecord): JsonRecord {
  const inner = Object.hasOwn(json, 'AuditData') ? innerJson(json['AuditData']) : undefined;
  return isObject(inner) ? inner : json;
}

function isOurs(json: JsonRecord): boolean {
  const record = recordOf(json);
  return ['Operation', 'Workload', 'UserId'].every((name) => has(record, name)) && has(record, 'RecordType');
}

/** The value of a name in a list of names and values. */
function named(record: JsonRecord, property: string, name: string): string | undefined {
  return text(
    list(record, property).find((one) => text(one, 'Name') === name),
    'Value',
  );
}

/** Rules of alerts call the workload `eventSource` and the operation, or the alert's name, `eventName`. */
function nativeOf(json: JsonRecord): JsonRecord {
  const record = recased(recordOf(json), names);
  const result = text(record, 'ResultStatus');
  return {
    ...record,
    ...defined({
      eventSource: record['Workload'],
      eventName: text(record, 'Name') ?? record['Operation'],
      status:
        result === undefined ? 'success' : /^(?:true|success|succeeded)$/i.test(result) ? 'success' : result,
      Parameters: alsoText(record['Parameters']),
      OperationProperties: alsoText(record['OperationProperties']),
      Payload: record['Payload'] ?? record['Data'],
      RequestType: named(record, 'ExtendedProperties', 'RequestType'),
    }),
  };
}

const services: Readonly<Record<string, readonly string[]>> = {
  Exchange: ['exchange'],
  SecurityComplianceCenter: ['threat_management', 'threat_detection'],
};

function callOf(native: NativeFields, time: Instant | null, success: boolean | undefined): Call {
  return {
    base: {
      time,
      metadata: {
        product: { name: 'Microsoft 365', vendor_name: 'Microsoft' },
        uid: text(native, 'Id'),
        event_code: text(native, 'Operation'),
        log_name: text(native, 'Workload'),
        tenant_uid: text(native, 'OrganizationId'),
      },
    },
    success,
    user: known({ name: text(native, 'UserId'), uid: text(native, 'UserKey') }),
    from: text(native, 'ClientIP') ?? text(native, 'ClientIPAddress') ?? text(native, 'ActorIpAddress'),
    userAgent:
      text(native, 'UserAgent') ??
      named(native, 'ExtendedProperties', 'UserAgent') ??
      text(native, 'ClientInfoString'),
    detail: text(native, 'LogonError'),
    code: text(native, 'ResultStatus'),
  };
}

const signIns: Readonly<Record<string, boolean>> = {
  UserLoggedIn: true,
  UserLoginFailed: false,
  MailboxLogin: true,
};

function toOcsf(native: NativeFields, time: Instant | null): OcsfEvent {
  const operation = text(native, 'Operation') ?? 'unknown';
  const workload = text(native, 'Workload');
  const signedIn = lookup(signIns, operation);
  if (signedIn !== undefined) {
    return signInView(callOf(native, time, signedIn), { service: known({ name: workload }) });
  }
  const result = text(native, 'ResultStatus');
  const success = result === undefined ? undefined : native['status'] === 'success';
  const object = text(native, 'ObjectId') ?? text(native, 'SourceFileName');
  return callView(callOf(native, time, success), operation, {
    service: workload,
    resources: object === undefined ? undefined : [{ name: object }],
  });
}

const parser: JsonParser = defineParser({
  name: 'm365-audit',
  reads: 'json',
  version: 1,
  moreServices: Object.values(services).flat(),
  computed: { status: ['success'], Parameters: 'any', OperationProperties: 'any' },
  summary: "Microsoft 365's unified audit log",
  accepts: isOurs,
  parse: (json): ParsedEvent => {
    const native = nativeOf(json);
    // In UTC, though the API writes no zone.
    const time = readTimestamp(native['CreationTime'])?.at ?? null;
    const moreServices = lookup(services, text(native, 'Workload')) ?? [];
    const logsource = { product: 'm365', service: 'audit', moreServices };
    return eventOf({ time, native, logsource }, () => toOcsf(native, time));
  },
});

export default parser;
