/** AWS GuardDuty findings: from the event bus, an export to S3, or the service's own API. */
import type { ParsedEvent } from '../../model/event.ts';
import type { Finding } from '../../model/finding.ts';
import type { OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import type { Severity } from '../../model/severity.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { at, int, isObject, known, text } from './lib/fields.ts';
import { findingView, instant } from './lib/finding-view.ts';
import { eventOf } from './lib/ocsf-view.ts';

const maxDepth = 12;

/** The finding itself: EventBridge wraps it, the API writes every name with a capital. */
function unwrap(json: JsonRecord): JsonRecord | null {
  const detail = at(json, 'detail');
  if (at(json, 'source') === 'aws.guardduty' && isObject(detail)) return detail;
  if (at(json, 'service', 'serviceName') === 'guardduty') return json;
  return at(json, 'Service', 'ServiceName') === 'guardduty' ? (lowerNames(json, 0) as JsonRecord) : null;
}

function lowerNames(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return value.map((one) => lowerNames(one, depth + 1));
  if (!isObject(value) || depth > maxDepth) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      lowerNames(inner, depth + 1),
    ]),
  );
}

/** AWS: 1 to 3.9 low, 4 to 6.9 medium, 7 to 8.9 high, 9 to 10 critical. */
function severityOf(finding: JsonRecord): Severity {
  const value = Number(at(finding, 'severity'));
  if (value >= 9) return 'critical';
  if (value >= 7) return 'high';
  return value >= 4 ? 'medium' : value >= 1 ? 'low' : 'informational';
}

function findingOf(finding: JsonRecord, id: string): Finding {
  const region = text(finding, 'region') ?? '';
  const type = text(finding, 'type') ?? '';
  return {
    uid: text(finding, 'arn') ?? id,
    product: 'AWS GuardDuty',
    title: text(finding, 'title') ?? type,
    description: text(finding, 'description') ?? '',
    severity: severityOf(finding),
    status: at(finding, 'service', 'archived') === true ? 'suppressed' : 'open',
    link: /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region)
      ? `https://${region}.console.aws.amazon.com/guardduty/home?region=${region}#/findings?macros=current&fId=${encodeURIComponent(id)}`
      : null,
    tags: [],
  };
}

function evidenceOf(finding: JsonRecord): OcsfObjects['evidences'] | undefined {
  const action = at(finding, 'service', 'action');
  const details = isObject(action) ? Object.values(action).find(isObject) : undefined;
  const user = text(finding, 'resource', 'accessKeyDetails', 'userName');
  const operation = text(details, 'api');
  const domain = text(action, 'dnsRequestAction', 'domain');
  return known({
    src_endpoint: known({ ip: text(details, 'remoteIpDetails', 'ipAddressV4') }),
    dst_endpoint: known({ port: int(details, 'localPortDetails', 'port') }),
    user: user === undefined ? undefined : { name: user },
    api:
      operation === undefined
        ? undefined
        : { operation, service: { name: text(details, 'serviceName') ?? 'aws' } },
    query: domain === undefined ? undefined : { hostname: domain },
  });
}

function deviceOf(finding: JsonRecord): OcsfObjects['device'] | undefined {
  const instance = at(finding, 'resource', 'instanceDetails');
  const id = text(instance, 'instanceId');
  const name = id ?? text(finding, 'resource', 'eksClusterDetails', 'name');
  return name === undefined ? undefined : { hostname: name, instance_uid: id, type_id: 0 };
}

function read(finding: JsonRecord, id: string): ParsedEvent {
  const time = instant(at(finding, 'updatedAt')) ?? instant(at(finding, 'service', 'eventLastSeen'));
  const alert = findingOf(finding, id);
  const logsource = { product: 'aws', service: 'guardduty' };
  return eventOf({ time, native: finding, logsource, finding: alert }, () => {
    const evidence = evidenceOf(finding);
    const type = text(finding, 'type');
    return findingView(alert, {
      time,
      product: { name: 'GuardDuty', vendor_name: 'AWS' },
      originalTime: text(finding, 'updatedAt'),
      firstSeen: instant(at(finding, 'service', 'eventFirstSeen')),
      lastSeen: instant(at(finding, 'service', 'eventLastSeen')),
      ...(type === undefined ? {} : { types: [type] }),
      ...(evidence === undefined ? {} : { evidences: [evidence] }),
      rest: {
        device: deviceOf(finding),
        cloud: {
          provider: 'AWS',
          region: text(finding, 'region'),
          account: known({ uid: text(finding, 'accountId') }),
        },
        count: int(finding, 'service', 'count'),
      },
    });
  });
}

const parser: JsonParser = defineParser({
  name: 'aws-guardduty',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'AWS GuardDuty findings',
  accepts: (json) =>
    at(json, 'service', 'serviceName') === 'guardduty' ||
    at(json, 'Service', 'ServiceName') === 'guardduty' ||
    (at(json, 'source') === 'aws.guardduty' && isObject(at(json, 'detail'))),
  parse(json) {
    const finding = unwrap(json);
    const id = finding === null ? undefined : text(finding, 'id');
    if (finding === null || id === undefined) return { kind: 'unparsed', reason: 'unknown_format' };
    return read(finding, id);
  },
});

export default parser;
