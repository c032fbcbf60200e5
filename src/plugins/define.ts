/** How a plug-in is declared. One file each with `export default defineParser({...})`, its golden file beside it. */
import type { RecordContext } from '../model/batch.ts';
import type { ColumnLayout } from '../model/columns.ts';
import type { ParsedEvent, ParseOutcome } from '../model/event.ts';
import type { JsonRecord, TextLine, XmlElement } from '../model/record.ts';

/**
 * Turns one raw record into an event. `parse` is pure: all it may use is the record and its
 * context, so that a stored record read again years later gives what it gave then, or better.
 */
interface ParserBase {
  /** Stable name, stored on rows: `windows-json`. */
  readonly name: string;
  /**
   * Grows when the outcome changes for any input, or when another parser or decoder takes what was its own: a rule
   * is decided by the columns of rows that this version wrote.
   */
  readonly version: number;
  readonly summary: string;
  /**
   * Native fields whose values need not stand in raw (decoded, normalised, put together, from the context), each
   * with the texts it may hold besides numerals, or `any`. The values of all others stand in raw as JSON, XML or
   * plain text writes them (numbers as JSON.stringify does, booleans in any way), so that searches and rules are
   * narrowed in the store. Absent: any field may be computed, and every record of the parser is read. A name that
   * is missing here hides events; verbatim.test.ts looks for them.
   */
  readonly computed?: Readonly<Record<string, 'any' | readonly string[]>>;
  /** Beginnings of escapes of its format besides those of JSON and XML (`\\=` of CEF): what has one is always read. */
  readonly escapes?: readonly string[];
  /**
   * Services that its events may have besides that of their row (`moreServices` of the logsource), or `any`. One that
   * is missing here hides events from rules of that service; columns.test.ts looks for them.
   */
  readonly moreServices?: 'any' | readonly string[];
  /**
   * Which columns of its rows are native fields as they are, by kind of event: rules on these are decided in the
   * store. No two are for the same rows. columns.test.ts holds it to them. Not for a parser that joins records.
   */
  readonly columns?: readonly ColumnLayout[];
  /**
   * Takes what no other parser takes, and is asked last. Every other parser must accept only what is its own:
   * the golden tests refuse a record that two of them accept.
   */
  readonly fallback?: true;
  /** Its records come by the million: asked before the others, which saves asking them. Nothing else follows from it. */
  readonly common?: true;
  /**
   * For events that come as several records (Linux audit): one event of all the records of a batch whose
   * `group` is the same, in their order, never empty. Detection sees it instead of them. Pure.
   */
  readonly join?: (records: readonly ParsedEvent[]) => ParsedEvent;
}

/** Reads JSON objects, and rows of tables by their column names (Zeek TSV: `_path` is the log's name). */
export interface JsonParser extends ParserBase {
  readonly reads: 'json';
  /** Reads records whose context has a mapping, and no others; for these it is the only one that is asked. */
  readonly mapped?: true;
  /** Does this look like mine? Cheap, no throw. `carrier`: the syslog line whose message the object was, or null. */
  accepts(json: JsonRecord, context: RecordContext, carrier: TextLine | null): boolean;
  /** Called only after `accepts` said yes. Never throws on foreign data: what can't be read is `unparsed`. */
  parse(json: JsonRecord, context: RecordContext, carrier: TextLine | null): ParseOutcome;
}

/** Reads one XML element, the document's root. */
export interface XmlParser extends ParserBase {
  readonly reads: 'xml';
  accepts(xml: XmlElement, context: RecordContext): boolean;
  parse(xml: XmlElement, context: RecordContext): ParseOutcome;
}

/** Reads lines of text. */
export interface TextParser extends ParserBase {
  readonly reads: 'text';
  /**
   * Programs (`TextLine.program`) whose lines it is asked for before all others; it is not asked for other
   * lines. Absent: it is asked for every line that no program's parser took.
   */
  readonly programs?: readonly string[];
  accepts(line: TextLine, context: RecordContext): boolean;
  parse(line: TextLine, context: RecordContext): ParseOutcome;
}

export type Parser = JsonParser | XmlParser | TextParser;

export function defineParser<P extends Parser>(parser: P): P {
  return parser;
}
