/** How a text that a person means stands in raw, which is mostly JSON. */

/**
 * The ways a text can stand in a raw record: as it is, as JSON escapes it, with all but ASCII
 * escaped (Python's default), and each with slashes escaped too (PHP's). Always five, in this order;
 * some may be equal.
 */
export function writtenForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const ascii = json.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [text, json, ascii, ...[json, ascii].map((form) => form.replaceAll('/', '\\/'))];
}

/** For texts of several parts: the parts in each form, without doubles. */
export function formsOfParts(parts: readonly string[]): readonly (readonly string[])[] {
  const forms = parts.map(writtenForms);
  const byForm = (forms[0] ?? []).map((_, form) => forms.map((ways) => ways[form] ?? ''));
  return [...new Map(byForm.map((texts) => [texts.join('\0'), texts])).values()];
}

/** A–Z to lower case, everything else as it is: what the engine's `lower` does. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
