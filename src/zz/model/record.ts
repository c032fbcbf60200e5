/** A record after its decoder: what parsers get to see. */
import type { Instant } from '../base/clock.ts';

/** A JSON object; also the row of a table by its column names. Look fields up as own properties only. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** An XML element. Namespaces are cut off its name and its attributes' names. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly in it, entities resolved, not trimmed. */
  readonly text: string;
}

/**
 * A line of text with its syslog envelope taken off. Where the line does not say a thing, it is an empty string
 * or null; a line without an envelope is all `message`.
 */
export interface TextLine {
  /** The record as it came. */
  readonly line: string;
  /** What follows the envelope. */
  readonly message: string;
  /**
   * `rfc5424`; `rfc3164` with all that its users write (an ISO time, no host, no priority); `carrier` when a
   * shipper's JSON object held the line and its facts; `none`.
   */
  readonly envelope: 'rfc5424' | 'rfc3164' | 'carrier' | 'none';
  /** RFC 5424, section 6.2.1: 0 kernel … 4 auth, 10 authpriv … 23 local7. */
  readonly facility: number | null;
  /** 0 emergency … 7 debug. */
  readonly severity: number | null;
  /** Time in the envelope; year and zone come from the context where it has none. */
  readonly time: Instant | null;
  /** That time as written. */
  readonly timeText: string;
  /** Host in the envelope, else the carrier's, else the peer's address. */
  readonly host: string;
  /** Program as written: `sshd`, `CRON`, `/usr/sbin/cron`. */
  readonly app: string;
  /** Program without its folder, in lower case: what parsers are found by. */
  readonly program: string;
  readonly pid: string;
  readonly msgid: string;
  /** RFC 5424's structured data: id → parameter → value. */
  readonly structured: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type DecodedRecord =
  | {
      readonly kind: 'json';
      readonly json: JsonRecord;
      /** The line that carried the object in its message (syslog, `@cee:`); null when the record is the object. */
      readonly carrier: TextLine | null;
    }
  | { readonly kind: 'xml'; readonly xml: XmlElement }
  | { readonly kind: 'text'; readonly line: TextLine };
