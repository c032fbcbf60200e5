/** JSON text to one object, within a depth that every thread bears. */
import { err, ok, type Result } from '../../base/result.ts';
import type { UnparsedReason } from '../../model/batch.ts';
import type { JsonRecord } from '../../model/record.ts';

/**
 * Levels of nesting in a record; real ones have fewer than ten. A fixed number, because what a stack
 * bears differs between threads, and the same bytes must be the same event wherever they are read.
 */
const maxDepth = 200;

/** A text that is not one JSON object is an outcome, never a throw. */
export function readJson(text: string): Result<JsonRecord, UnparsedReason> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    // V8 answers RangeError for nesting beyond its stack; everything else is a SyntaxError.
    return err(thrown instanceof RangeError ? 'too_deep' : 'malformed_json');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return err('not_an_object');
  return isDeeper(text, maxDepth) ? err('too_deep') : ok(json as JsonRecord);
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
