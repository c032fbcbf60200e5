/** A file of several YAML documents, cut at its markers so that a broken one does not take the others with it. */

export interface DocumentText {
  readonly text: string;
  /** The file's line of the text's first line, from 1. */
  readonly line: number;
}

/**
 * Cuts at lines that begin with `---`: YAML 1.2.2 (section 9.1.2) forbids them inside any scalar.
 * Directives (`%YAML 1.2`) stay with the document they introduce.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const parts: { text: string; line: number }[] = [];
  let start = 0;
  let startLine = 1;
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at);
    const end = next === -1 ? text.length : next + 1;
    if (
      at > start &&
      text.startsWith('---', at) &&
      /^---(?:[ \t\r\n]|$)/.test(text.slice(at, at + 4)) &&
      !onlyDirectives(text.slice(start, at))
    ) {
      parts.push({ text: text.slice(start, at), line: startLine });
      start = at;
      startLine = line;
    }
    at = end;
    line += 1;
  }
  parts.push({ text: text.slice(start), line: startLine });
  return parts;
}

function onlyDirectives(text: string): boolean {
  return /^%/m.test(text) && text.split('\n').every((line) => /^(?:%.*|\s*(?:#.*)?)$/.test(line.trimEnd()));
}
