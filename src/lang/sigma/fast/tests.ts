/** One value of a rule as the engine sees it: what an index can answer, and what has to be tried. */
import type { FieldItem } from '../detection.ts';
import { expandPlaceholders, type Placeholders } from '../expand.ts';
import { fold } from '../fold.ts';
import { comparisonOf, datePartOf } from '../modifiers.ts';
import { packValue } from '../packed-detection.ts';
import { dashes, type Token } from '../pattern.ts';
import { readRegex } from '../regex-syntax.ts';
import type { Place } from '../text-test.ts';
import { comparesAsText, textPatterns } from '../value.ts';
import type { YamlScalar } from '../yaml.ts';
import { type Gate, gateOfRegex, gateOfTokens } from './gate.ts';
import type { IndexedTest, LiteralTest } from './indexed-test.ts';
import { regexFlags, type ValueQuestion } from './lazy.ts';

export interface LazyTest {
  readonly kind: 'lazy';
  readonly question: ValueQuestion;
  readonly gate: Gate;
}

export type FastTest = IndexedTest | LazyTest;

/** What is the same for all values of an item. */
interface ItemFacts {
  readonly item: FieldItem;
  readonly comparison: ReturnType<typeof comparisonOf>;
  readonly isDate: boolean;
  readonly asText: boolean;
  readonly cased: boolean;
}

/**
 * For a value the tests that it stands for; it fits when one of them does. Not for null, exists and fieldref.
 * Throws a RuleFault where compiling the rule does.
 */
export function fastTests(
  given: FieldItem,
  placeholders: Placeholders,
): (value: YamlScalar) => readonly FastTest[] {
  const expands = given.modifiers.includes('expand');
  const modifiers = expands ? given.modifiers.filter((modifier) => modifier !== 'expand') : given.modifiers;
  const facts: ItemFacts = {
    item: expands ? { ...given, modifiers } : given,
    comparison: comparisonOf(modifiers),
    isDate: datePartOf(modifiers) !== null,
    asText: comparesAsText(modifiers),
    cased: modifiers.includes('cased'),
  };
  if (!expands) return (value) => testsOf(facts, value);
  return (value) =>
    expandPlaceholders(value.text, placeholders, value.line).flatMap((text) =>
      testsOf(facts, { ...value, value: text, text }),
    );
}

function testsOf(facts: ItemFacts, value: YamlScalar): readonly FastTest[] {
  const { item, comparison, isDate, asText, cased } = facts;
  if (comparison === 're') {
    const { node } = readRegex(value.text, regexFlags(item.modifiers), value.line);
    return [lazyTest(item, value, 0, gateOfRegex(node))];
  }
  if (comparison !== null || isDate) return [lazyTest(item, value, 0, null)];
  if (!asText) {
    if (typeof value.value === 'number') return numberTests(item, value, value.value);
    if (typeof value.value === 'boolean' && item.field !== '') {
      return [{ kind: 'literal', place: 'whole', text: String(value.value) }];
    }
  }
  return textPatterns(item, value).flatMap(({ tokens }, at): readonly FastTest[] => {
    const literals = cased ? null : literalsOf(tokens);
    if (literals !== null && item.field !== '') return literals;
    if (literals !== null && !asText && literals.every(isKeyword)) {
      return literals.map((literal) => ({ ...literal, place: 'inside' }));
    }
    return [lazyTest(item, value, at, gateOfTokens(tokens))];
  });
}

/** A number equals itself and the texts that write it; as a keyword it is a word, which no index finds. */
function numberTests(item: FieldItem, value: YamlScalar, wanted: number): readonly FastTest[] {
  if (item.field === '') return [lazyTest(item, value, 0, null)];
  const exact = Number.isSafeInteger(wanted) || !Number.isInteger(wanted);
  return [{ kind: 'number', number: exact && !Number.isNaN(wanted) ? wanted : null, written: value.text }];
}

function lazyTest({ modifiers }: FieldItem, value: YamlScalar, at: number, gate: Gate): LazyTest {
  // Where it stands in its file is nobody's question: rules that ask the same share a predicate.
  return {
    kind: 'lazy',
    question: { kind: 'value', modifiers, value: packValue({ ...value, line: 0 }), at },
    gate,
  };
}

/** Two dashes of `windash` make 25 texts; more are tried one after the other. */
const maxDashes = 2;

/** The pattern as texts of which one has to stand in its place; null when wildcards are inside of it. */
function literalsOf(tokens: readonly Token[]): readonly LiteralTest[] | null {
  const open = tokens.findIndex((token) => token.kind !== 'any');
  if (open === -1) return tokens.length === 0 ? [{ kind: 'literal', place: 'whole', text: '' }] : null;
  const close = tokens.findLastIndex((token) => token.kind !== 'any') + 1;
  const place = placeOf(open > 0, close < tokens.length);
  const first = tokens[open];
  if (first?.kind === 'text' && close === open + 1)
    return [{ kind: 'literal', place, text: fold(first.text) }];
  const inner = tokens.slice(open, close);
  if (inner.some(({ kind }) => kind === 'any' || kind === 'one')) return null;
  const dashCount = inner.filter(({ kind }) => kind === 'dash').length;
  if (dashCount > maxDashes) return null;
  // Beside a dash the plain evaluator compares code points, alone it compares code units.
  if (dashCount > 0 && inner.some((token) => token.kind === 'text' && !token.text.isWellFormed()))
    return null;
  let texts: readonly string[] = [''];
  for (const token of inner) {
    const choices = token.kind === 'text' ? [token.text] : dashes;
    texts = texts.flatMap((text) => choices.map((choice) => text + choice));
  }
  return texts.map((text) => ({ kind: 'literal', place, text: fold(text) }));
}

/** Said apart from the plain evaluator's, which would else prove nothing of it. */
function placeOf(anyBefore: boolean, anyAfter: boolean): Place {
  if (anyBefore) return anyAfter ? 'inside' : 'end';
  return anyAfter ? 'start' : 'whole';
}

/**
 * A keyword that no number and no boolean can hold: for it, "inside any text of the event" is all there is
 * to ask. The texts of a keyword search with contains, startswith or endswith are left to the plain tests.
 */
function isKeyword({ text }: LiteralTest): boolean {
  return /[^-+.\de]/.test(text) && !['true', 'false', 'infinity', 'nan'].some((word) => word.includes(text));
}
