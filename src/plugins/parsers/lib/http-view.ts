/** HTTP requests in OCSF's words, for web servers, proxies and sensors. */
import type { OcsfEvents, OcsfObjects } from '../../../model/ocsf.ts';
import { known, lookup } from './fields.ts';

type Activity = OcsfEvents['http_activity']['activity_id'];

const methods: Readonly<Record<string, Activity>> = {
  CONNECT: 1,
  DELETE: 2,
  GET: 3,
  HEAD: 4,
  OPTIONS: 5,
  POST: 6,
  PUT: 7,
  TRACE: 8,
  PATCH: 9,
};

export function httpActivity(method: string | undefined): Activity {
  if (method === undefined) return 0;
  return lookup(methods, method.toUpperCase()) ?? 99;
}

export interface Target {
  readonly scheme?: string | undefined;
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly query?: string | undefined;
}

/** The target of a request line: origin form (`/a?b`), absolute form, or authority (`host:443`). */
export function targetOf(uri: string | undefined, host?: string): Target {
  if (uri === undefined) return { host };
  const absolute = /^([a-z][a-z0-9+.-]{1,20}):\/\/([^/?#]*)([^]*)$/i.exec(uri);
  const rest = absolute?.[3] ?? uri;
  const cut = rest.indexOf('?');
  return {
    scheme: absolute?.[1]?.toLowerCase(),
    host: absolute?.[2] ?? host,
    path: cut === -1 ? rest : rest.slice(0, cut),
    query: cut === -1 ? undefined : rest.slice(cut + 1),
  };
}

export function urlOf(uri: string | undefined, target: Target): OcsfObjects['url'] | undefined {
  return known({
    url_string: uri,
    scheme: target.scheme,
    hostname: target.host,
    path: target.path,
    query_string: target.query,
  });
}

/** A request that the server refused or could not serve is a failure. */
export function isHttpSuccess(code: number | undefined): boolean | undefined {
  return code === undefined || code < 100 ? undefined : code < 400;
}
