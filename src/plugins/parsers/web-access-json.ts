/** Access logs that web servers and proxies write as JSON: nginx and Apache by the usual names, Caddy, Traefik, Envoy. */
import type { ParsedEvent } from '../../model/event.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { at, int, text, texts } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';
import { present, requestLine, type WebRequest, w3cFields, webView } from './lib/web-request.ts';
import { readClfTime } from './lib/web-time.ts';

interface Shape {
  readonly product: string;
  accepts(json: JsonRecord): boolean;
  request(json: JsonRecord): WebRequest;
  /** Fields that hold the time, the best first. */
  readonly times: readonly string[];
}

/** The first of the fields that says something. */
function first(json: JsonRecord, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = present(text(json, name));
    if (value !== undefined) return value;
  }
  return undefined;
}

function hasAll(json: JsonRecord, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(json, name));
}

const nginx: Shape = {
  product: 'web server',
  accepts: (json) =>
    (hasAll(json, 'remote_addr') || hasAll(json, 'remote_ip')) &&
    hasAll(json, 'status') &&
    (hasAll(json, 'request') || hasAll(json, 'request_uri') || hasAll(json, 'request_method')),
  request: (json) => {
    const line = requestLine(first(json, 'request') ?? '');
    return {
      client: first(json, 'remote_addr', 'remote_ip'),
      user: first(json, 'remote_user'),
      method: first(json, 'request_method') ?? line.method,
      uri: first(json, 'request_uri') ?? line.uri ?? first(json, 'uri'),
      protocol: first(json, 'server_protocol') ?? line.protocol,
      status: int(json, 'status'),
      bytes: int(json, 'body_bytes_sent') ?? int(json, 'bytes_sent') ?? int(json, 'bytes'),
      referer: first(json, 'http_referer', 'http_referrer', 'referer', 'referrer'),
      userAgent: first(json, 'http_user_agent', 'user_agent', 'agent'),
      host: first(json, 'http_host', 'host', 'server_name', 'vhost'),
    };
  },
  times: ['time_iso8601', 'time_local', 'msec', 'timestamp', '@timestamp', 'time'],
};

function header(json: JsonRecord, name: string): string | undefined {
  return texts(json, 'request', 'headers', name)[0];
}

const caddy: Shape = {
  product: 'Caddy',
  accepts: (json) => hasAll(json, 'request', 'status', 'logger') && at(json, 'request', 'uri') !== undefined,
  request: (json) => ({
    client:
      text(json, 'request', 'client_ip') ??
      text(json, 'request', 'remote_ip') ??
      text(json, 'request', 'remote_addr'),
    user: present(text(json, 'user_id')),
    method: text(json, 'request', 'method'),
    uri: text(json, 'request', 'uri'),
    protocol: text(json, 'request', 'proto'),
    status: int(json, 'status'),
    bytes: int(json, 'size'),
    referer: header(json, 'Referer'),
    userAgent: header(json, 'User-Agent'),
    host: text(json, 'request', 'host'),
  }),
  times: ['ts'],
};

const traefik: Shape = {
  product: 'Traefik',
  accepts: (json) => hasAll(json, 'ClientHost', 'RequestMethod', 'DownstreamStatus'),
  request: (json) => ({
    // Behind another proxy it is a list; the last address is the one that Traefik saw itself.
    client: first(json, 'ClientHost')?.split(',').at(-1)?.trim(),
    user: first(json, 'ClientUsername'),
    method: first(json, 'RequestMethod'),
    uri: first(json, 'RequestPath'),
    protocol: first(json, 'RequestProtocol'),
    status: int(json, 'DownstreamStatus'),
    bytes: int(json, 'DownstreamContentSize'),
    referer: first(json, 'request_Referer'),
    userAgent: first(json, 'request_User-Agent'),
    host: first(json, 'RequestHost'),
  }),
  times: ['StartUTC', 'time'],
};

const envoy: Shape = {
  product: 'Envoy',
  accepts: (json) => hasAll(json, 'downstream_remote_address', 'response_code'),
  request: (json) => ({
    client: first(json, 'downstream_remote_address')
      ?.replace(/:\d{1,5}$/, '')
      .replace(/^\[|\]$/g, ''),
    method: first(json, 'method'),
    uri: first(json, 'x-envoy-origin-path', 'path'),
    protocol: first(json, 'protocol'),
    status: int(json, 'response_code'),
    bytes: int(json, 'bytes_sent'),
    referer: first(json, 'referer'),
    userAgent: first(json, 'user-agent', 'user_agent'),
    host: first(json, ':authority', 'authority'),
  }),
  times: ['start_time'],
};

const shapes: readonly Shape[] = [nginx, caddy, traefik, envoy];

function shapeOf(json: JsonRecord): Shape | undefined {
  return shapes.find((shape) => shape.accepts(json));
}

function timeOf(json: JsonRecord, names: readonly string[], zone: { readonly zone?: string }): number | null {
  for (const name of names) {
    const value = json[name];
    const read = readTimestamp(value)?.at ?? readTimestamp(Number(value))?.at;
    const at = read ?? (typeof value === 'string' ? readClfTime(value, zone) : null);
    if (at !== null) return at;
  }
  return null;
}

const parser: JsonParser = defineParser({
  name: 'web-access-json',
  reads: 'json',
  version: 1,
  computed: {},
  summary: 'Access logs as JSON: nginx and Apache by the usual names, Caddy, Traefik, Envoy',
  accepts: (json) => shapeOf(json) !== undefined,
  parse: (json, context): ParsedEvent => {
    const shape = shapeOf(json) ?? nginx;
    const native = { ...json, ...w3cFields(shape.request(json)) };
    const time = timeOf(json, shape.times, context);
    return eventOf({ time, native, logsource: { category: 'webserver' } }, () =>
      webView(native, time, { name: shape.product }, { logName: 'access' }),
    );
  },
});

export default parser;
