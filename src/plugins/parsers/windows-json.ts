/** Windows events as JSON: EVTX dumps, flat shippers (NXLog, Logstash), Winlogbeat. */
import { defineParser, type JsonParser } from '../define.ts';
import { readBeat } from './lib/windows-beat.ts';
import { windowsColumns } from './lib/windows-columns.ts';
import { readDump } from './lib/windows-dump.ts';
import { windowsEvent } from './lib/windows-event.ts';
import { readFlat, windowsComputed } from './lib/windows-flat.ts';
import { type Shape, shapeOf, unwrap, type WindowsRecord } from './lib/windows-record.ts';

const readers: Readonly<Record<Shape, (record: Readonly<Record<string, unknown>>) => WindowsRecord | null>> =
  {
    dump: readDump,
    beat: readBeat,
    flat: readFlat,
  };

const parser: JsonParser = defineParser({
  name: 'windows-json',
  reads: 'json',
  common: true,
  version: 1,
  computed: windowsComputed,
  columns: windowsColumns,
  summary: 'Windows event log records as JSON: EVTX dumps, NXLog and Logstash, Winlogbeat',
  accepts: (json) => shapeOf(unwrap(json)) !== null,
  parse: (json) => {
    const record = unwrap(json);
    const shape = shapeOf(record);
    const read = shape === null ? null : readers[shape](record);
    return read === null ? { kind: 'unparsed', reason: 'unknown_format' } : windowsEvent(read);
  },
});

export default parser;
