/** What web servers' records share: their requests by the names of W3C's extended log format, and in OCSF's words. */
import type { Instant } from '../../../base/clock.ts';
import type { NativeFields } from '../../../model/event.ts';
import type { OcsfEvent, OcsfObjects } from '../../../model/ocsf.ts';
import { endpoint } from './endpoint.ts';
import { defined, int, known, text } from './fields.ts';
import { httpActivity, isHttpSuccess, targetOf, urlOf } from './http-view.ts';
import { ocsfView, status } from './ocsf-view.ts';

export interface WebRequest {
  readonly client?: string | undefined;
  readonly user?: string | undefined;
  readonly method?: string | undefined;
  readonly uri?: string | undefined;
  /** `HTTP/1.1` */
  readonly protocol?: string | undefined;
  readonly status?: number | undefined;
  readonly bytes?: number | undefined;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly host?: string | undefined;
  /** The server's own port. */
  readonly port?: number | undefined;
}

/** `GET /a?b HTTP/1.1`; what is no request line (TLS sent to a plain port, garbage) has only a `uri`. */
export function requestLine(line: string): Pick<WebRequest, 'method' | 'uri' | 'protocol'> {
  const method = /^[A-Za-z][\w-]{0,30}(?= )/.exec(line)?.[0];
  if (method === undefined) return { uri: present(line) };
  const protocol = /(?<= )[A-Z]{3,5}\/\d(?:\.\d)?$/.exec(line)?.[0];
  const end = protocol === undefined ? line.length : line.length - protocol.length - 1;
  return { method, uri: present(line.slice(method.length + 1, Math.max(end, method.length + 1))), protocol };
}

/** The `-` of log files is nothing. */
export function present(value: string | undefined): string | undefined {
  return value === undefined || value === '' || value === '-' ? undefined : value;
}

/**
 * Field names as Sigma's rules for web servers have them. `cs-uri-query` is the whole target, path and query,
 * since most of these rules look for paths in it; `cs-uri-stem` is the path.
 */
export function w3cFields(request: WebRequest): Record<string, unknown> {
  return defined({
    'c-ip': request.client,
    'cs-username': request.user,
    'cs-method': request.method,
    'cs-uri': request.uri,
    'cs-uri-stem': targetOf(request.uri).path,
    'cs-uri-query': request.uri,
    'cs-version': request.protocol,
    'sc-status': request.status,
    'sc-bytes': request.bytes,
    'cs-referer': request.referer,
    'cs-user-agent': request.userAgent,
    'cs-host': request.host,
    's-port': request.port,
  });
}

/** HTTP Activity of fields by W3C's names. */
export function webView(
  fields: NativeFields,
  time: Instant | null,
  product: OcsfObjects['product'],
  more: {
    readonly device?: OcsfObjects['device'] | undefined;
    readonly server?: string | undefined;
    readonly logName?: string | undefined;
  } = {},
): OcsfEvent {
  const uri = text(fields, 'cs-uri') ?? text(fields, 'cs-uri-query');
  const code = int(fields, 'sc-status');
  const name = text(fields, 'cs-username');
  const method = text(fields, 'cs-method');
  const success = isHttpSuccess(code);
  const base = { time, metadata: { product, log_name: more.logName } };
  return ocsfView('http_activity', httpActivity(method), base, {
    ...(success === undefined ? {} : success ? status.success : status.failure),
    status_code: code === undefined ? undefined : String(code),
    src_endpoint: endpoint(text(fields, 'c-ip'), int(fields, 'c-port')),
    dst_endpoint: known({
      ...endpoint(more.server ?? text(fields, 'cs-host'), int(fields, 's-port')),
    }),
    http_request: known({
      http_method: method,
      url: urlOf(uri, targetOf(uri, text(fields, 'cs-host'))),
      user_agent: text(fields, 'cs-user-agent'),
      referrer: text(fields, 'cs-referer'),
      version: text(fields, 'cs-version')?.replace(/^HTTP\//, ''),
    }),
    http_response: code === undefined ? undefined : { code, length: int(fields, 'sc-bytes') },
    actor: name === undefined ? undefined : { user: { name } },
    device: more.device,
    traffic: known({ bytes_out: int(fields, 'sc-bytes'), bytes_in: int(fields, 'cs-bytes') }),
  });
}
