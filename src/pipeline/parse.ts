/** `parse(raw, context)`: one raw record to an event or to a reason why not. Pure. */
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { ParsedEvent, ParseOutcome } from '../model/event.ts';
import type { Parser } from '../plugins/define.ts';

export type RecordOutcome =
  | { readonly kind: 'event'; readonly event: ParsedEvent; readonly parser: Parser }
  | { readonly kind: 'unparsed'; readonly reason: UnparsedReason; readonly parser: Parser | null };

/**
 * Reads a record that is JSON text. A text that is not one JSON object, or that no parser takes, is
 * an outcome, never a throw.
 */
export function parseRecord(text: string, context: RecordContext, parsers: readonly Parser[]): RecordOutcome {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    // V8 answers RangeError for nesting beyond its stack; everything else is a SyntaxError.
    return {
      kind: 'unparsed',
      reason: thrown instanceof RangeError ? 'too_deep' : 'malformed_json',
      parser: null,
    };
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { kind: 'unparsed', reason: 'not_an_object', parser: null };
  }
  const record = json as Readonly<Record<string, unknown>>;
  const parser = parsers.find((candidate) => candidate.accepts(record, context));
  if (parser === undefined) return { kind: 'unparsed', reason: 'unknown_format', parser: null };
  const outcome = parseWith(parser, record, context);
  return outcome.kind === 'event'
    ? { kind: 'event', event: outcome, parser }
    : { kind: 'unparsed', reason: outcome.reason, parser };
}

/** Parsers do not throw on foreign data. One that does has a bug, and must not take the batch down with it. */
function parseWith(
  parser: Parser,
  record: Readonly<Record<string, unknown>>,
  context: RecordContext,
): ParseOutcome {
  try {
    return parser.parse(record, context);
  } catch (thrown) {
    return { kind: 'unparsed', reason: thrown instanceof RangeError ? 'too_deep' : 'parser_error' };
  }
}
