/** LEEF 1.0 and 2.0, the event format that devices use for QRadar. */
import type { ParseOutcome } from '../../model/event.ts';
import type { TextLine } from '../../model/record.ts';
import { defineParser, type TextParser } from '../define.ts';
import { cefSeverity } from './lib/cef-fields.ts';
import { deviceView, type FieldNames, flowOf, slug, timeOf } from './lib/device-event.ts';
import { flowFields } from './lib/flow.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';

const names: FieldNames = {
  from: ['src', 'identSrc'],
  fromPort: ['srcPort'],
  to: ['dst'],
  toPort: ['dstPort'],
  protocol: ['proto'],
  user: ['usrName', 'accountName'],
  action: ['action', 'act'],
  app: ['app', 'appName'],
  host: ['identHostName', 'devName'],
  message: ['msg', 'reason'],
};

const start = /(?:^|[\s:])LEEF: ?([12])\.0\|/;
/** Where the decoder took `LEEF` for a program. */
const bare = /^([12])\.0\|/;

interface Leef {
  readonly vendor: string;
  readonly product: string;
  readonly event: string;
  readonly fields: Record<string, string>;
}

/** Version and what follows it. */
function leefText({
  line,
  message,
  app,
}: TextLine): { readonly version: string; readonly rest: string } | null {
  const found = start.exec(line);
  if (found !== null) return { version: found[1] ?? '1', rest: line.slice(found.index + found[0].length) };
  const left = app === 'LEEF' ? bare.exec(message) : null;
  return left === null ? null : { version: left[1] ?? '1', rest: message.slice(left[0].length) };
}

/** LEEF 2.0 may name its delimiter: one character, or its code as `x5E` or `0x5E`. */
function delimiterOf(text: string): string | null {
  if (text.length === 1) return text;
  const code = /^(?:0?x)([0-9A-Fa-f]{2,4})$/.exec(text)?.[1];
  return code === undefined ? null : String.fromCharCode(Number.parseInt(code, 16));
}

function readLeef({ version, rest }: { readonly version: string; readonly rest: string }): Leef | null {
  const parts = rest.split('|');
  if (parts.length < 5) return null;
  const [vendor = '', product = '', , event = '', fifth = ''] = parts;
  const named = version === '2' ? delimiterOf(fifth) : null;
  // In version 2 the delimiter's field may be there and empty, or not be there at all.
  const hasField = version === '2' && parts.length > 5 && (named !== null || fifth === '');
  const attributes = parts.slice(hasField ? 5 : 4).join('|');
  const fields: Record<string, string> = {};
  for (const pair of attributes.split(named ?? '\t')) {
    const cut = pair.indexOf('=');
    const name = pair.slice(0, cut).trim();
    if (cut > 0 && name !== '__proto__') fields[name] = pair.slice(cut + 1).trim();
  }
  return { vendor, product, event, fields };
}

const parser: TextParser = defineParser({
  name: 'leef',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: envelopeEscapes,
  summary: 'LEEF messages of security devices',
  accepts: (line) => leefText(line) !== null,
  parse: (line): ParseOutcome => {
    const found = leefText(line);
    const leef = found === null ? null : readLeef(found);
    if (leef === null) return { kind: 'unparsed', reason: 'unknown_format' };
    const { vendor, product, event, fields } = leef;
    const given = flowOf(fields, names, deviceOf(line));
    const flow = { ...given, message: given.message ?? event };
    const head = { deviceVendor: vendor, deviceProduct: product, eventId: event };
    const native = { ...flowFields(flow), ...envelopeFields(line), ...head, ...fields };
    const time = timeOf([fields['devTime']]) ?? line.time;
    const logsource = { product: slug(vendor), service: slug(product) };
    const facts = { vendor, product, code: event, severity: cefSeverity(fields['sev'] ?? '') };
    return eventOf({ time, native, logsource }, () => deviceView(flow, time, facts));
  },
});

export default parser;
