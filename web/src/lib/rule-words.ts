/** What can be typed at a place of a rule: words of the language, and what is known here. */
import type { RuleVocabulary as Vocabulary } from '../../../src/api/contract/workbench.ts';
import { logsourceIn, namesUnder, type RulePlace } from './rule-place.ts';

export type RuleVocabulary = (typeof Vocabulary)['_output'];

export interface SeenField {
  readonly name: string;
  readonly count: number;
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

export interface Suggestion {
  readonly label: string;
  readonly detail: string;
  readonly kind: 'key' | 'value' | 'field' | 'modifier' | 'selection';
  /** What is written in place of the word, where it is not the label. */
  readonly text?: string;
}

export interface Suggestions {
  /** Characters of the word that are replaced, counted back from the caret. */
  readonly replaced: number;
  readonly items: readonly Suggestion[];
}

export interface KnownWords {
  readonly source: string;
  readonly vocabulary: RuleVocabulary;
  /** Of the logsource that the text names. */
  readonly fields: readonly SeenField[];
  /** Events that the fields are told from. */
  readonly sampled: number;
}

export function suggestionsAt(place: RulePlace, known: KnownWords): Suggestions | null {
  const items = place.what === 'key' ? keysAt(place, known) : valuesAt(place, known);
  if (items === null) return null;
  return { replaced: replacedAt(place), items };
}

/** Of a chain of modifiers only the last, of a condition only the last word. */
function replacedAt({ what, key, path, word }: RulePlace): number {
  if (what === 'key' && isSelection(path)) return word.length - (word.lastIndexOf('|') + 1);
  return isCondition(path, key) ? (/[\w*]*$/.exec(word)?.[0].length ?? 0) : word.length;
}

function isCondition([top = '', more]: readonly string[], key: string): boolean {
  return key === 'condition' && more === undefined && (top === 'detection' || top === 'filter');
}

function keysAt(place: RulePlace, known: KnownWords): readonly Suggestion[] | null {
  const { path } = place;
  const [top = ''] = path;
  if (isSelection(path)) return fieldsAt(place, known);
  const words = known.vocabulary.keys[path.length === 2 ? path.join(' ') : top];
  if (words === undefined || path.length > 2) return null;
  const taken = path.length === 0 ? topKeys(known.source) : [];
  return words
    .filter(({ name }) => !taken.includes(name) || name === place.word)
    .map(({ name, detail }): Suggestion => ({ label: name, detail, kind: 'key', text: keyText(name) }));
}

/** Maps and lists go on in the next line. */
function keyText(name: string): string {
  const opens = [
    'tags',
    'references',
    'falsepositives',
    'logsource',
    'detection',
    'correlation',
    'new_terms',
    'filter',
  ];
  return opens.includes(name) ? `${name}:` : `${name}: `;
}

function topKeys(source: string): readonly string[] {
  return source.split('\n').flatMap((line) => /^([\w-]+):/.exec(line)?.[1] ?? []);
}

function isSelection(path: readonly string[]): boolean {
  return path.length >= 2 && (path[0] === 'detection' || (path[0] === 'filter' && path[1] !== 'rules'));
}

function fieldsAt({ word }: RulePlace, known: KnownWords): readonly Suggestion[] {
  const [, ...chain] = word.split('|');
  if (chain.length === 0) {
    return fieldItems(known).map((field) => ({ ...field, text: `${fieldText(field.label)}: ` }));
  }
  return modifiersAfter(chain.slice(0, -1), known.vocabulary).map((label) => ({
    label,
    detail: '',
    kind: 'modifier',
  }));
}

function fieldItems({ fields, sampled }: KnownWords): readonly Suggestion[] {
  return fields.map(({ name, count, values }) => ({
    label: name,
    detail: `${Math.max(1, Math.round((count / Math.max(sampled, 1)) * 100))}% of events${
      values[0] === undefined ? '' : `, ${short(values[0].value)}`
    }`,
    kind: 'field',
  }));
}

function fieldText(name: string): string {
  return /^[\w.@-]+$/.test(name) ? name : quoted(name);
}

/** Those that may stand after the chain: each may follow all before it, and has before it what it needs. */
export function modifiersAfter(
  chain: readonly string[],
  { modifiers }: Pick<RuleVocabulary, 'modifiers'>,
): readonly string[] {
  return modifiers
    .filter(({ needs, after }) => {
      const has = needs === null || chain.includes(needs);
      return has && chain.every((before) => after.includes(before));
    })
    .map(({ name }) => name)
    .filter((name) => !chain.includes(name));
}

function valuesAt(place: RulePlace, known: KnownWords): readonly Suggestion[] | null {
  const { path, key, item } = place;
  const [top = '', second = ''] = path;
  const list = item ? (path.at(-1) ?? '') : key;
  if (path.length === 0 && key in known.vocabulary.values) return plain(known.vocabulary.values[key]);
  if (top === 'logsource') return logsourceValues(key, known);
  if (top === 'tags') return tagItems(known);
  if (isCondition(path, key)) return conditionItems(top, known);
  if (top === 'correlation' && (key === 'type' || key === 'generate'))
    return plain(known.vocabulary.values[key]);
  if (second === 'rules' && item) return nameItems(known);
  if (['fields', 'group-by'].includes(list) && (top === 'correlation' || top === 'new_terms'))
    return fieldItems(known);
  if (isSelection(path)) return fieldValues(place, known);
  return null;
}

function plain(
  words: readonly { readonly name: string; readonly detail: string }[] = [],
): readonly Suggestion[] {
  return words.map(({ name, detail }) => ({ label: name, detail, kind: 'value' }));
}

/** Of the rows that fit what the text names already, with what came in here. */
function logsourceValues(key: string, { source, vocabulary }: KnownWords): readonly Suggestion[] | null {
  if (key !== 'product' && key !== 'service' && key !== 'category') return null;
  const named = logsourceIn(source);
  const others = (['product', 'service', 'category'] as const).filter((one) => one !== key);
  const sums = new Map<string, { events: number; rules: number }>();
  for (const row of vocabulary.logsources) {
    // A rule that names no product is for all of them.
    if (
      row[key] === '' ||
      others.some((one) => named[one] !== undefined && row[one] !== '' && row[one] !== named[one])
    )
      continue;
    const sum = sums.get(row[key]) ?? { events: 0, rules: 0 };
    sums.set(row[key], { events: sum.events + row.events, rules: sum.rules + row.rules });
  }
  return [...sums]
    .toSorted(([, a], [, b]) => b.events - a.events || b.rules - a.rules)
    .map(([label, { events, rules }]) => ({
      label,
      detail: `${events === 0 ? 'never received here' : `${events.toLocaleString('en')} events`}, ${rules.toLocaleString('en')} rules`,
      kind: 'value',
    }));
}

function tagItems({ vocabulary }: KnownWords): readonly Suggestion[] {
  return vocabulary.tags.map(({ name, rules }) => ({
    label: name,
    detail: `${rules.toLocaleString('en')} ${rules === 1 ? 'rule' : 'rules'}`,
    kind: 'value',
  }));
}

function nameItems({ vocabulary }: KnownWords): readonly Suggestion[] {
  return vocabulary.names.map(({ id, title }) => ({ label: title, detail: id, kind: 'value', text: id }));
}

function conditionItems(top: string, { source, vocabulary }: KnownWords): readonly Suggestion[] {
  const names = namesUnder(source, top).filter((name) => !['condition', 'rules', 'timeframe'].includes(name));
  return [
    ...names.map((label): Suggestion => ({ label, detail: 'selection', kind: 'selection' })),
    ...vocabulary.condition.map(({ name, detail }): Suggestion => ({ label: name, detail, kind: 'key' })),
  ];
}

/** What the field had in the events that were seen. */
function fieldValues({ path, key, item }: RulePlace, { fields }: KnownWords): readonly Suggestion[] | null {
  const written = item ? (path.at(-1) ?? '') : key;
  const [name = ''] = written.split('|');
  const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (field === undefined) return null;
  return field.values.map(({ value, count }) => ({
    label: short(value),
    detail: `seen ${count.toLocaleString('en')} times`,
    kind: 'value',
    text: /^(?:\d+|[A-Za-z][\w.-]*)$/.test(value) ? value : quoted(value),
  }));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
