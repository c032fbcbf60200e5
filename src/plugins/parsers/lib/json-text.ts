/** Lists and objects that rules also read as one text, and JSON that came inside of a text. */
import { isObject } from './fields.ts';

/** A list with its JSON text behind its members: rules look at either. Other values as they are. */
export function alsoText(value: unknown): unknown {
  return Array.isArray(value) && value.length > 0 ? [...value, JSON.stringify(value)] : value;
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
