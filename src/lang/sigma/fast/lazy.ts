/** What no index answers, as data: the test for it is made when a candidate first asks. */
import type { FieldItem } from '../detection.ts';
import { referenceTest } from '../item.ts';
import { comparisonOf, type Modifier } from '../modifiers.ts';
import { type PackedValue, unpackValue } from '../packed-detection.ts';
import { anyPattern } from '../text-test.ts';
import { type LeafTest, type ValueTest, valueTests } from '../value.ts';
import type { Leaf } from '../view.ts';
import type { LiteralTest } from './indexed-test.ts';
import { fastRegex } from './regex.ts';

/** A question on one value of a field. */
export type LeafQuestion = ValueQuestion | TextQuestion;

/** One of the tests that a rule's value stands for: that number `at`. The value's placeholders are replaced. */
export interface ValueQuestion {
  readonly kind: 'value';
  readonly modifiers: readonly Modifier[];
  readonly value: PackedValue;
  readonly at: number;
}

/** Whether one of the texts stands in its place. */
export interface TextQuestion {
  readonly kind: 'texts';
  readonly texts: readonly LiteralTest[];
}

/** A question on more than one value, or on none. */
export type EventQuestion =
  | { readonly kind: 'nothing'; readonly slot: number }
  | {
      readonly kind: 'reference';
      readonly slot: number;
      readonly other: number;
      readonly modifiers: readonly Modifier[];
    };

/** What a test on an event may look at. */
export interface EventReader {
  /** Empty when the field is absent. */
  leaves(slot: number): readonly Leaf[];
}

/** `field`: that of the slot. The rule compiles: what it holds was checked when it was read. */
export function leafTestOf(question: LeafQuestion, field: string): LeafTest {
  if (question.kind === 'texts') {
    const fits = anyPattern(question.texts);
    return (leaf) => leaf.hasText && fits(leaf.folded);
  }
  const { modifiers, at } = question;
  const value = unpackValue(question.value);
  if (comparisonOf(modifiers) === 're') {
    const fits = fastRegex(value.text, regexFlags(modifiers), value.line);
    return (leaf) => leaf.hasText && fits(leaf);
  }
  // The plain evaluator's own tests: what is rare need not be fast, but has to be the same.
  const item: FieldItem = { kind: 'item', field, modifiers, written: '', values: [value], line: value.line };
  const test = valueTests(item, value, {})[at];
  if (test === undefined) throw new Error(`a value of ${field} has fewer tests than when it was read`);
  return ofValueTest(test);
}

export function regexFlags(modifiers: readonly Modifier[]): Parameters<typeof fastRegex>[1] {
  return {
    insensitive: modifiers.includes('i'),
    multiline: modifiers.includes('m'),
    dotAll: modifiers.includes('s'),
  };
}

function ofValueTest(test: ValueTest): LeafTest {
  if (test.kind === 'leaf') return test.test;
  const { pattern, cased } = test;
  const fits = anyPattern([pattern]);
  return (leaf) => leaf.hasText && fits(cased ? leaf.text : leaf.folded);
}

export function eventTestOf(question: EventQuestion): (event: EventReader) => boolean {
  const { slot } = question;
  if (question.kind === 'nothing') {
    return (event) => {
      const leaves = event.leaves(slot);
      return leaves.length === 0 || leaves.some((leaf) => leaf.value === null || leaf.value === undefined);
    };
  }
  const { other } = question;
  const fits = referenceTest(question.modifiers);
  return (event) => {
    const references = event.leaves(other);
    return event.leaves(slot).some((leaf) => references.some((reference) => fits(leaf, reference)));
  };
}
