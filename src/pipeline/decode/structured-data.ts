/** RFC 5424's structured data (section 6.3): `[id name="value" …]…` or `-`. */
import type { TextLine } from '../../model/record.ts';

const element = /\[([^\s=\]"]{1,64})/y;
const parameter = / +([^\s=\]"]{1,64})="((?:[^"\\\]]|\\.)*)"/y;

/** Reads it at `start` of `text`; `end` is where the message begins. Text that is none of it belongs to the message. */
export function readStructured(
  text: string,
  start: number,
): { readonly structured: TextLine['structured']; readonly end: number } {
  if (text.charAt(start) === '-' && (start + 1 === text.length || text.charAt(start + 1) === ' ')) {
    return { structured: {}, end: Math.min(start + 2, text.length) };
  }
  const structured: Record<string, Readonly<Record<string, string>>> = {};
  let at = start;
  while (text.charAt(at) === '[') {
    const read = readElement(text, at);
    if (read === null) break;
    if (read.id !== '__proto__') structured[read.id] = read.parameters;
    at = read.end;
  }
  return { structured, end: at > start && text.charAt(at) === ' ' ? at + 1 : at };
}

function readElement(text: string, start: number) {
  element.lastIndex = start;
  const id = element.exec(text)?.[1];
  if (id === undefined) return null;
  const parameters: Record<string, string> = {};
  let at = element.lastIndex;
  for (;;) {
    parameter.lastIndex = at;
    const found = parameter.exec(text);
    if (found === null) break;
    const [, name = '', value = ''] = found;
    if (name !== '__proto__') parameters[name] = value.replace(/\\(["\\\]])/g, '$1');
    at = parameter.lastIndex;
  }
  return text.charAt(at) === ']' ? { id, parameters, end: at + 1 } : null;
}
