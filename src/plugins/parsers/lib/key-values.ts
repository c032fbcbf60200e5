/** Lines of `name=value name="value with blanks"`. */

const pair = /(?:^|[\s,;])([A-Za-z_][\w.-]{0,80})=(?:"((?:[^"\\]|\\[^])*)"|([^\s,;"]*))/g;

/** The pairs, later ones over earlier; a value's escaped quotes are quotes. */
export function keyValues(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, name = '', quoted, bare = ''] of text.matchAll(pair)) {
    if (name !== '__proto__') fields[name] = quoted === undefined ? bare : quoted.replaceAll('\\"', '"');
  }
  return fields;
}
