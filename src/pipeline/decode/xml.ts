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

/** NUL, which XML forbids in any spelling, is no damage to the rest; where there are many of it, it is. */
const harmless = /disallowed character|malformed character entity/;
const maxHarmless = 100;

/** Ends the reading of a text that is damaged: what comes after its first fault is of no use. */
class Damaged extends Error {}

/** Exporters write control characters as they are; XML has them only as references. */
function writtenAsReferences(text: string): string {
  return text.replace(/\p{Cc}/gu, (found) => {
    const code = found.charCodeAt(0);
    if (found === '\t' || found === '\n' || found === '\r' || code === 0x85) return found;
    return code === 0 ? '\uFFFD' : `&#${code};`;
  });
}

/** A text that is not one element, well nested, is an outcome, never a throw. */
export function readXml(text: string): Result<XmlElement, UnparsedReason> {
  // XML 1.1 lets references name control characters, which Windows writes into values.
  const parser = new SaxesParser({ xmlns: false, defaultXMLVersion: '1.1', forceXMLVersion: true } as const);
  const open: Open[] = [];
  let root: XmlElement | null = null;
  let fault: UnparsedReason | null = null;
  let harmlessSeen = 0;
  const damaged = (reason: UnparsedReason): never => {
    fault ??= reason;
    throw new Damaged();
  };
  parser.on('error', (error) => {
    harmlessSeen += 1;
    if (harmlessSeen > maxHarmless || !harmless.test(error.message)) damaged('malformed_xml');
  });
  parser.on('doctype', () => damaged('malformed_xml'));
  parser.on('opentag', (tag) => {
    if (open.length >= maxDepth) damaged('too_deep');
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
  try {
    parser.write(writtenAsReferences(text)).close();
  } catch (thrown) {
    if (!(thrown instanceof Damaged)) throw thrown;
  }
  if (fault !== null) return err(fault);
  return root === null ? err('malformed_xml') : ok(root);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function readAttributes(given: Readonly<Record<string, string>>): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const name of Object.keys(given)) {
    const local = localName(name);
    const value = given[name];
    if (local !== '__proto__' && value !== undefined) attributes[local] = value;
  }
  return attributes;
}
