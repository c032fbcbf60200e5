/** Cloudflare's Logpush: HTTP requests, firewall events, audit log. */
import type { Instant } from '../../base/clock.ts';
import type { NativeFields, ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { callView } from './lib/audit.ts';
import { int, known, text } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';
import { present, w3cFields, webView } from './lib/web-request.ts';

function isRequest(json: JsonRecord): boolean {
  return ['ClientIP', 'RayID', 'ClientRequestHost'].every((name) => Object.hasOwn(json, name));
}

function isAudit(json: JsonRecord): boolean {
  return ['ActionType', 'ActorIP', 'ActorEmail'].every((name) => Object.hasOwn(json, name));
}

function nativeOf(json: JsonRecord): NativeFields {
  const query = text(json, 'ClientRequestQuery');
  const path = text(json, 'ClientRequestPath');
  const joined = query === undefined ? path : `${path ?? ''}${query.startsWith('?') ? '' : '?'}${query}`;
  return {
    ...json,
    ...w3cFields({
      client: text(json, 'ClientIP'),
      method: text(json, 'ClientRequestMethod'),
      uri: text(json, 'ClientRequestURI') ?? joined,
      protocol: text(json, 'ClientRequestProtocol'),
      status: int(json, 'EdgeResponseStatus'),
      bytes: int(json, 'EdgeResponseBytes'),
      referer: present(text(json, 'ClientRequestReferer')),
      userAgent: text(json, 'ClientRequestUserAgent'),
      host: text(json, 'ClientRequestHost'),
    }),
  };
}

/** OCSF's `action_id`: what the firewall did with the request. */
function actionOf(json: JsonRecord) {
  const action = text(json, 'Action')?.toLowerCase();
  if (action === undefined) return {};
  const denied = /^(?:block|drop|challenge|jschallenge|managedchallenge|connectionclose)/.test(action);
  return { action, action_id: denied ? 2 : 1 };
}

function auditView(json: JsonRecord, time: Instant | null): OcsfEvent {
  const operation = text(json, 'ActionType') ?? 'unknown';
  const resource = known({ type: text(json, 'ResourceType'), uid: text(json, 'ResourceID') });
  const call = {
    base: {
      time,
      metadata: { product: { name: 'Cloudflare', vendor_name: 'Cloudflare' }, uid: text(json, 'ID') },
    },
    success: json['ActionResult'] === true ? true : json['ActionResult'] === false ? false : undefined,
    user: known({ name: text(json, 'ActorEmail'), uid: text(json, 'ActorID') }),
    from: text(json, 'ActorIP'),
  };
  const resources = resource === undefined ? undefined : [resource];
  return callView(call, operation, { service: 'Cloudflare', resources });
}

const parser: JsonParser = defineParser({
  name: 'cloudflare',
  reads: 'json',
  version: 1,
  computed: { 'cs-uri': 'any', 'cs-uri-query': 'any' },
  summary: "Cloudflare's Logpush: HTTP requests, firewall events, audit",
  accepts: (json) => isRequest(json) || isAudit(json),
  parse: (json): ParsedEvent => {
    const times = [json['EdgeStartTimestamp'], json['Datetime'], json['When']];
    const time = times.map((value) => readTimestamp(value)?.at).find((one) => one !== undefined) ?? null;
    if (!isRequest(json)) {
      const logsource = { product: 'cloudflare', service: 'audit' };
      return eventOf({ time, native: json, logsource }, () => auditView(json, time));
    }
    const native = nativeOf(json);
    const service = Object.hasOwn(json, 'Action') ? 'firewall' : 'http';
    const logsource = { product: 'cloudflare', service, category: 'webserver' };
    const product = { name: 'Cloudflare', vendor_name: 'Cloudflare' };
    return eventOf({ time, native, logsource }, () => ({
      ...webView(native, time, product, { logName: service }),
      ...actionOf(json),
    }));
  },
});

export default parser;
