/** How a text that a person means is found in raw, where it may stand JSON-escaped. */
import { writtenForms } from '../../lang/query/index.ts';

/** The ways a text can stand in raw, without doubles, because each costs time. */
export function textForms(text: string): readonly string[] {
  return [...new Set(writtenForms(text))];
}

/**
 * Texts of which a raw record holds at least one if a string in it equals `value`, whatever its
 * writer escaped in JSON or XML: the longest part that neither must escape, or the begin of an escape
 * that may stand for a character of that part. Empty when nothing can be said (then every record is a
 * candidate).
 */
export function certainParts(value: string): readonly string[] {
  const longest = certainPieces(value).reduce((best, part) => (part.length > best.length ? part : best), '');
  if (longest === '') return [];
  // In JSON an ASCII character can only be escaped as \u00xx; others by any \u. In XML any may be &#….
  const escape = /^[\u0020-\u007e]+$/.test(longest) ? '\\u00' : '\\u';
  return [longest.toWellFormed(), escape, '&#'];
}

/** The parts of a value of which each stands in raw, unless an escape does. */
export function certainPieces(value: string): readonly string[] {
  return value.split(/["\\/&<>'\p{Cc}]+/u).filter((piece) => piece !== '');
}
