/** Lists and objects that rules also read as one text, and JSON that came inside of a text. */
import { isObject } from './fields.ts';

/**
 * A list or an object with its JSON text behind it, so that rules read its members by name and all of it as one text
 * (Sigma's `contains`). Texts in it that are JSON themselves (IAM's policies) are opened in a second text, where
 * their quotes stand without backslashes. Other values, and those that are empty, as they are.
 */
export function alsoText(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? value : [...value, ...textsOf(value)];
  return isObject(value) && Object.keys(value).length > 0 ? [value, ...textsOf(value)] : value;
}

function textsOf(value: unknown): readonly string[] {
  const text = JSON.stringify(value);
  // A text in it that is an object or a list has its brace or bracket right behind the quote, or behind blanks.
  if (!/"\s*(?:\\n|\\r|\\t)*\s*[[{]/.test(text)) return [text];
  const opened = JSON.stringify(value, (_name, inner: unknown) => innerJson(inner));
  return opened === text ? [text] : [text, opened];
}

const maxInner = 200_000;

/** The object or list in a text; the value itself when there is none. */
export function innerJson(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > maxInner || !/^\s*[[{]/.test(value)) return value;
  try {
    const inner: unknown = JSON.parse(value);
    return isObject(inner) || Array.isArray(inner) ? inner : value;
  } catch (thrown) {
    // A text that only begins like JSON is a text.
    if (thrown instanceof SyntaxError) return value;
    throw thrown;
  }
}
