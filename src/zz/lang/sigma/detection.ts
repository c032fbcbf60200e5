/** The `detection` part of a rule as a tree: named selections and the conditions over them. */
import { type Condition, readCondition } from './condition.ts';
import { RuleFault } from './fault.ts';
import { type Modifier, readModifiers } from './modifiers.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar } from './yaml.ts';

/** A field with its modifiers and the values for it. An empty `field` is a keyword search. */
export interface FieldItem {
  readonly kind: 'item';
  readonly field: string;
  readonly modifiers: readonly Modifier[];
  /** As written: `CommandLine|contains|all`. */
  readonly written: string;
  readonly values: readonly YamlScalar[];
  readonly line: number;
}

export type Selection =
  | FieldItem
  | { readonly kind: 'and'; readonly items: readonly Selection[] }
  | { readonly kind: 'or'; readonly items: readonly Selection[] };

export interface Detection {
  readonly selections: ReadonlyMap<string, Selection>;
  /** Linked by "or". */
  readonly conditions: readonly Condition[];
  /** The conditions as written, one a line. */
  readonly conditionText: string;
}

export function readDetection(node: YamlMapping): Detection {
  const timeframe = node.entries.find((entry) => entry.key === 'timeframe');
  if (timeframe !== undefined) {
    throw new RuleFault(
      timeframe.line,
      'timeframe belongs to aggregations of Sigma 1, which correlation rules replace',
    );
  }
  const selections = new Map<string, Selection>();
  let condition: YamlEntry | undefined;
  for (const entry of node.entries) {
    if (entry.key === 'condition') condition = entry;
    else selections.set(entry.key, readSelection(entry.value, entry.line));
  }
  if (condition === undefined) throw new RuleFault(node.line, 'detection has no condition');
  const texts = conditionTexts(condition);
  const names = [...selections.keys()];
  return {
    selections,
    conditions: texts.map((text) => readCondition(text.text, names, text.line)),
    conditionText: texts.map((text) => text.text).join('\n'),
  };
}

function conditionTexts(entry: YamlEntry): readonly YamlScalar[] {
  const nodes = entry.value.kind === 'sequence' ? entry.value.items : [entry.value];
  if (nodes.length === 0) throw new RuleFault(entry.line, 'condition is an empty list');
  return nodes.map((node) => {
    if (node.kind === 'scalar' && node.value !== null) return node;
    throw new RuleFault(node.line, 'condition has to be a text or a list of texts');
  });
}

function readSelection(node: YamlNode, line: number): Selection {
  if (node.kind === 'mapping') return readMap(node, line);
  if (node.kind === 'scalar') return keywords([node], line);
  return readList(node.items, line);
}

function readMap(node: YamlMapping, line: number): Selection {
  if (node.entries.length === 0) throw new RuleFault(line, 'the selection is an empty map');
  const items = node.entries.map(readItem);
  return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'and', items };
}

/** Texts of a list are keywords together; maps and lists in it stand for themselves; all linked by "or". */
function readList(nodes: readonly YamlNode[], line: number): Selection {
  if (nodes.length === 0) throw new RuleFault(line, 'the selection is an empty list');
  const words = nodes.filter((node) => node.kind === 'scalar');
  const others = nodes.filter((node) => node.kind !== 'scalar').map((node) => readSelection(node, node.line));
  const items = words.length === 0 ? others : [keywords(words, line), ...others];
  return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'or', items };
}

function keywords(values: readonly YamlScalar[], line: number): FieldItem {
  return { kind: 'item', field: '', modifiers: [], written: '', values, line };
}

function readItem(entry: YamlEntry): FieldItem {
  const [field = '', ...names] = entry.key.split('|');
  const modifiers = readModifiers(names, entry.line);
  const values = itemValues(entry);
  if (modifiers.includes('all') && values.length < 2) {
    throw new RuleFault(
      entry.line,
      `${entry.key} has one value: the modifier all needs a list of at least two`,
    );
  }
  const nothing = values.find((value) => value.value === null);
  if (nothing !== undefined && entry.value.kind === 'sequence' && values.length > 1) {
    throw new RuleFault(nothing.line, 'null can not stand in a list with other values');
  }
  return { kind: 'item', field: sharedName(field), modifiers, written: entry.key, values, line: entry.line };
}

/** The engine's one copy of a text, as names of properties are: maps find such a key without comparing characters. */
export function sharedName(name: string): string {
  return Object.keys({ [name]: null })[0] ?? name;
}

function itemValues(entry: YamlEntry): readonly YamlScalar[] {
  const nodes = entry.value.kind === 'sequence' ? entry.value.items : [entry.value];
  if (nodes.length === 0) throw new RuleFault(entry.line, `${entry.key} has an empty list of values`);
  return nodes.map((node) => {
    if (node.kind === 'scalar') return node;
    throw new RuleFault(
      node.line,
      `a ${node.kind === 'mapping' ? 'map' : 'list'} can not be a value of ${entry.key}`,
    );
  });
}
