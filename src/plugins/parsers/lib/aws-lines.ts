/** Lines of AWS' load balancers and of S3's server access log. */
import type { ParsedEvent } from '../../../model/event.ts';
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { type Call, callView } from './audit.ts';
import { defined } from './fields.ts';
import { eventOf } from './ocsf-view.ts';
import { readTimestamp } from './timestamp.ts';
import { present, requestLine, w3cFields, webView } from './web-request.ts';
import { readClfTime } from './web-time.ts';

/** Words between blanks; one in quotes or brackets may hold blanks. */
function words(line: string): string[] {
  const found: string[] = [];
  for (const [, quoted, bracketed, bare] of line.matchAll(/"((?:[^"\\]|\\[^])*)"|\[([^\]]*)\]|(\S+)/g)) {
    found.push(quoted ?? bracketed ?? bare ?? '');
  }
  return found;
}

function named(values: readonly string[], columns: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [index, name] of columns.entries()) {
    const value = present(values[index]);
    if (value !== undefined) fields[name] = value;
  }
  return fields;
}

/** Application load balancers write a type first; classic ones have fewer columns at the end. */
const balancerColumns =
  'time elb client target request_processing_time target_processing_time response_processing_time elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher ssl_protocol target_group_arn trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time actions_executed redirect_url error_reason'.split(
    ' ',
  );

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

export function readBalancer(line: string): ParsedEvent | null {
  const values = words(line);
  const typed = /^[a-z0-9]{2,5}$/.test(values[0] ?? '');
  const fields = named(typed ? values.slice(1) : values, balancerColumns);
  const client = /^(.{2,60}):(\d{1,5})$/.exec(fields['client'] ?? '');
  if (client === null || fields['request'] === undefined) return null;
  const request = {
    ...requestLine(fields['request']),
    client: client[1],
    status: numberOf(fields['elb_status_code']),
    bytes: numberOf(fields['sent_bytes']),
    userAgent: fields['user_agent'],
    host: fields['domain_name'],
  };
  const native = {
    ...defined({ type: typed ? values[0] : undefined }),
    ...fields,
    ...w3cFields({
      ...request,
      uri: request.uri?.replace(/^[a-z]{2,5}:\/\/[^/?#]{1,300}/, '') || request.uri,
    }),
    'c-port': Number(client[2]),
  };
  const time = readTimestamp(fields['time'])?.at ?? null;
  const logsource = { product: 'aws', service: 'elb', category: 'webserver' };
  const product = { name: 'Elastic Load Balancing', vendor_name: 'AWS' };
  return eventOf({ time, native, logsource }, () => webView(native, time, product, { logName: 'access' }));
}

const bucketColumns =
  'bucketowner bucket time remoteip requester requestid operation key requesturi httpstatus errorcode bytessent objectsize totaltime turnaroundtime referrer useragent versionid hostid signatureversion ciphersuite authenticationtype hostheader tlsversion accesspointarn aclrequired'.split(
    ' ',
  );

export function readBucket(line: string): ParsedEvent | null {
  const fields = named(words(line), bucketColumns);
  return fields['operation'] === undefined
    ? null
    : bucketEvent(fields, readClfTime(fields['time'] ?? '', {}));
}

/** S3's operations, `REST.GET.OBJECT`: the verb is HTTP's. */
const verbs: readonly (readonly [RegExp, 1 | 2 | 3 | 4])[] = [
  [/\.(?:GET|HEAD|OPTIONS)\./, 2],
  [/\.DELETE\./, 4],
  [/\.(?:PUT|POST|COPY)\./, 3],
];

export function bucketEvent(fields: Readonly<Record<string, unknown>>, time: number | null): ParsedEvent {
  const say = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' || typeof value === 'number' ? present(String(value)) : undefined;
  };
  const operation = say('operation') ?? 'unknown';
  const status = numberOf(say('httpstatus'));
  const requester = say('requester');
  const user: OcsfObjects['user'] | undefined =
    requester === undefined
      ? undefined
      : { name: requester.replace(/^arn:aws[\w-]*:[a-z]{2,10}::?\d{12}:/, ''), uid: requester };
  const call: Call = {
    base: {
      time,
      metadata: { product: { name: 'S3', vendor_name: 'AWS' }, uid: say('requestid'), event_code: operation },
    },
    success: status === undefined ? undefined : status < 400,
    user,
    from: say('remoteip'),
    userAgent: say('useragent'),
    code: say('errorcode') ?? say('httpstatus'),
    cloud: { provider: 'AWS' },
  };
  const name = [say('bucket'), say('key')].filter(Boolean).join('/');
  const logsource = { product: 'aws', service: 's3access' };
  return eventOf({ time, native: fields, logsource }, () =>
    callView(call, operation, {
      service: 's3.amazonaws.com',
      activity: verbs.find(([pattern]) => pattern.test(operation))?.[1] ?? 99,
      resources: name === '' ? undefined : [{ name, type: 'AWS::S3::Object' }],
    }),
  );
}
