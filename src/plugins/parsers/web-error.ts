/** Error logs of nginx and Apache. */
import type { TimeHints } from '../../base/civil-time.ts';
import type { Instant } from '../../base/clock.ts';
import type { ParseOutcome } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { endpoint } from './lib/endpoint.ts';
import { defined, known, lookup, text } from './lib/fields.ts';
import { httpActivity, targetOf, urlOf } from './lib/http-view.ts';
import { eventOf, ocsfView, severity } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { requestLine } from './lib/web-request.ts';
import { readApacheTime, readLocalTime } from './lib/web-time.ts';

type Fields = Record<string, unknown>;

const nginx =
  /^(\d{4}\/\d{2}\/\d{2} \d{2}:\d{2}:\d{2}) \[(debug|info|notice|warn|error|crit|alert|emerg)\] (\d{1,10})#(\d{1,10}): (?:\*(\d{1,20}) )?/;
const apache =
  /^\[([A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})? \d{4})\] \[(?:([\w-]{0,40}):)?(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])\] /;
const apacheBare = /^\[client [^\]]{1,80}\] AH\d{5}: /;

/** nginx adds facts about the request after the message: `, client: 192.0.2.1, server: …, request: "…"`. */
const facts = ['client', 'server', 'request', 'subrequest', 'upstream', 'host', 'referrer', 'login'];

function nginxFields(message: string, fields: Fields): void {
  const start = message.search(/, (?:client|server): /);
  fields['error'] = start === -1 ? message : message.slice(0, start);
  if (start === -1) {
    const client = /^client (\S{1,80}) connected to \S{1,80}$/.exec(message)?.[1];
    if (client !== undefined) fields['client'] = client;
    return;
  }
  const pair = /, ([a-z]{4,12}): (?:"((?:[^"\\]|\\[^])*)"|([^,"]*))/y;
  pair.lastIndex = start;
  for (let match = pair.exec(message); match !== null; match = pair.exec(message)) {
    const [, name = '', quoted, bare] = match;
    const value = quoted ?? bare?.replace(/ using starttls$/, '') ?? '';
    if (facts.includes(name) && value !== '') fields[name] = value;
  }
}

function apacheFields(message: string, fields: Fields): void {
  let rest = message;
  for (let match = bracket(rest); match !== null; match = bracket(rest)) {
    Object.assign(fields, match.fields);
    rest = rest.slice(match.length);
  }
  const code = /^(AH\d{5}): /.exec(rest)?.[1];
  if (code !== undefined) fields['error_code'] = code;
  const referer = /, referer: (\S{1,4000})$/.exec(rest.slice(-4100));
  if (referer !== null) fields['referer'] = referer[1];
  fields['error'] = referer === null ? rest : rest.slice(0, rest.length - referer[0].length);
}

/** `[pid 7005:tid 1406]`, `[client 192.0.2.1:14532]`, in any order. */
function bracket(rest: string): { readonly fields: Fields; readonly length: number } | null {
  const match = /^\[(?:pid (\d{1,10})(?::tid (\d{1,20}))?|client ([^\]]{1,80}))\] /.exec(rest);
  if (match === null) return null;
  const [whole, pid, tid, client] = match;
  return { fields: defined({ pid, tid, client }), length: whole.length };
}

interface Read {
  readonly product: 'nginx' | 'apache';
  readonly fields: Fields;
  readonly time: Instant | null;
}

function readError(message: string, hints: TimeHints): Read | null {
  const one = nginx.exec(message);
  if (one !== null) {
    const [whole, timestamp = '', level, pid, tid, connection] = one;
    const fields = defined({ timestamp, level, pid, tid, connection });
    nginxFields(message.slice(whole.length), fields);
    return { product: 'nginx', fields, time: readLocalTime(timestamp, hints) };
  }
  const two = apache.exec(message);
  if (two === null && !apacheBare.test(message)) return null;
  const [whole = '', timestamp, module, level] = two ?? [];
  const fields = defined({ timestamp, module: module || undefined, level });
  apacheFields(message.slice(whole.length), fields);
  return {
    product: 'apache',
    fields,
    time: timestamp === undefined ? null : readApacheTime(timestamp, hints),
  };
}

const severities: Readonly<Record<string, number>> = {
  emerg: severity.critical,
  alert: severity.critical,
  crit: severity.high,
  error: severity.low,
  warn: severity.low,
};

const products = {
  nginx: { name: 'nginx', vendor_name: 'F5' },
  apache: { name: 'HTTP Server', vendor_name: 'Apache' },
} as const;

function toOcsf(line: TextLine, { product, fields, time }: Read): OcsfEvent {
  const request = requestLine(text(fields, 'request') ?? '');
  const base = {
    time: time ?? line.time,
    severity_id: lookup(severities, text(fields, 'level')),
    metadata: { product: products[product], log_name: 'error', event_code: text(fields, 'error_code') },
  };
  const client = endpoint(text(fields, 'client'));
  const message = text(fields, 'error');
  const device = deviceOf(line);
  if (client === undefined) return ocsfView('base_event', 99, base, { message, device });
  const login = text(fields, 'login');
  const target = targetOf(request.uri, text(fields, 'host'));
  return ocsfView('http_activity', httpActivity(request.method), base, {
    message,
    device,
    src_endpoint: client,
    dst_endpoint: endpoint(text(fields, 'host') ?? text(fields, 'server')),
    actor: login === undefined ? undefined : { user: { name: login } },
    http_request: known({
      http_method: request.method,
      url: urlOf(request.uri, target),
      referrer: text(fields, 'referrer') ?? text(fields, 'referer'),
    }),
  });
}

function read(line: TextLine, hints: TimeHints): ParseOutcome {
  const found = readError(line.message, hints);
  if (found === null) return { kind: 'unparsed', reason: 'unknown_format' };
  const native = { ...envelopeFields(line), ...found.fields };
  const logsource = { product: found.product, service: found.product };
  return eventOf({ time: found.time ?? line.time, native, logsource }, () => toOcsf(line, found));
}

const parser: TextParser = defineParser({
  name: 'web-error',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'Error logs of nginx and Apache',
  accepts: ({ message }) => nginx.test(message) || apache.test(message) || apacheBare.test(message),
  parse: read,
});

export default parser;
