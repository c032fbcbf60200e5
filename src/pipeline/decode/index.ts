/** A record's text to the views that parsers may read it by, the most specific first. Pure. */
import { err, ok, type Result } from '../../base/result.ts';
import type { RecordContext, UnparsedReason } from '../../model/batch.ts';
import type { DecodedRecord, JsonRecord, TextLine } from '../../model/record.ts';
import { carriedLine, carriedObject } from './carrier.ts';
import { readJson } from './json.ts';
import { readLine } from './syslog.ts';
import { readRow } from './table.ts';
import { readXml } from './xml.ts';

/** Envelopes inside of each other that are looked into: a line in an object in a line. */
const maxLayers = 3;

/**
 * The views, each made when it is asked for: the record itself, then what it carries (an object in a line, a
 * line in an object). An error when the text is not what its decoder says.
 */
export function decode(
  text: string,
  context: RecordContext,
): Result<Iterable<DecodedRecord>, UnparsedReason> {
  switch (context.decoder) {
    case 'json': {
      const json = readJson(text);
      return json.ok ? ok(viewsOfJson(json.value, null, context, maxLayers)) : json;
    }
    case 'table': {
      const row = readRow(text, context);
      return row.ok ? ok([{ kind: 'json', json: row.value, carrier: null }]) : row;
    }
    case 'xml': {
      const xml = readXml(text);
      return xml.ok ? ok([{ kind: 'xml', xml: xml.value }]) : xml;
    }
    case 'text':
      return text.trim() === ''
        ? err('unknown_format')
        : ok(viewsOfLine(readLine(text, context), context, maxLayers));
  }
}

function* viewsOfJson(
  json: JsonRecord,
  carrier: TextLine | null,
  context: RecordContext,
  layers: number,
): Generator<DecodedRecord> {
  yield { kind: 'json', json, carrier };
  if (layers === 0) return;
  const inner = carriedObject(json);
  if (inner !== null) yield* viewsOfJson(inner, carrier, context, layers - 1);
  const line = carriedLine(json, context);
  if (line !== null) yield* viewsOfLine(line, context, layers - 1);
}

function* viewsOfLine(line: TextLine, context: RecordContext, layers: number): Generator<DecodedRecord> {
  const message = line.message.trim().replace(/^@cee: ?/, '');
  if (message.startsWith('{') && message.endsWith('}') && layers > 0) {
    const json = readJson(message);
    if (json.ok) yield* viewsOfJson(json.value, line, context, layers - 1);
  }
  if (message.startsWith('<Event')) {
    const xml = readXml(message);
    if (xml.ok) yield { kind: 'xml', xml: xml.value };
  }
  yield { kind: 'text', line };
}
