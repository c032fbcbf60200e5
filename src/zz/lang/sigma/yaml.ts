/** YAML 1.2 (core schema) to nodes that know their line, with limits that a hostile file runs into. */
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import { RuleFault } from './fault.ts';

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As written, quotes and folding resolved. */
  readonly text: string;
  readonly line: number;
}
export interface YamlSequence {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
  readonly line: number;
}
export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}
export interface YamlMapping {
  readonly kind: 'mapping';
  readonly entries: readonly YamlEntry[];
  readonly line: number;
}
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

const maxDepth = 40;
/** Counted with aliases expanded, so that a "billion laughs" document is refused while it is small. */
const maxNodes = 50_000;

/** The documents in `text`, null for an empty one. `firstLine` is the file's line of the text's first line. */
export function composeDocuments(text: string, firstLine: number): readonly (YamlNode | null)[] {
  const lines = lineIndex(text, firstLine);
  try {
    return new Composer(text, lines).compose(parseEvents(text, { maxDepth }));
  } catch (thrown) {
    if (thrown instanceof YAMLException) {
      throw new RuleFault(firstLine + (thrown.mark?.line ?? 0), `not valid YAML: ${thrown.reason}`);
    }
    throw thrown;
  }
}

function lineIndex(text: string, firstLine: number): (position: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (position) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    return firstLine + low;
  };
}

/** `size` counts the node and what is below it, aliases expanded. */
type Frame =
  | { readonly kind: 'document'; node: YamlNode | null; size: number; readonly anchor: null }
  | {
      readonly kind: 'sequence';
      readonly items: YamlNode[];
      readonly line: number;
      size: number;
      readonly anchor: string | null;
    }
  | {
      readonly kind: 'mapping';
      readonly entries: YamlEntry[];
      readonly keys: Set<string>;
      pending: { readonly key: string; readonly line: number } | null;
      readonly line: number;
      size: number;
      readonly anchor: string | null;
    };

/** Holds the state of one walk over the parser's events. */
class Composer {
  readonly #text: string;
  readonly #lineOf: (position: number) => number;
  readonly #frames: Frame[] = [];
  readonly #documents: (YamlNode | null)[] = [];
  #anchors = new Map<string, { readonly node: YamlNode; readonly size: number }>();
  #line: number;
  #size = 0;

  constructor(text: string, lineOf: (position: number) => number) {
    this.#text = text;
    this.#lineOf = lineOf;
    this.#line = lineOf(0);
  }

  compose(events: readonly Event[]): readonly (YamlNode | null)[] {
    for (const event of events) this.#take(event);
    return this.#documents;
  }

  #take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#anchors = new Map();
        this.#size = 0;
        this.#frames.push({ kind: 'document', node: null, size: 1, anchor: null });
        return;
      case EVENT_ID.SEQUENCE:
        this.#open(event.start);
        this.#refuseTag(event);
        this.#frames.push({
          kind: 'sequence',
          items: [],
          line: this.#line,
          size: 1,
          anchor: this.#anchorOf(event),
        });
        return;
      case EVENT_ID.MAPPING:
        this.#open(event.start);
        this.#refuseTag(event);
        this.#frames.push({
          kind: 'mapping',
          entries: [],
          keys: new Set(),
          pending: null,
          line: this.#line,
          size: 1,
          anchor: this.#anchorOf(event),
        });
        return;
      case EVENT_ID.SCALAR: {
        this.#open(event.valueStart);
        const text = getScalarValue(this.#text, event);
        const tag = event.tagStart === -1 ? '' : this.#text.slice(event.tagStart, event.tagEnd);
        if (tag !== '' && tag !== '!' && tag !== '!!str') this.#fail(`the YAML tag ${tag} is not supported`);
        const plain = event.style === SCALAR_STYLE.PLAIN && tag === '';
        const value = plain ? resolvePlain(text) : text;
        this.#add({ kind: 'scalar', value, text, line: this.#line }, this.#anchorOf(event), 1, plain);
        return;
      }
      case EVENT_ID.ALIAS: {
        const name = this.#text.slice(event.anchorStart, event.anchorEnd);
        this.#open(event.anchorStart);
        const anchor = this.#anchors.get(name);
        if (anchor === undefined) this.#fail(`the YAML alias *${name} has no anchor before it`);
        this.#add(anchor.node, null, anchor.size, false);
        return;
      }
      case EVENT_ID.POP:
        this.#close();
        return;
      default:
        throw new Error('the YAML parser sent an event of an unknown kind');
    }
  }

  #open(position: number): void {
    if (position >= 0) this.#line = this.#lineOf(position);
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) throw new Error('the YAML parser closed more than it opened');
    if (frame.kind === 'document') {
      this.#documents.push(frame.node);
      return;
    }
    const node: YamlNode =
      frame.kind === 'sequence'
        ? { kind: 'sequence', items: frame.items, line: frame.line }
        : { kind: 'mapping', entries: frame.entries, line: frame.line };
    // Children were counted when they were added; only the node itself is new.
    this.#add(node, frame.anchor, frame.size, false, 1);
  }

  #add(node: YamlNode, anchor: string | null, size: number, plain: boolean, newNodes: number = size): void {
    this.#size += newNodes;
    if (this.#size > maxNodes) this.#fail(`the document is too large (more than ${maxNodes} YAML nodes)`);
    if (anchor !== null) this.#anchors.set(anchor, { node, size });
    const parent = this.#frames.at(-1);
    if (parent === undefined) throw new Error('the YAML parser sent a node outside a document');
    if (parent.kind === 'document') parent.node = node;
    else if (parent.kind === 'mapping' && parent.pending === null) {
      parent.pending = this.#key(node, parent.keys, plain);
    } else {
      parent.size += size;
      if (parent.kind === 'sequence') parent.items.push(node);
      else if (parent.pending !== null) {
        parent.entries.push({ key: parent.pending.key, line: parent.pending.line, value: node });
        parent.pending = null;
      }
    }
  }

  #key(node: YamlNode, seen: Set<string>, plain: boolean): { key: string; line: number } {
    if (node.kind !== 'scalar') this.#fail('a YAML list or map can not be a key');
    if (plain && node.text === '<<') this.#fail('YAML merge keys (<<) are not part of YAML 1.2');
    if (seen.has(node.text)) this.#fail(`the key ${node.text} stands twice in one map`);
    seen.add(node.text);
    return { key: node.text, line: this.#line };
  }

  #anchorOf(event: { readonly anchorStart: number; readonly anchorEnd: number }): string | null {
    return event.anchorStart === -1 ? null : this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  #refuseTag(event: { readonly tagStart: number; readonly tagEnd: number }): void {
    if (event.tagStart === -1) return;
    this.#fail(`the YAML tag ${this.#text.slice(event.tagStart, event.tagEnd)} is not supported`);
  }

  #fail(reason: string): never {
    throw new RuleFault(this.#line, reason);
  }
}

/** YAML 1.2.2, section 10.3.2 (core schema, tag resolution). */
function resolvePlain(text: string): string | number | boolean | null {
  if (!/^(?:[-+.~0-9nNtTfF]|$)/.test(text)) return text;
  if (/^(?:null|Null|NULL|~)?$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^(?:0o[0-7]+|0x[0-9a-fA-F]+)$/.test(text)) return Number(text);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  return text;
}

/** The value under `key`, or undefined. */
export function entryOf(node: YamlMapping, key: string): YamlEntry | undefined {
  return node.entries.find((entry) => entry.key === key);
}
