/** One value of a rule as the engine sees it: what an index can answer, and what has to be tried. */
import type { FieldItem } from '../detection.ts';
import { expandPlaceholders, type Placeholders } from '../expand.ts';
import { fold } from '../fold.ts';
import { comparisonOf, datePartOf } from '../modifiers.ts';
import { dashes, type Token } from '../pattern.ts';
import { comparesAsText, type LeafTest, textPatterns, type ValueTest, valueTests } from '../value.ts';
import type { YamlScalar } from '../yaml.ts';
import { type Gate, gateOfTokens } from './gate.ts';
import { fastRegex } from './regex.ts';

export type Place = 'whole' | 'start' | 'end' | 'inside';

/** A folded text and where in the folded value it has to stand; or a number. */
export type IndexedTest =
  | { readonly kind: 'literal'; readonly place: Place; readonly text: string }
  /** `number` is null where only the digits as written can tell (beyond 2^53). */
  | { readonly kind: 'number'; readonly number: number | null; readonly written: string };

/** `key` tells equal tests on the same field. */
export interface LazyTest {
  readonly kind: 'lazy';
  readonly key: string;
  readonly test: LeafTest;
  readonly gate: Gate;
}

export type FastTest = IndexedTest | LazyTest;

/** The tests that the value stands for; it fits when one of them does. Not for null, exists and fieldref. */
export function fastTests(
  item: FieldItem,
  value: YamlScalar,
  placeholders: Placeholders,
): readonly FastTest[] {
  if (!item.modifiers.includes('expand')) return testsOf(item, value);
  const rest = { ...item, modifiers: item.modifiers.filter((modifier) => modifier !== 'expand') };
  return expandPlaceholders(value.text, placeholders, value.line).flatMap((text) =>
    testsOf(rest, { ...value, value: text, text }),
  );
}

function testsOf(item: FieldItem, value: YamlScalar): readonly FastTest[] {
  const { modifiers } = item;
  const comparison = comparisonOf(modifiers);
  if (comparison === 're') return [regexTest(item, value)];
  if (comparison !== null || datePartOf(modifiers) !== null) return lazyTests(item, value, () => null);
  if (!comparesAsText(modifiers)) {
    if (typeof value.value === 'number') return numberTests(item, value, value.value);
    if (typeof value.value === 'boolean' && item.field !== '') {
      return [{ kind: 'literal', place: 'whole', text: String(value.value) }];
    }
  }
  const patterns = textPatterns(item, value);
  const lazy = onDemand(() => lazyTests(item, value, (at) => gateOfTokens(patterns[at]?.tokens ?? [])));
  const cased = modifiers.includes('cased');
  return patterns.flatMap(({ tokens }, at): readonly FastTest[] => {
    const literals = cased ? null : literalsOf(tokens);
    if (literals !== null && item.field !== '') return literals;
    if (literals !== null && isKeyword(item, literals)) {
      return literals.map((literal) => ({ ...literal, place: 'inside' }));
    }
    const test = lazy()[at];
    return test === undefined ? [] : [test];
  });
}

function regexTest(item: FieldItem, value: YamlScalar): LazyTest {
  const { modifiers } = item;
  const flags = {
    insensitive: modifiers.includes('i'),
    multiline: modifiers.includes('m'),
    dotAll: modifiers.includes('s'),
  };
  const { test, gate } = fastRegex(value.text, flags, value.line);
  return { kind: 'lazy', key: keyOf(item, value, 0), test: (leaf) => leaf.hasText && test(leaf), gate };
}

/** A number equals itself and the texts that write it; as a keyword it is a word, which no index finds. */
function numberTests(item: FieldItem, value: YamlScalar, wanted: number): readonly FastTest[] {
  if (item.field === '') return lazyTests(item, value, () => null);
  const exact = Number.isSafeInteger(wanted) || !Number.isInteger(wanted);
  return [{ kind: 'number', number: exact && !Number.isNaN(wanted) ? wanted : null, written: value.text }];
}

/** The plain evaluator's own tests: what is rare need not be fast, but has to be the same. */
function lazyTests(item: FieldItem, value: YamlScalar, gate: (at: number) => Gate): readonly LazyTest[] {
  return valueTests(item, value, {}).map((test, at) => ({
    kind: 'lazy',
    key: keyOf(item, value, at),
    test: leafTest(test),
    gate: gate(at),
  }));
}

function keyOf(item: FieldItem, value: YamlScalar, at: number): string {
  return `${item.modifiers.join('|')}\n${typeof value.value}\n${at}\n${value.text}`;
}

function leafTest(test: ValueTest): LeafTest {
  if (test.kind === 'leaf') return test.test;
  const { pattern, cased } = test;
  if (pattern.kind === 'test') {
    return (leaf) => leaf.hasText && pattern.fits(cased ? leaf.text : leaf.folded);
  }
  const { place, text } = pattern;
  return (leaf) => leaf.hasText && stands(place, text, cased ? leaf.text : leaf.folded);
}

function stands(place: Place, wanted: string, text: string): boolean {
  if (place === 'whole') return text === wanted;
  if (place === 'start') return text.startsWith(wanted);
  return place === 'end' ? text.endsWith(wanted) : text.includes(wanted);
}

/** Two dashes of `windash` make 25 texts; more are tried one after the other. */
const maxDashes = 2;

/** The pattern as texts of which one has to stand in its place; null when wildcards are inside of it. */
function literalsOf(tokens: readonly Token[]): readonly (IndexedTest & { kind: 'literal' })[] | null {
  const open = tokens.findIndex((token) => token.kind !== 'any');
  if (open === -1) return tokens.length === 0 ? [{ kind: 'literal', place: 'whole', text: '' }] : null;
  const close = tokens.findLastIndex((token) => token.kind !== 'any') + 1;
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
  const place = placeOf(open > 0, close < tokens.length);
  return texts.map((text) => ({ kind: 'literal', place, text: fold(text) }));
}

function placeOf(anyBefore: boolean, anyAfter: boolean): Place {
  if (anyBefore) return anyAfter ? 'inside' : 'end';
  return anyAfter ? 'start' : 'whole';
}

/**
 * A keyword that no number and no boolean can hold: for it, "inside any text of the event" is all there is
 * to ask. The texts of a keyword search with contains, startswith or endswith are left to the plain tests.
 */
function isKeyword(item: FieldItem, literals: readonly (IndexedTest & { kind: 'literal' })[]): boolean {
  return (
    !comparesAsText(item.modifiers) &&
    literals.every(
      ({ text }) =>
        /[^-+.\de]/.test(text) && !['true', 'false', 'infinity', 'nan'].some((word) => word.includes(text)),
    )
  );
}

function onDemand<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
