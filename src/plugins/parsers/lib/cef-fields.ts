/** The head and the extension of a CEF message (ArcSight Common Event Format, version 0 and 1). */
import { lookup } from './fields.ts';

export interface CefMessage {
  readonly vendor: string;
  readonly product: string;
  readonly deviceVersion: string;
  readonly signature: string;
  readonly name: string;
  readonly severity: string;
  readonly extension: Readonly<Record<string, string>>;
}

/** Where the version stands; syslog daemons put a blank before it, or take `CEF:` for the program's name. */
const start = /(?:^|[\s:])CEF: {0,2}\d{1,2}\|/;
const bare = /^\d{1,2}\|/;

/** `CEF:0|…` anywhere in the line, or the message that is left when its `CEF` was taken for a program. */
export function cefText(line: string, message: string): string | null {
  const found = start.exec(line);
  if (found !== null) return line.slice(found.index + found[0].length);
  const head = bare.exec(message);
  return head !== null && countBars(message, 7) ? message.slice(head[0].length) : null;
}

function countBars(text: string, wanted: number): boolean {
  let count = 0;
  for (let at = text.indexOf('|'); at !== -1 && at < 4000; at = text.indexOf('|', at + 1)) {
    count += 1;
    if (count === wanted) return true;
  }
  return false;
}

/** Six fields between bars, a bar in a field behind a backslash, then the extension. */
function splitHead(text: string): { readonly fields: string[]; readonly rest: string } | null {
  const fields: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length && fields.length < 6; at += 1) {
    const letter = text[at];
    if (letter === '\\') at += 1;
    else if (letter === '|') {
      fields.push(
        text
          .slice(from, at)
          .replace(/\\([\\|])/g, '$1')
          .trim(),
      );
      from = at + 1;
    }
  }
  return fields.length === 6 ? { fields, rest: text.slice(from) } : null;
}

const key = /(?:^| )([A-Za-z_][\w.[\]-]{0,100})=/g;

/** A value ends where ` name=` begins, since it may hold blanks; `\=`, `\\`, `\n` are what they stand for. */
function extensionOf(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  const keys = [...text.matchAll(key)];
  for (const [index, match] of keys.entries()) {
    const [whole, name = ''] = match;
    const end = keys[index + 1]?.index ?? text.length;
    const value = text
      .slice(match.index + whole.length, end)
      .trim()
      .replace(/^"([^"]*)"$/, '$1');
    if (value !== '' && name !== '__proto__') fields[name] = unescape(value);
  }
  return fields;
}

function unescape(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replace(/\\([\\=nr|])/g, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 'r' ? '\r' : letter,
  );
}

/** Custom fields under their labels too: `cs1Label=Policy cs1=…` gives `Policy`. */
function labelled(extension: Readonly<Record<string, string>>): Record<string, string> {
  const fields: Record<string, string> = { ...extension };
  for (const [name, label] of Object.entries(extension)) {
    if (!name.endsWith('Label') || label === '__proto__') continue;
    const value = extension[name.slice(0, -'Label'.length)];
    if (value !== undefined && !Object.hasOwn(fields, label)) fields[label] = value;
  }
  return fields;
}

/** Null when the head is not whole. */
export function readCef(text: string): CefMessage | null {
  const head = splitHead(text);
  if (head === null) return null;
  const [vendor = '', product = '', deviceVersion = '', signature = '', name = '', severity = ''] =
    head.fields;
  return {
    vendor,
    product,
    deviceVersion,
    signature,
    name,
    severity,
    extension: labelled(extensionOf(head.rest)),
  };
}

const words: Readonly<Record<string, number>> = {
  unknown: 0,
  low: 2,
  medium: 3,
  high: 4,
  'very-high': 5,
  critical: 5,
};

/** OCSF's severity of CEF's 0 to 10, or of its words. */
export function cefSeverity(text: string): number {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : null;
  if (number === null) return lookup(words, text.toLowerCase()) ?? 0;
  return number <= 1 ? 1 : number <= 3 ? 2 : number <= 6 ? 3 : number <= 8 ? 4 : 5;
}
