/** GitHub's audit log, as streamed or from its API, and the deliveries of its webhooks. */
import type { Instant } from '../../base/clock.ts';
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { activityOf, type Call, callView } from './lib/audit.ts';
import { at, isObject, known, text } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';

/** `category.operation`; the record also names who did it, or the organisation. */
function isAudit(json: JsonRecord): boolean {
  const marks = ['org', 'repo', 'repository', 'business', '_document_id', 'user'];
  const named = /^[a-z0-9_]{1,80}\.[a-z0-9_.]{1,80}$/.test(text(json, 'action') ?? '');
  const dated = Object.hasOwn(json, 'created_at') && typeof json['org'] === 'string';
  return (
    (named || dated) &&
    typeof json['actor'] === 'string' &&
    typeof json['action'] === 'string' &&
    marks.some((name) => typeof json[name] === 'string')
  );
}

function isHook(json: JsonRecord): boolean {
  const of = ['sender', 'pusher', 'action', 'pages', 'commits', 'pull_request', 'workflow_run'];
  return text(json, 'repository', 'full_name') !== undefined && of.some((name) => Object.hasOwn(json, name));
}

/** What a delivery is about: its object beside the repository. */
function subjectOf(json: JsonRecord): string {
  const marks = [
    'workflow_run',
    'workflow_job',
    'pull_request',
    'issue',
    'discussion',
    'release',
    'pages',
    'commits',
  ];
  return marks.find((name) => isObject(json[name]) || Array.isArray(json[name])) ?? 'repository';
}

function timeOf(json: JsonRecord): Instant | null {
  const subject = json[subjectOf(json)];
  for (const value of [
    json['@timestamp'],
    json['created_at'],
    json['at_sign_timestamp'],
    at(json, 'head_commit', 'timestamp'),
    at(subject, 'updated_at'),
    at(subject, 'created_at'),
  ]) {
    const read = readTimestamp(value);
    if (read !== null) return read.at;
  }
  return null;
}

function resourcesOf(json: JsonRecord): OcsfObjects['resource_details'][] | undefined {
  const repository = text(json, 'repo') ?? text(json, 'repository') ?? text(json, 'repository', 'full_name');
  const found = [
    repository === undefined ? undefined : { name: repository, type: 'repository' },
    known({ name: text(json, 'user'), type: text(json, 'user') === undefined ? undefined : 'user' }),
    known({ name: text(json, 'team'), type: text(json, 'team') === undefined ? undefined : 'team' }),
  ].filter((one) => one !== undefined);
  return found.length === 0 ? undefined : found;
}

function toOcsf(json: JsonRecord, operation: string, time: Instant | null): OcsfEvent {
  const organisation = text(json, 'org') ?? text(json, 'organization', 'login');
  const call: Call = {
    base: {
      time,
      metadata: {
        product: { name: 'GitHub', vendor_name: 'GitHub' },
        uid: text(json, '_document_id'),
        event_code: operation,
        tenant_uid: organisation ?? text(json, 'business'),
      },
    },
    success: undefined,
    user: known({
      name: text(json, 'actor') ?? text(json, 'sender', 'login') ?? text(json, 'pusher', 'name'),
      uid: text(json, 'actor_id') ?? text(json, 'sender', 'id'),
      email_addr: text(json, 'external_identity_nameid'),
    }),
    from: text(json, 'actor_ip'),
    userAgent: text(json, 'user_agent'),
  };
  const verb = operation.slice(operation.lastIndexOf('.') + 1);
  return callView(call, operation, {
    activity: activityOf(verb),
    service: 'GitHub',
    resources: resourcesOf(json),
  });
}

const parser: JsonParser = defineParser({
  name: 'github-audit',
  reads: 'json',
  version: 1,
  computed: {},
  summary: "GitHub's audit log and webhooks",
  accepts: (json) => isAudit(json) || isHook(json),
  parse: (json): ParsedEvent => {
    const time = timeOf(json);
    const hook = !isAudit(json);
    const action = text(json, 'action') ?? 'push';
    const operation = hook ? `${subjectOf(json)}.${action}` : action;
    const logsource = { product: 'github', service: hook ? 'webhook' : 'audit' };
    return eventOf({ time, native: json, logsource }, () => toOcsf(json, operation, time));
  },
});

export default parser;
