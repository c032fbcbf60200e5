/** XML text to its root element. No document types, no entities but the five of XML itself. */
import { SaxesParser } from 'saxes';
import { err, ok, type Result } from '../../base/result.ts';
import type { UnparsedReason } from '../../model/batch.ts';
import type { XmlElement } from '../../model/record.ts';

interface Open {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** As for JSON: a fixed depth, real events have fewer than ten levels. */
const maxDepth = 200;
const pieceLength = 4096;
/** Harmless faults in one event; each costs as much as hundreds of good letters. */
const maxOdd = 1000;

/** Exporters write control characters as they are, or NUL, which XML forbids in any spelling; they are no damage. */
const harmless = /disallowed character|malformed character entity/;

/** A text that is not one element, well nested, is an outcome, never a throw. */
export function readXml(text: string): Result<XmlElement, UnparsedReason> {
  // XML 1.1 lets references name control characters, which Windows writes into values.
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.1', forceXMLVersion: true } as const);
  const open: Open[] = [];
  let root: XmlElement | null = null;
  let fault: UnparsedReason | null = null;
  let odd = 0;
  parser.on('error', (error) => {
    odd += 1;
    if (odd > maxOdd || !harmless.test(error.message)) fault ??= 'malformed_xml';
  });
  parser.on('doctype', () => {
    fault ??= 'malformed_xml';
  });
  parser.on('opentag', (tag) => {
    if (open.length >= maxDepth) fault ??= 'too_deep';
    if (fault !== 'too_deep')
      open.push({
        name: localName(tag.name),
        attributes: readAttributes(tag.attributes),
        children: [],
        text: '',
      });
  });
  const takeText = (piece: string): void => {
    const top = open.at(-1);
    if (top !== undefined) top.text += piece;
  };
  parser.on('text', takeText);
  parser.on('cdata', takeText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const parent = open.at(-1);
    if (parent === undefined) root ??= element;
    else parent.children.push(element);
  });
  // In pieces, so that a text that is none is given up early: the parser makes an error of every letter that is wrong.
  for (let at = 0; at < text.length && fault === null; at += pieceLength) {
    parser.write(text.slice(at, at + pieceLength));
  }
  if (fault === null) parser.close();
  if (fault !== null) return err(fault);
  return root === null ? err('malformed_xml') : ok(root);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function readAttributes(given: Readonly<Record<string, string>>): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const local = localName(name);
    if (local !== '__proto__') attributes[local] = value;
  }
  return attributes;
}
