/** How a plug-in is declared. One file each with `export default defineParser({...})`, its golden file beside it. */
import type { RecordContext } from '../model/batch.ts';
import type { ParseOutcome } from '../model/event.ts';

/**
 * Turns one raw record into an event. `parse` is pure: all it may use is the record and its
 * context, so that a stored record read again years later gives what it gave then, or better.
 */
export interface Parser {
  /** Stable name, stored on rows: `windows-json`. */
  readonly name: string;
  /** Grows when the outcome changes for any input. */
  readonly version: number;
  readonly summary: string;
  /**
   * Texts and numbers of the native view stand in raw as JSON or plain text writes them (numbers as
   * JSON.stringify does), not decoded, joined or computed. Searches on native fields are then narrowed
   * in the store; without it every record of the parser is read. Wrongly true hides events.
   */
  readonly verbatim?: true;
  /**
   * Does this look like mine? Cheap, no throw. `json` is the decoded record.
   */
  accepts(json: Readonly<Record<string, unknown>>, context: RecordContext): boolean;
  /** Called only after `accepts` said yes. Never throws on foreign data: what can't be read is `unparsed`. */
  parse(json: Readonly<Record<string, unknown>>, context: RecordContext): ParseOutcome;
}

export function defineParser(parser: Parser): Parser {
  return parser;
}
