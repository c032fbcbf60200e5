/** Access logs of nginx, Apache and others that write Apache's formats: common, combined, with the virtual host before it. */

import type { TimeHints } from '../../base/civil-time.ts';
import type { ParsedEvent, ParseOutcome } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { isAddress } from './lib/address.ts';
import { lookup } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';
import { present, requestLine, type WebRequest, w3cFields, webView } from './lib/web-request.ts';
import { readClfTime } from './lib/web-time.ts';

/** The time, and the quote that begins the request: what only these formats have. */
const mark = /\[(\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2}(?: [+-]\d{4})?)\] "/;
/** A quoted value: Apache escapes quotes in it with a backslash, nginx as `\x22`. */
const quoted = /"((?:[^"\\]|\\[^])*)"/y;
const numbers = /^ (\d{3}|-) (\d{1,18}|-)/;

interface Before {
  readonly client: string;
  readonly user?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** `client ident user`, with the virtual host before it or without; a user's name may hold blanks. */
function before(text: string): Before | null {
  const words = text.trim().split(' ');
  const [first = '', second = ''] = words;
  if (first === '' || words.length < 2) return null;
  const behindHost = words.length > 3 && !isAddress(first) && (isAddress(second) || words[2] === '-');
  if (!behindHost) return { client: first, user: present(words.slice(2).join(' ')) };
  const host = /^(.{1,255}?)(?::(\d{1,5}))?$/.exec(first);
  return {
    client: second,
    user: present(words.slice(3).join(' ')),
    host: host?.[1],
    port: host?.[2] === undefined ? undefined : Number(host[2]),
  };
}

function quotedAt(text: string, at: number): { readonly value: string; readonly end: number } | null {
  quoted.lastIndex = at;
  const match = quoted.exec(text);
  return match === null ? null : { value: match[1] ?? '', end: quoted.lastIndex };
}

interface Access {
  readonly request: WebRequest;
  readonly timeText: string;
  /** What the server was told to write after the usual fields. */
  readonly more: string;
}

/** Null for a line that has been cut off. */
function readAccess(message: string): Access | null {
  const found = mark.exec(message);
  const head = found === null ? null : before(message.slice(0, found.index));
  if (found === null || head === null) return null;
  const request = quotedAt(message, found.index + found[0].length - 1);
  if (request === null) return null;
  const counts = numbers.exec(message.slice(request.end, request.end + 40));
  if (counts === null) return null;
  const { values, end } = quotedList(message, request.end + counts[0].length);
  return {
    request: {
      ...head,
      ...requestLine(request.value),
      status: numberOf(counts[1]),
      bytes: numberOf(counts[2]),
      referer: present(values[0]),
      userAgent: present(values[1]),
    },
    timeText: found[1] ?? '',
    more: message.slice(end).trim(),
  };
}

/** Referer and user agent; the common format has neither. */
function quotedList(message: string, start: number) {
  const referer = message.startsWith(' "', start) ? quotedAt(message, start + 1) : null;
  if (referer === null) return { values: [], end: start };
  const agent = message.startsWith(' "', referer.end) ? quotedAt(message, referer.end + 1) : null;
  return agent === null
    ? { values: [referer.value], end: referer.end }
    : { values: [referer.value, agent.value], end: agent.end };
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === '-' ? undefined : Number(text);
}

const services: Readonly<Record<string, string>> = {
  nginx: 'nginx',
  apache2: 'apache',
  apache: 'apache',
  httpd: 'apache',
};

function read(line: TextLine, hints: TimeHints): ParseOutcome {
  const access = readAccess(line.message);
  if (access === null) return { kind: 'unparsed', reason: 'unknown_format' };
  const native: Record<string, unknown> = { ...envelopeFields(line), ...w3cFields(access.request) };
  native['timestamp'] = access.timeText;
  if (access.more !== '') native['more'] = access.more;
  const time = readClfTime(access.timeText, hints) ?? line.time;
  return eventFrom(line, native, time);
}

function eventFrom(line: TextLine, native: Record<string, unknown>, time: number | null): ParsedEvent {
  const service = lookup(services, line.program);
  const logsource = {
    category: 'webserver',
    ...(service === undefined ? {} : { product: service, service }),
  };
  const product = { name: service ?? 'web server' };
  return eventOf({ time, native, logsource }, () =>
    webView(native, time, product, { device: deviceOf(line), logName: 'access' }),
  );
}

const parser: TextParser = defineParser({
  name: 'web-access',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'Access logs of nginx, Apache and others: common, combined, with virtual host',
  accepts: (line) => mark.test(line.message),
  parse: read,
});

export default parser;
