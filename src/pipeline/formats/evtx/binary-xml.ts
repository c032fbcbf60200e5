/** Binary XML of one event record to XML text: templates, substitutions, nested fragments. */
import { ChunkReader, EvtxFault, type StoredName } from './reader.ts';
import { binXmlType, readArray, readValue } from './values.ts';

/** One substitution value, where it stands in the chunk. */
interface Value {
  readonly type: number;
  readonly at: number;
  readonly bytes: Buffer;
}

interface Scope {
  readonly values: readonly Value[];
  /** In a fragment that is itself a value, elements outside of its templates have no dependency id. */
  readonly nested: boolean;
  readonly depth: number;
}

interface Output {
  text: string;
}

const maxDepth = 32;
/** Characters of one event; a record has at most 64 KiB, but a hostile one could point at itself. */
const maxText = 4 << 20;

const token = {
  end: 0x00,
  openElement: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  characterReference: 0x08,
  entityReference: 0x09,
  instructionTarget: 0x0a,
  instructionData: 0x0b,
  template: 0x0c,
  substitution: 0x0d,
  optionalSubstitution: 0x0e,
  fragment: 0x0f,
} as const;
/** A flag on some tokens: more attributes, or more text, follow. */
const more = 0x40;

/**
 * Renders the fragment at `at` of the chunk. `names`: those of the chunk that were read before. Throws EvtxFault on
 * anything that is not well formed.
 */
export function renderBinaryXml(chunk: Buffer, at: number, names: Map<number, StoredName>): string {
  const output: Output = { text: '' };
  content(new ChunkReader(chunk, at, names), { values: [], nested: false, depth: 0 }, output);
  return output.text;
}

/** Tokens up to the end of the fragment or of the enclosing element. */
function content(reader: ChunkReader, scope: Scope, output: Output): void {
  if (scope.depth > maxDepth) throw new EvtxFault('elements or fragments are nested too deep');
  for (;;) {
    if (output.text.length > maxText) throw new EvtxFault('the event is too long');
    const kind = reader.u8() & ~more;
    if (kind === token.end || kind === token.endElement) return;
    if (kind === token.fragment) reader.skip(3);
    else if (kind === token.template) template(reader, scope, output);
    else if (kind === token.openElement) element(reader, scope, output);
    else if (!markup(kind, reader, output)) {
      // First the text: a nested fragment is written to the output while it is read.
      const text = scalar(kind, reader, scope, output);
      output.text += escapeText(text);
    }
  }
}

/** What is rendered as it is; false for text. */
function markup(kind: number, reader: ChunkReader, output: Output): boolean {
  if (kind === token.cdata) {
    output.text += `<![CDATA[${reader.utf16(reader.u16()).replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
  } else if (kind === token.characterReference) output.text += `&#${reader.u16()};`;
  else if (kind === token.entityReference) output.text += `&${name(reader)};`;
  // Windows writes none; a reader of events has no use for them.
  else if (kind === token.instructionTarget) name(reader);
  else if (kind === token.instructionData) reader.utf16(reader.u16());
  else return false;
  return true;
}

/** Text of a value or substitution; a nested fragment goes to the output by itself. */
function scalar(kind: number, reader: ChunkReader, scope: Scope, output: Output | null): string {
  if (kind === token.value) {
    const type = reader.u8();
    if (type !== 0x01) throw new EvtxFault(`a literal of type ${type}`);
    return reader.utf16(reader.u16());
  }
  if (kind !== token.substitution && kind !== token.optionalSubstitution)
    throw new EvtxFault(`token ${kind} where text is expected`);
  const value = scope.values[reader.u16()];
  reader.u8();
  if (value === undefined) return '';
  if (value.type === binXmlType && output !== null) {
    if (value.bytes.length > 0)
      content(
        reader.other(value.at, value.at + value.bytes.length),
        { values: [], nested: true, depth: scope.depth + 1 },
        output,
      );
    return '';
  }
  return (readArray(value.type, value.bytes) ?? [readValue(value.type, value.bytes)]).join(', ');
}

function element(reader: ChunkReader, scope: Scope, output: Output): void {
  const hasAttributes = ((reader.bytes[reader.at - 1] ?? 0) & more) !== 0;
  if (!scope.nested) reader.u16();
  reader.u32();
  const tag = name(reader);
  const attributes = hasAttributes ? attributeList(reader, scope) : '';
  const kind = reader.u8();
  if (kind === token.closeEmpty) {
    output.text += `<${tag}${attributes}/>`;
    return;
  }
  if (kind !== token.closeStart) throw new EvtxFault(`token ${kind} where a start tag ends`);
  const items = arrayContent(reader, scope);
  if (items !== null) {
    // Windows prints an element for each item of a list.
    for (const item of items) output.text += `<${tag}${attributes}>${escapeText(item)}</${tag}>`;
    return;
  }
  output.text += `<${tag}${attributes}>`;
  content(reader, { ...scope, depth: scope.depth + 1 }, output);
  output.text += `</${tag}>`;
}

/** The items, when the whole content is one substitution that is a list; null, and nothing read, otherwise. */
function arrayContent(reader: ChunkReader, scope: Scope): readonly string[] | null {
  const { at } = reader;
  const kind = reader.u8() & ~more;
  if (kind === token.substitution || kind === token.optionalSubstitution) {
    const value = scope.values[reader.u16()];
    reader.u8();
    const items = value === undefined ? null : readArray(value.type, value.bytes);
    if (items !== null && reader.u8() === token.endElement) return items;
  }
  reader.at = at;
  return null;
}

function attributeList(reader: ChunkReader, scope: Scope): string {
  const size = reader.u32();
  const end = reader.at + size;
  let list = '';
  while (reader.at < end) {
    if ((reader.u8() & ~more) !== token.attribute)
      throw new EvtxFault('a list of attributes has another token');
    const attribute = name(reader);
    const text = attributeText(reader, end, scope);
    // An optional attribute without a value is not there.
    if (text !== null) list += ` ${attribute}="${text}"`;
  }
  return list;
}

/** The parts of a value up to the next attribute, escaped; null when all of it is an optional value that is not there. */
function attributeText(reader: ChunkReader, end: number, scope: Scope): string | null {
  let text: string | null = null;
  do {
    const kind = reader.u8() & ~more;
    if (kind === token.characterReference) text = `${text ?? ''}&#${reader.u16()};`;
    else if (kind === token.entityReference) text = `${text ?? ''}&${name(reader)};`;
    else {
      const isOptional = kind === token.optionalSubstitution;
      const type = isOptional ? scope.values[peek16(reader)]?.type : undefined;
      const part = scalar(kind, reader, scope, null);
      if (!isOptional || (type !== undefined && type !== 0)) text = `${text ?? ''}${escapeAttribute(part)}`;
    }
  } while (reader.at < end && ((reader.bytes[reader.at] ?? 0) & ~more) !== token.attribute);
  return text;
}

function peek16(reader: ChunkReader): number {
  return reader.other(reader.at).u16();
}

function template(reader: ChunkReader, scope: Scope, output: Output): void {
  reader.u8();
  reader.u32();
  const definition = reader.u32();
  // The first use of a template holds it, later ones point back at it.
  const body = reader.other(definition);
  body.skip(20);
  const size = body.u32();
  if (definition === reader.at) reader.skip(24 + size);
  const values = substitutions(reader);
  content(body, { values, nested: false, depth: scope.depth + 1 }, output);
}

function substitutions(reader: ChunkReader): readonly Value[] {
  const count = reader.u32();
  if (count > 65_536) throw new EvtxFault('too many values');
  const heads = Array.from({ length: count }, () => {
    const head = { size: reader.u16(), type: reader.u8() };
    reader.u8();
    return head;
  });
  return heads.map(({ size, type }) => ({ type, at: reader.at, bytes: reader.take(size) }));
}

/** A name stands where it is used first; later uses point at it. */
function name(reader: ChunkReader): string {
  const offset = reader.u32();
  const known = reader.names.get(offset) ?? storedName(reader.other(offset));
  reader.names.set(offset, known);
  if (offset === reader.at) reader.skip(known.bytes);
  return known.text;
}

function storedName(reader: ChunkReader): StoredName {
  const start = reader.at;
  reader.skip(6);
  const text = reader.utf16(reader.u16());
  reader.skip(2);
  if (!/^[\p{L}_][\p{L}\p{N}_.:-]*$/u.test(text)) throw new EvtxFault('a name is none');
  return { text, bytes: reader.at - start };
}

/** NUL can't be written in XML; line ends that XML would change are references. */
function escapeText(text: string): string {
  return text.replace(/[&<>\p{Cc}\u2028]/gu, (found) =>
    found === '\n' || found === '\t' ? found : reference(found),
  );
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"\p{Cc}\u2028]/gu, reference);
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function reference(character: string): string {
  return named[character] ?? (character === '\0' ? '\uFFFD' : `&#${character.charCodeAt(0)};`);
}
