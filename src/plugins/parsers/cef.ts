/** CEF, the event format of many security devices. */
import type { ParseOutcome } from '../../model/event.ts';
import { defineParser, type TextParser } from '../define.ts';
import { cefSeverity, cefText, readCef } from './lib/cef-fields.ts';
import { deviceView, type FieldNames, flowOf, slug, timeOf } from './lib/device-event.ts';
import { flowFields } from './lib/flow.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { deviceOf, envelopeComputed, envelopeEscapes, envelopeFields } from './lib/syslog-event.ts';

const names: FieldNames = {
  from: ['src', 'c6a2', 'shost'],
  fromPort: ['spt'],
  to: ['dst', 'c6a3', 'dhost'],
  toPort: ['dpt'],
  protocol: ['proto'],
  user: ['suser', 'duser'],
  action: ['act'],
  app: ['app'],
  host: ['dvchost'],
  message: ['msg'],
};

const parser: TextParser = defineParser({
  name: 'cef',
  reads: 'text',
  version: 1,
  computed: envelopeComputed,
  escapes: [...envelopeEscapes, '\\=', '\\|'],
  summary: 'CEF messages of security devices',
  accepts: ({ line, message }) => cefText(line, message) !== null,
  parse: (line): ParseOutcome => {
    const cef = readCef(cefText(line.line, line.message) ?? '');
    if (cef === null) return { kind: 'unparsed', reason: 'unknown_format' };
    const { extension } = cef;
    const given = flowOf(extension, names, deviceOf(line));
    const flow = { ...given, message: given.message ?? cef.name };
    const native = {
      ...flowFields(flow),
      ...envelopeFields(line),
      deviceVendor: cef.vendor,
      deviceProduct: cef.product,
      deviceVersion: cef.deviceVersion,
      deviceEventClassId: cef.signature,
      name: cef.name,
      deviceSeverity: cef.severity,
      ...extension,
    };
    const time =
      timeOf([extension['rt'], extension['end'], extension['start'], extension['UNIFIutcTime']]) ?? line.time;
    const logsource = { product: slug(cef.vendor), service: slug(cef.product) };
    const facts = {
      vendor: cef.vendor,
      product: cef.product,
      code: cef.signature,
      severity: cefSeverity(cef.severity),
    };
    return eventOf({ time, native, logsource }, () => deviceView(flow, time, facts));
  },
});

export default parser;
