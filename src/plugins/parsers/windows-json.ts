/** Windows events as JSON: EVTX dumps, flat shippers (NXLog, Logstash), Winlogbeat. */
import type { ParsedEvent } from '../../model/event.ts';
import type { OcsfEvent } from '../../model/ocsf.ts';
import { defineParser, type Parser } from '../define.ts';
import { readBeat } from './lib/windows-beat.ts';
import { readDump } from './lib/windows-dump.ts';
import { readFlat } from './lib/windows-flat.ts';
import { toOcsf } from './lib/windows-ocsf.ts';
import { type Shape, shapeOf, unwrap, type WindowsRecord } from './lib/windows-record.ts';

const readers: Readonly<Record<Shape, (record: Readonly<Record<string, unknown>>) => WindowsRecord | null>> =
  {
    dump: readDump,
    beat: readBeat,
    flat: readFlat,
  };

const logsource = { product: 'windows' } as const;

/**
 * The OCSF view is made when it is first asked for: matching reads only `native`, and most events are never
 * shown. `native` does not change after parsing, so a late answer is the same as an early one. Copying the
 * event (spread, JSON, structuredClone) asks for it too.
 */
function eventOf({ native, time }: WindowsRecord): ParsedEvent {
  let ocsf: OcsfEvent | undefined;
  return {
    kind: 'event',
    time,
    native,
    logsource,
    get ocsf(): OcsfEvent {
      ocsf ??= toOcsf(native, time);
      return ocsf;
    },
  };
}

const parser: Parser = defineParser({
  name: 'windows-json',
  version: 1,
  verbatim: true,
  summary: 'Windows event log records as JSON: EVTX dumps, NXLog and Logstash, Winlogbeat',
  accepts: (json) => shapeOf(unwrap(json)) !== null,
  parse: (json) => {
    const record = unwrap(json);
    const shape = shapeOf(record);
    const read = shape === null ? null : readers[shape](record);
    return read === null ? { kind: 'unparsed', reason: 'unknown_format' } : eventOf(read);
  },
});

export default parser;
