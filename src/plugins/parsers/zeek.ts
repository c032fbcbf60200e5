/** Zeek's logs: its JSON in the shapes that pipelines give it, and the rows of its tables. */

import type { ParsedEvent } from '../../model/event.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { lookup } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';
import { pathOf, zeekRecord } from './lib/zeek-record.ts';
import { zeekView } from './lib/zeek-views.ts';

const categories: Readonly<Record<string, string>> = { dns: 'dns' };

const parser: JsonParser = defineParser({
  name: 'zeek',
  reads: 'json',
  version: 1,
  summary: 'Zeek: all its logs, as JSON and as tables',
  accepts: (json, context) => pathOf(json, context) !== null,
  parse: (json, context): ParsedEvent => {
    const path = pathOf(json, context) ?? 'unknown';
    const record = zeekRecord(json, path);
    const time = readTimestamp(json['ts'])?.at ?? null;
    const category = lookup(categories, path);
    const logsource = { product: 'zeek', service: path, ...(category === undefined ? {} : { category }) };
    return eventOf({ time, native: record.fields, logsource }, () => zeekView(record, time));
  },
});

export default parser;
