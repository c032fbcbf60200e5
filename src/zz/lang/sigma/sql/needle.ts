/** Which part of a pattern is certain to stand in the raw text, whatever escapes its writer used. */
import type { Token } from '../pattern.ts';

/**
 * Beginnings of escapes that may stand for any ASCII character: `\u0041` of JSON, `&#65;` of XML. A raw
 * text that has one is a candidate.
 */
const escapeMarks: readonly string[] = ['\\u00', '&#'];

/** Characters outside of ASCII that fold to an ASCII letter, as they are and as JSON escapes them. */
const foldedInto: readonly (readonly [letter: RegExp, marks: readonly string[]])[] = [
  [/k/i, ['\u212a', '\\u212a']],
  [/s/i, ['\u017f', '\\u017f']],
];

/** Characters that neither JSON nor XML has to escape: ASCII without controls and `" ' \ / & < >`. */
const certain = /[ !#$%()*+,\-.0-9:;=?@A-Z[\]^_`a-z{|}~]+/g;

/** Shorter ones are in nearly every text. */
const leastLength = 3;

/** A text that the writing of a number may hold, which raw may have in another notation; `infinity` is 1e999. */
function mayBeNumber(text: string): boolean {
  return /^[0-9.+\-e]*$/i.test(text) || 'infinity'.includes(text.toLowerCase());
}

/**
 * The longest certain part of the tokens; null when there is none, and when a number may fit them, since raw
 * may have that in another notation.
 */
export function certainPart(tokens: readonly Token[]): string | null {
  const texts = tokens.flatMap((token) => (token.kind === 'text' ? [token.text] : []));
  if (texts.every(mayBeNumber)) return null;
  const parts = texts.flatMap((text) => text.match(certain) ?? []);
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  return longest.length < leastLength ? null : longest;
}

/** Texts of which a raw text has one if a value in it holds one of the parts, in any case. */
export function needlesOf(parts: readonly string[]): readonly string[] {
  const marks = foldedInto.flatMap(([letter, of]) => (parts.some((part) => letter.test(part)) ? of : []));
  return [...new Set([...parts, ...escapeMarks, ...marks])];
}
