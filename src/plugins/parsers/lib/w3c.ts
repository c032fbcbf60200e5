/** Records in W3C's extended log format: IIS, CloudFront and others that name their columns so. */
import type { ParsedEvent } from '../../../model/event.ts';
import type { JsonRecord, TextLine } from '../../../model/record.ts';
import { defined, int, text } from './fields.ts';
import { eventOf } from './ocsf-view.ts';
import { deviceOf } from './syslog-event.ts';
import { webView } from './web-request.ts';
import { readLocalTime } from './web-time.ts';

/** IIS' columns when nobody has changed them. */
export const iisColumns =
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken'.split(
    ' ',
  );

/** CloudFront's standard log, version 1.0; a later file may have more at the end. */
export const cloudfrontColumns =
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end'.split(
    ' ',
  );

export function isW3c(row: JsonRecord): boolean {
  const request = Object.hasOwn(row, 'cs-method') || Object.hasOwn(row, 'cs-uri-stem');
  return Object.hasOwn(row, 'date') && Object.hasOwn(row, 'time') && request;
}

/** IIS writes `+` for a blank, CloudFront `%20`. */
function readable(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value.includes('%20') ? value.replaceAll('%20', ' ') : value.replaceAll('+', ' ');
}

/** What of the fields is computed (`Parser.computed`). */
export const w3cComputed = { 'cs-uri': 'any', 'cs-uri-query': 'any', 'cs-user-agent': 'any' } as const;

const numeric = ['sc-status', 'sc-bytes', 'cs-bytes', 's-port', 'c-port', 'time-taken'];

/**
 * The vendor's columns, and those names that Sigma's rules have where the vendor's differ. `cs-uri-query` holds
 * the query and also the whole target, since most of these rules look for paths in it.
 */
function nativeOf(row: JsonRecord): JsonRecord {
  const stem = text(row, 'cs-uri-stem');
  const query = text(row, 'cs-uri-query');
  const target = query === undefined ? stem : `${stem ?? ''}?${query}`;
  const numbers = numeric.map((name): [string, unknown] => [name, int(row, name) ?? row[name]]);
  return {
    ...row,
    ...defined(Object.fromEntries(numbers)),
    ...defined({
      'cs-uri': target,
      'cs-uri-query': query === undefined ? target : [query, target],
      'cs-user-agent': readable(text(row, 'cs(User-Agent)')) ?? row['cs-user-agent'],
      'cs-referer': text(row, 'cs(Referer)') ?? row['cs-referer'],
      'cs-host': text(row, 'cs-host') ?? text(row, 'x-host-header') ?? text(row, 'cs(Host)'),
      'cs-cookie': text(row, 'cs(Cookie)'),
    }),
  };
}

/** Date and time are UTC: the format's definition says so, and IIS keeps to it. */
export function w3cEvent(row: JsonRecord, carrier: TextLine | null): ParsedEvent {
  const native = nativeOf(row);
  const isCloudfront = Object.hasOwn(row, 'x-edge-location');
  const at = readLocalTime(`${text(row, 'date') ?? ''} ${text(row, 'time') ?? ''}`, {});
  const product = isCloudfront
    ? { name: 'CloudFront', vendor_name: 'AWS' }
    : { name: 'IIS', vendor_name: 'Microsoft' };
  const logsource = isCloudfront
    ? { product: 'aws', service: 'cloudfront', category: 'webserver' }
    : { product: 'windows', service: 'iis', category: 'webserver' };
  const computer = text(row, 's-computername');
  const device = computer === undefined ? undefined : { hostname: computer, type_id: 0 };
  return eventOf({ time: at, native, logsource }, () =>
    webView(native, at, product, {
      device: device ?? (carrier === null ? undefined : deviceOf(carrier)),
      server: text(row, 's-ip'),
      logName: 'access',
    }),
  );
}
