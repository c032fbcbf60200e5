/** How a text that a person means is found in raw, where it may stand JSON-escaped. */
import { writtenForms } from '../../lang/query/index.ts';

/** The ways a text can stand in raw, without doubles, because each costs time. */
export function textForms(text: string): readonly string[] {
  return [...new Set(writtenForms(text))];
}

/**
 * Texts of which a raw JSON record holds at least one if a string in it equals `value`, whatever
 * its writer escaped: the longest part that JSON must not escape, or a `\u` escape that may stand
 * for a character of that part. Empty when nothing can be said (then every record is a candidate).
 */
export function certainParts(value: string): readonly string[] {
  const parts = value.split(/["\\/\p{Cc}]+/u);
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  if (longest === '') return [];
  // An ASCII character can only be escaped as \u00xx; others by any \u.
  return [longest.toWellFormed(), /^[\u0020-\u007e]+$/.test(longest) ? '\\u00' : '\\u'];
}
