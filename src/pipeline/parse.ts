/** `parse(raw, context)`: one raw record to an event or to a reason why not. Pure. */
import type { RecordContext, UnparsedReason } from '../model/batch.ts';
import type { ParsedEvent, ParseOutcome } from '../model/event.ts';
import type { Parser } from '../plugins/define.ts';

export type RecordOutcome =
  | { readonly kind: 'event'; readonly event: ParsedEvent; readonly parser: Parser }
  | { readonly kind: 'unparsed'; readonly reason: UnparsedReason; readonly parser: Parser | null };

/**
 * Levels of nesting in a record; real ones have fewer than ten. A fixed number, because what a stack
 * bears differs between threads, and the same bytes must be the same event wherever they are read.
 */
const maxDepth = 200;

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
  if (isDeeper(text, maxDepth)) return { kind: 'unparsed', reason: 'too_deep', parser: null };
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

const [quote, backslash] = [0x22, 0x5c];

/** Whether valid JSON text has more than `limit` lists and objects inside of each other. */
function isDeeper(text: string, limit: number): boolean {
  // Each level has two brackets.
  if (text.length <= 2 * limit) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    // [ and { differ in one bit, as do ] and }.
    else if ((code | 0x20) === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if ((code | 0x20) === 0x7d) depth -= 1;
  }
  return false;
}

/** Position of the quote that ends the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text.charCodeAt(escapes - 1) === backslash) escapes -= 1;
    if ((end - escapes) % 2 === 0) return end;
  }
  return text.length;
}
