/** One value of a rule, with the modifiers before it, as tests on one value of an event. */
import { cidrTest } from './cidr.ts';
import { datePart } from './dates.ts';
import type { FieldItem } from './detection.ts';
import { type Encoded, encode } from './encode.ts';
import { expandPlaceholders, type Placeholders } from './expand.ts';
import { RuleFault } from './fault.ts';
import { affixOf, comparisonOf, datePartOf, encodingOf, type Modifier } from './modifiers.ts';
import { any, matchesAnything, readPattern, type Token, windash } from './pattern.ts';
import { regexTest } from './regex.ts';
import { anyPattern, type TextPattern, type TextTest, textPattern } from './text-test.ts';
import type { Leaf } from './view.ts';
import type { YamlScalar } from './yaml.ts';

export type LeafTest = (leaf: Leaf) => boolean;

/** A test of its own, or a pattern for any leaf that has text, which can be tested together with others. */
export type ValueTest =
  | { readonly kind: 'leaf'; readonly test: LeafTest }
  | { readonly kind: 'text'; readonly cased: boolean; readonly pattern: TextPattern };

/** The first leaf that fits one of the tests, or null. */
export function leafFinder(tests: readonly ValueTest[]): (leaves: readonly Leaf[]) => Leaf | null {
  const folded = anyPattern(patternsOf(tests, false));
  const cased = anyPattern(patternsOf(tests, true));
  const others = tests.flatMap((test) => (test.kind === 'leaf' ? [test.test] : []));
  return (leaves) => {
    for (const leaf of leaves) {
      if (leaf.hasText && (folded(leaf.folded) || cased(leaf.text))) return leaf;
      for (const test of others) if (test(leaf)) return leaf;
    }
    return null;
  };
}

/** All of the tests as one on the folded text; null unless each of them asks for no more than that. */
export function foldedTest(tests: readonly ValueTest[]): TextTest | null {
  const patterns = patternsOf(tests, false);
  return patterns.length === tests.length ? anyPattern(patterns) : null;
}

function patternsOf(tests: readonly ValueTest[], cased: boolean): readonly TextPattern[] {
  return tests.flatMap((test) => (test.kind === 'text' && test.cased === cased ? [test.pattern] : []));
}

/** The tests that the value stands for; it fits when one of them does. */
export function valueTests(
  item: FieldItem,
  value: YamlScalar,
  placeholders: Placeholders,
): readonly ValueTest[] {
  if (!item.modifiers.includes('expand')) return testsOf(item, value);
  return expandPlaceholders(value.text, placeholders, value.line).flatMap((text) =>
    testsOf(item, { ...value, value: text, text }),
  );
}

function testsOf(item: FieldItem, value: YamlScalar): readonly ValueTest[] {
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
      const test = regexTest(text, flags, line);
      return [onLeaf((leaf) => leaf.hasText && test(leaf))];
    }
    case 'cidr':
      return [onText(cidrTest(text, line))];
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return [onLeaf(orderTest(comparison, modifiers, requireNumber(item, value)))];
    case 'exists':
    case 'fieldref':
      throw new Error(`${comparison} does not compare single values`);
    case null:
      break;
  }
  return plainTests(item, value);
}

function onLeaf(test: LeafTest): ValueTest {
  return { kind: 'leaf', test };
}

function onText(test: (text: string) => boolean): ValueTest {
  return onLeaf((leaf) => leaf.hasText && test(leaf.text));
}

function plainTests(item: FieldItem, value: YamlScalar): readonly ValueTest[] {
  const part = datePartOf(item.modifiers);
  if (part !== null) {
    const wanted = requireNumber(item, value);
    return [onText((text) => datePart(text, part) === wanted)];
  }
  const isText = comparesAsText(item.modifiers);
  if (typeof value.value === 'number' && !isText)
    return [onLeaf(numberTest(value.value, value.text, item.field === ''))];
  if (typeof value.value === 'boolean' && !isText && item.field !== '')
    return [onLeaf(booleanTest(value.value))];
  return textTests(item, value);
}

/** Modifiers that take numbers and booleans by their text. */
export function comparesAsText(modifiers: readonly Modifier[]): boolean {
  return modifiers.some(
    (name) => name === 'windash' || encodingOf(name) !== null || affixOf([name]) !== null,
  );
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
  const written = String(wanted);
  return (leaf) => leaf.value === wanted || leaf.folded === written;
}

/** Strings of rules, transformed step by step in the order of the chain (rules specification, "Value Modifiers"). */
function textTests(item: FieldItem, value: YamlScalar): readonly ValueTest[] {
  const cased = item.modifiers.includes('cased');
  const keyword = item.field === '' && affixOf(item.modifiers) === null;
  return textPatterns(item, value).map(({ tokens }) => tokenTest(tokens, cased, keyword));
}

/** The patterns that a value compared as text stands for. */
export function textPatterns(item: FieldItem, value: YamlScalar): readonly Encoded[] {
  const tokens: readonly Token[] =
    typeof value.value === 'string' ? readPattern(value.text) : [{ kind: 'text', text: value.text }];
  let patterns: readonly Encoded[] = [{ tokens, bytes: false }];
  for (const modifier of item.modifiers) {
    patterns = patterns.flatMap((pattern) => transform(modifier, pattern, value.line));
  }
  return patterns;
}

/**
 * The texts that an event's value has to hold for the value of a rule to fit, as alternatives of tokens;
 * null where the value asks for something else than text.
 */
export function textAlternatives(
  item: FieldItem,
  value: YamlScalar,
  placeholders: Placeholders,
): readonly (readonly Token[])[] | null {
  if (comparisonOf(item.modifiers) !== null || datePartOf(item.modifiers) !== null) return null;
  const values = item.modifiers.includes('expand')
    ? expandPlaceholders(value.text, placeholders, value.line).map((text) => ({
        ...value,
        value: text,
        text,
      }))
    : [value];
  return values.flatMap((one) => textPatterns(item, one).map(({ tokens }) => tokens));
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
function tokenTest(tokens: readonly Token[], cased: boolean, keyword: boolean): ValueTest {
  if (!keyword) {
    // A lone `*` asks for any value, and an object is one.
    if (matchesAnything(tokens)) return onLeaf((leaf) => leaf.value !== null && leaf.value !== undefined);
    return { kind: 'text', cased, pattern: textPattern(tokens, cased) };
  }
  const whole = anyPattern([textPattern(tokens, cased)]);
  const inside = anyPattern([textPattern([any, ...tokens, any], cased)]);
  const of = cased ? (leaf: Leaf) => leaf.text : (leaf: Leaf) => leaf.folded;
  return onLeaf((leaf) =>
    typeof leaf.value === 'string' ? inside(of(leaf)) : leaf.hasText && whole(of(leaf)),
  );
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
