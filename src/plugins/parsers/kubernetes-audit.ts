/** Kubernetes' audit log: as written by the API server, and as Azure's diagnostic settings carry it. */
import type { Instant } from '../../base/clock.ts';
import type { NativeFields, ParsedEvent, ParseOutcome } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { activity, type Call, callView } from './lib/audit.ts';
import { at, defined, int, isObject, known, list, lookup, text } from './lib/fields.ts';
import { innerJson } from './lib/json-text.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

const azureCategories = new Set(['kube-audit', 'kube-audit-admin']);

function isOurs(json: JsonRecord): boolean {
  if (json['kind'] === 'Event') {
    const version = text(json, 'apiVersion');
    // The cluster's own events have no verb; collectors may drop the version.
    return version === undefined ? Object.hasOwn(json, 'verb') : version.startsWith('audit.k8s.io/');
  }
  return azureCategories.has(text(json, 'category') ?? '') && isObject(json['properties']);
}

/** Azure's envelope has the record as text in `properties.log`. */
function recordOf(json: JsonRecord): JsonRecord | null {
  if (json['kind'] === 'Event') return json;
  const inner = innerJson(at(json, 'properties', 'log'));
  return isObject(inner) ? inner : null;
}

/** What rules ask of a pod's specification without its path. */
function podFields(record: JsonRecord): JsonRecord {
  const spec = at(record, 'requestObject', 'spec');
  const containers = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((name) =>
    list(spec, name),
  );
  const capabilities = containers.flatMap((one) => list(one, 'securityContext', 'capabilities', 'add'));
  const paths = list(spec, 'volumes')
    .map((volume) => text(volume, 'hostPath', 'path'))
    .filter((path) => path !== undefined);
  return {
    apiGroup: text(record, 'objectRef', 'apiGroup'),
    hostPath: paths.length === 0 ? undefined : paths,
    capabilities: capabilities.length === 0 ? undefined : capabilities,
  };
}

const activities: Readonly<Record<string, 1 | 2 | 3 | 4>> = {
  create: activity.create,
  get: activity.read,
  list: activity.read,
  watch: activity.read,
  update: activity.update,
  patch: activity.update,
  replace: activity.update,
  delete: activity.delete,
  deletecollection: activity.delete,
};

function toOcsf(record: NativeFields, time: Instant | null): OcsfEvent {
  const code = int(record, 'responseStatus', 'code');
  const name = text(record, 'impersonatedUser', 'username') ?? text(record, 'user', 'username');
  const call: Call = {
    base: {
      time,
      metadata: {
        product: { name: 'Kubernetes', vendor_name: 'CNCF' },
        uid: text(record, 'auditID'),
        log_name: 'audit',
        log_level: text(record, 'level'),
      },
    },
    success: code === undefined ? undefined : code < 400,
    user: known({ name, uid: text(record, 'user', 'uid') }),
    from: text(list(record, 'sourceIPs')[0]),
    userAgent: text(record, 'userAgent'),
    detail: text(record, 'responseStatus', 'reason') ?? text(record, 'responseStatus', 'message'),
    code: code === undefined ? undefined : String(code),
  };
  const verb = text(record, 'verb') ?? 'unknown';
  const of = at(record, 'objectRef');
  const kind = [text(of, 'resource'), text(of, 'subresource')].filter(Boolean).join('/') || undefined;
  return callView(call, kind === undefined ? verb : `${verb} ${kind}`, {
    activity: lookup(activities, verb) ?? activity.other,
    service: 'kubernetes',
    resources:
      kind === undefined
        ? undefined
        : [{ name: text(of, 'name'), namespace: text(of, 'namespace'), type: kind, uid: text(of, 'uid') }],
  });
}

function read(json: JsonRecord): ParseOutcome {
  const record = recordOf(json);
  if (record === null) return { kind: 'unparsed', reason: 'malformed_json' };
  const native = { ...record, ...defined(podFields(record)) };
  const times = [
    record['stageTimestamp'],
    record['requestReceivedTimestamp'],
    record['timestamp'],
    json['time'],
  ];
  const time = times.map((value) => readTimestamp(value)?.at).find((one) => one !== undefined) ?? null;
  const logsource: ParsedEvent['logsource'] = {
    product: 'kubernetes',
    service: 'audit',
    category: 'application',
  };
  return eventOf({ time, native, logsource }, () => toOcsf(native, time));
}

const parser: JsonParser = defineParser({
  name: 'kubernetes-audit',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "Kubernetes' audit log, also from Azure's diagnostic settings",
  accepts: isOurs,
  parse: read,
});

export default parser;
