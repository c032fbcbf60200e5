/** One value of a rule, with the modifiers before it, as tests on one value of an event. */
import { cidrTest } from './cidr.ts';
import { datePart } from './dates.ts';
import type { FieldItem } from './detection.ts';
import { type Encoded, encode } from './encode.ts';
import { expandPlaceholders, type Placeholders } from './expand.ts';
import { RuleFault } from './fault.ts';
import { affixOf, comparisonOf, datePartOf, encodingOf, type Modifier } from './modifiers.ts';
import { any, matchesAnything, readPattern, type Token, textTest, windash } from './pattern.ts';
import { regexTest } from './regex.ts';
import type { Leaf } from './view.ts';
import type { YamlScalar } from './yaml.ts';

export type LeafTest = (leaf: Leaf) => boolean;

/** The tests that the value stands for; it fits when one of them does. */
export function leafTests(
  item: FieldItem,
  value: YamlScalar,
  placeholders: Placeholders,
): readonly LeafTest[] {
  if (!item.modifiers.includes('expand')) return testsOf(item, value);
  return expandPlaceholders(value.text, placeholders, value.line).flatMap((text) =>
    testsOf(item, { ...value, value: text, text }),
  );
}

function testsOf(item: FieldItem, value: YamlScalar): readonly LeafTest[] {
  const { modifiers } = item;
  const { text, line } = value;
  const comparison = comparisonOf(modifiers);
  switch (comparison) {
    case 're': {
      const flags = {
        insensitive: modifiers.includes('i'),
        multiline: modifiers.includes('m'),
        dotAll: modifiers.includes('s'),
      };
      return [onText(regexTest(text, flags, line))];
    }
    case 'cidr':
      return [onText(cidrTest(text, line))];
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return [orderTest(comparison, modifiers, requireNumber(item, value))];
    case 'exists':
    case 'fieldref':
      throw new Error(`${comparison} does not compare single values`);
    case null:
      break;
  }
  return plainTests(item, value);
}

function onText(test: (text: string) => boolean): LeafTest {
  return (leaf) => leaf.hasText && test(leaf.text);
}

function plainTests(item: FieldItem, value: YamlScalar): readonly LeafTest[] {
  const part = datePartOf(item.modifiers);
  if (part !== null) {
    const wanted = requireNumber(item, value);
    return [(leaf) => leaf.hasText && datePart(leaf.text, part) === wanted];
  }
  const isText = item.modifiers.some(
    (name) => name === 'windash' || encodingOf(name) !== null || affixOf([name]) !== null,
  );
  if (typeof value.value === 'number' && !isText)
    return [numberTest(value.value, value.text, item.field === '')];
  if (typeof value.value === 'boolean' && !isText && item.field !== '') return [booleanTest(value.value)];
  return textTests(item, value);
}

/**
 * A number equals itself and the texts that write it in decimal notation. As a keyword it has to
 * stand in a text as a word of its own: a 6 is not found in "16".
 */
function numberTest(wanted: number, written: string, keyword: boolean): LeafTest {
  // Beyond 2^53 different integers become the same number, so that only the texts can tell.
  const exact = Number.isSafeInteger(wanted) || !Number.isInteger(wanted);
  const word = new RegExp(`(?<![\\w.])${written.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![\\w.])`);
  return (leaf) => {
    if (leaf.text === written || (exact && readNumber(leaf.value) === wanted)) return true;
    return keyword && typeof leaf.value === 'string' && word.test(leaf.text);
  };
}

function booleanTest(wanted: boolean): LeafTest {
  return (leaf) => leaf.value === wanted || leaf.folded === String(wanted);
}

/** Strings of rules, transformed step by step in the order of the chain (rules specification, "Value Modifiers"). */
function textTests(item: FieldItem, value: YamlScalar): readonly LeafTest[] {
  const tokens: readonly Token[] =
    typeof value.value === 'string' ? readPattern(value.text) : [{ kind: 'text', text: value.text }];
  let patterns: readonly Encoded[] = [{ tokens, bytes: false }];
  for (const modifier of item.modifiers) {
    patterns = patterns.flatMap((pattern) => transform(modifier, pattern, value.line));
  }
  const cased = item.modifiers.includes('cased');
  const keyword = item.field === '' && affixOf(item.modifiers) === null;
  return patterns.map((pattern) => tokenTest(pattern.tokens, cased, keyword));
}

function transform(modifier: Modifier, pattern: Encoded, line: number): readonly Encoded[] {
  const { tokens, bytes } = pattern;
  const encoding = encodingOf(modifier);
  if (encoding !== null) return encode(encoding, pattern, line);
  if (modifier === 'contains') return [{ tokens: [any, ...tokens, any], bytes }];
  if (modifier === 'startswith') return [{ tokens: [...tokens, any], bytes }];
  if (modifier === 'endswith') return [{ tokens: [any, ...tokens], bytes }];
  if (modifier === 'windash') {
    if (bytes) throw new RuleFault(line, 'windash has to stand before the modifiers that encode a value');
    return [{ tokens: windash(tokens), bytes }];
  }
  return [pattern];
}

/**
 * A keyword is looked for inside the event's texts; in a number, which has no words, it has to be
 * the whole of it.
 */
function tokenTest(tokens: readonly Token[], cased: boolean, keyword: boolean): LeafTest {
  const whole = textTest(tokens, cased);
  if (!keyword) {
    // A lone `*` asks for any value, and an object is one.
    if (matchesAnything(tokens)) return (leaf) => leaf.value !== null && leaf.value !== undefined;
    return (leaf) => leaf.hasText && whole(leaf);
  }
  const inside = textTest([any, ...tokens, any], cased);
  return (leaf) => (typeof leaf.value === 'string' ? inside(leaf) : leaf.hasText && whole(leaf));
}

function orderTest(
  order: 'lt' | 'lte' | 'gt' | 'gte',
  modifiers: readonly Modifier[],
  wanted: number,
): LeafTest {
  const part = datePartOf(modifiers);
  const holds: Record<typeof order, (value: number) => boolean> = {
    lt: (value) => value < wanted,
    lte: (value) => value <= wanted,
    gt: (value) => value > wanted,
    gte: (value) => value >= wanted,
  };
  return (leaf) => {
    const value = part === null ? readNumber(leaf.value) : datePart(leaf.text, part);
    return value !== null && holds[order](value);
  };
}

function requireNumber(item: FieldItem, value: YamlScalar): number {
  const number = typeof value.value === 'boolean' ? null : readNumber(value.value);
  if (number === null) throw new RuleFault(value.line, `${item.written} needs a number, not ${value.text}`);
  return number;
}

/** Numbers and texts in decimal notation; null for anything else. */
function readNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  return /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(value) ? Number(value) : null;
}
