/** AWS CloudTrail: management, data, network and Insights events, console sign-ins. */
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { activity, activityOf, type Call, callView, signInView } from './lib/audit.ts';
import { at, defined, isObject, known, list, lookup, text } from './lib/fields.ts';
import { alsoText, innerJson } from './lib/json-text.ts';
import { eventOf, severity } from './lib/ocsf-view.ts';
import { casing, has, recased } from './lib/recase.ts';
import { readTimestamp } from './lib/timestamp.ts';

const names = casing(
  'eventVersion',
  'userIdentity',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'requestID',
  'eventID',
  'eventType',
  'apiVersion',
  'managementEvent',
  'readOnly',
  'recipientAccountId',
  'serviceEventDetails',
  'sharedEventID',
  'vpcEndpointId',
  'vpcEndpointAccountId',
  'eventCategory',
  'sessionCredentialFromConsole',
  'tlsDetails',
  'insightDetails',
  'resources',
);

/** EventBridge hands the record over in `detail`. */
function recordOf(json: JsonRecord): JsonRecord {
  const detail = json['detail'];
  const bridged = isObject(detail) && (text(json, 'detail-type') ?? '').endsWith(' via CloudTrail');
  return bridged ? detail : json;
}

function isOurs(json: JsonRecord): boolean {
  const record = recordOf(json);
  if (has(record, 'insightDetails')) return has(record, 'eventType');
  if (!has(record, 'eventName')) return false;
  const facts = ['userIdentity', 'eventVersion', 'recipientAccountId'];
  return has(record, 'awsRegion') || (has(record, 'eventSource') && facts.some((name) => has(record, name)));
}

/**
 * Who called, by the names of the console: `alice`, `root`, `role/session` of an assumed role, the service that
 * calls by itself.
 */
function userOf(record: JsonRecord): OcsfObjects['user'] | undefined {
  const identity = at(record, 'userIdentity');
  const type = text(identity, 'type');
  const arn = text(identity, 'arn');
  const resource = arn?.split(':').slice(5).join(':') ?? '';
  const assumed = /^assumed-role\/(.+)$/.exec(resource)?.[1];
  const issuer = text(identity, 'sessionContext', 'sessionIssuer', 'userName');
  const name =
    (type === 'Root' ? 'root' : undefined) ??
    text(identity, 'userName') ??
    assumed ??
    issuer ??
    text(identity, 'onBehalfOf', 'userId') ??
    (/^(?:federated-user|user)\/(.+)$/.exec(resource)?.[1] || undefined) ??
    text(identity, 'invokedBy') ??
    text(identity, 'principalId');
  const account = text(identity, 'accountId');
  return known({
    name,
    uid: arn ?? text(identity, 'principalId'),
    type,
    type_id: type === undefined ? undefined : (lookup(userTypes, type) ?? 99),
    credential_uid: text(identity, 'accessKeyId'),
    account: account === undefined ? undefined : { uid: account, type: 'AWS Account', type_id: 10 },
  });
}

/** OCSF's kinds of users: user, administrator, system. */
const userTypes: Readonly<Record<string, number>> = {
  IAMUser: 1,
  SAMLUser: 1,
  WebIdentityUser: 1,
  IdentityCenterUser: 1,
  FederatedUser: 1,
  Root: 2,
  AWSService: 3,
};

function callOf(record: JsonRecord, time: number | null): Call {
  const account = text(record, 'recipientAccountId');
  return {
    base: {
      time,
      severity_id: has(record, 'insightDetails') ? severity.low : undefined,
      metadata: {
        product: { name: 'CloudTrail', vendor_name: 'AWS' },
        uid: text(record, 'eventID'),
        event_code: text(record, 'eventName'),
        original_time: text(record, 'eventTime'),
        log_name: text(record, 'eventCategory'),
        log_version: text(record, 'eventVersion'),
      },
    },
    success: text(record, 'errorCode') === undefined && text(record, 'errorMessage') === undefined,
    user: userOf(record),
    from: text(record, 'sourceIPAddress'),
    userAgent: text(record, 'userAgent'),
    code: text(record, 'errorCode'),
    detail: text(record, 'errorMessage'),
    cloud: {
      provider: 'AWS',
      region: text(record, 'awsRegion'),
      account: account === undefined ? undefined : { uid: account, type: 'AWS Account', type_id: 10 },
    },
  };
}

function resourcesOf(record: JsonRecord): OcsfObjects['resource_details'][] | undefined {
  const found = list(record, 'resources').flatMap((one) => {
    const uid = text(one, 'ARN') ?? text(one, 'arn');
    return uid === undefined ? [] : [{ uid, type: text(one, 'type') }];
  });
  return found.length === 0 ? undefined : found;
}

function toOcsf(record: JsonRecord, time: number | null): OcsfEvent {
  const call = callOf(record, time);
  const operation = text(record, 'eventName') ?? text(record, 'insightDetails', 'eventName') ?? 'unknown';
  const service = text(record, 'eventSource') ?? text(record, 'insightDetails', 'eventSource');
  const answer = text(record, 'responseElements', 'ConsoleLogin');
  if (operation === 'ConsoleLogin') {
    return signInView(
      { ...call, success: answer === undefined ? call.success : answer === 'Success' },
      { is_mfa: text(record, 'additionalEventData', 'MFAUsed') === 'Yes', service: { name: service } },
    );
  }
  const requestUid = text(record, 'requestID');
  return callView(call, operation, {
    activity: at(record, 'readOnly') === true ? activity.read : activityOf(operation),
    api: {
      operation,
      service: known({ name: service }),
      version: text(record, 'apiVersion'),
      request: requestUid === undefined ? undefined : { uid: requestUid },
      response: known({ error: call.code, error_message: call.detail }),
    },
    resources: resourcesOf(record),
  });
}

/** Objects that differ from call to call: rules look for words in the whole of them (`requestParameters|contains`). */
const textFields = {
  requestParameters: 'any',
  responseElements: 'any',
  additionalEventData: 'any',
  serviceEventDetails: 'any',
} as const;

function read(json: JsonRecord): ParsedEvent {
  const record = recased(recordOf(json), names);
  const time = readTimestamp(record['eventTime'])?.at ?? readTimestamp(record['@timestamp'])?.at ?? null;
  const logsource = { product: 'aws', service: 'cloudtrail' };
  const texts = Object.keys(textFields).map((name): [string, unknown] => [
    name,
    alsoText(innerJson(record[name])),
  ]);
  const native = { ...record, ...defined(Object.fromEntries(texts)) };
  return eventOf({ time, native, logsource }, () => toOcsf(record, time));
}

const parser: JsonParser = defineParser({
  name: 'aws-cloudtrail',
  reads: 'json',
  version: 2,
  computed: textFields,
  summary: 'AWS CloudTrail: API calls, console sign-ins, Insights',
  accepts: isOurs,
  parse: read,
});

export default parser;
