/** Zeek's logs: its JSON in the shapes that pipelines give it, and the rows of its tables. */

import type { ParsedEvent } from '../../model/event.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonRecord } from '../../model/record.ts';
import { defineParser, type JsonParser } from '../define.ts';
import { lookup, text, texts } from './lib/fields.ts';
import { eventOf } from './lib/ocsf-view.ts';
import { readTimestamp } from './lib/timestamp.ts';
import { pathOf, zeekRecord } from './lib/zeek-record.ts';
import { zeekView } from './lib/zeek-views.ts';

/** What a site's policy asks people to be told of; every other notice is only logged, and most are no alerts. */
const told = new Set(['Notice::ACTION_ALARM', 'Notice::ACTION_EMAIL', 'Notice::ACTION_PAGE']);

/** A notice that Zeek was told to alarm about. Notices of one kind between the same two ends are one finding. */
function findingOf(fields: JsonRecord): Finding | undefined {
  const note = text(fields, 'note');
  if (note === undefined || !texts(fields, 'actions').some((action) => told.has(action))) return undefined;
  const ends = [text(fields, 'src'), text(fields, 'dst'), text(fields, 'p')].map((end) => end ?? '');
  const message = text(fields, 'msg') ?? note;
  return {
    uid: [note, ...ends].join(' '),
    product: 'Zeek',
    title: note,
    description: [message, text(fields, 'sub')].filter(Boolean).join('\n'),
    severity: 'medium',
    status: 'open',
    link: null,
    tags: [],
  };
}

const categories: Readonly<Record<string, string>> = { dns: 'dns' };

const parser: JsonParser = defineParser({
  name: 'zeek',
  reads: 'json',
  version: 1,
  computed: { _path: 'any' },
  // Numbers may be written with an exponent.
  escapes: ['\\x', 'e+', 'e-0'],
  summary: 'Zeek: all its logs, as JSON and as tables',
  accepts: (json, context) => pathOf(json, context) !== null,
  parse: (json, context): ParsedEvent => {
    const path = pathOf(json, context) ?? 'unknown';
    const record = zeekRecord(json, path);
    const time = readTimestamp(json['ts'])?.at ?? null;
    const category = lookup(categories, path);
    const logsource = { product: 'zeek', service: path, ...(category === undefined ? {} : { category }) };
    const finding = path === 'notice' ? findingOf(record.fields) : undefined;
    const parts = { time, native: record.fields, logsource, ...(finding === undefined ? {} : { finding }) };
    return eventOf(parts, () => zeekView(record, time));
  },
});

export default parser;
