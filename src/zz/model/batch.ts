/** What the bytes of a record themselves do not say, and why bytes may be no event. */
import type { ContextId, SourceId, TenantId } from './ids.ts';

/**
 * How the bytes of a record are to be read.
 * `json`: one JSON object. `xml`: one Windows event. `table`: a row of the table whose header is in the
 * context. `text`: a line, with or without a syslog envelope; one that is JSON or XML is read as such.
 */
export type Decoder = 'json' | 'xml' | 'table' | 'text';

/** How a record came: a file, an HTTP delivery, a syslog listener. */
export type Transport = 'file' | 'http' | 'udp' | 'tcp';

/**
 * What a record itself does not hold. Few and stored once each, under a hash of all fields but
 * `id`; the time of receipt is not part of it (it stands on every row).
 */
export interface RecordContext {
  readonly id: ContextId;
  readonly tenant: TenantId;
  readonly source: SourceId;
  readonly decoder: Decoder;
  readonly transport: Transport;
  /** Base name of the file, for `transport: 'file'`. */
  readonly file?: string;
  /** Address of the sender without its port, for the syslog listeners. */
  readonly peer?: string;
  /**
   * `YYYY-MM`, UTC: month of receipt, for a file the month of its last change. A time without a year is in
   * the twelve months that end one day after this month. Only where records may lack their year.
   */
  readonly month?: string;
  /** IANA name of the zone of times that name none; UTC when absent. */
  readonly zone?: string;
  /** The header of the table, its lines as they came (Zeek's `#separator` … `#types`), for `decoder: 'table'`. */
  readonly header?: string;
  /** How a webhook's JSON becomes a finding: the source's mapping at the time of receipt, as JSON. */
  readonly mapping?: string;
}

/** Why a record could not become an event. Stored on its row and counted; the raw bytes are kept. */
export type UnparsedReason =
  | 'malformed_json'
  | 'not_an_object'
  | 'malformed_xml'
  /** A row that has other columns than its header says. */
  | 'malformed_row'
  | 'too_deep'
  | 'record_too_long'
  | 'invalid_utf8'
  | 'unknown_format'
  /** A webhook's mapping finds no id or no title in it. */
  | 'mapping_failed'
  /** A parser threw: a bug, logged; the record is kept like any other. */
  | 'parser_error';
