/** One field item, compiled: which values of an event it takes, and which of its patterns they fit. */
import type { FieldItem } from './detection.ts';
import type { Placeholders } from './expand.ts';
import { RuleFault } from './fault.ts';
import { affixOf, comparisonOf, type Modifier } from './modifiers.ts';
import { onFirstUse } from './on-first-use.ts';
import { foldedTest, leafFinder, type ValueTest, valueTests } from './value.ts';
import type { FieldView, Leaf } from './view.ts';
import type { YamlScalar } from './yaml.ts';

/** A pattern that took part in a match. */
export interface Hit {
  readonly field: string;
  readonly pattern: string;
  readonly value: string;
}

export interface CompiledItem {
  /** Of two that both have to hold, the cheaper one is asked first. */
  readonly cost: number;
  readonly matches: (view: FieldView) => boolean;
  /** What made it match; empty when it does not. */
  explain(view: FieldView): readonly Hit[];
}

/** One value of the rule. */
interface Pattern {
  readonly written: string;
  /** The leaf of the event that fits it, or null. */
  readonly find: (view: FieldView) => Leaf | null;
  /** The same as tests on single leaves; null for what looks at more than one leaf (null, exists, fieldref). */
  readonly tests: readonly ValueTest[] | null;
}

export function compileItem(item: FieldItem, placeholders: Placeholders): CompiledItem {
  checkValues(item);
  const patterns = item.values.map((value) => compilePattern(item, value, placeholders));
  if (item.modifiers.includes('neq')) return different(item, patterns);
  const matches = onFirstUse(() =>
    item.modifiers.includes('all') ? allFit(patterns) : oneFits(item.field, patterns),
  );
  return {
    cost: costOf(item),
    matches,
    explain(view) {
      if (!matches(view)) return [];
      return patterns.flatMap(({ written, find }) => {
        const leaf = find(view);
        return leaf === null ? [] : [{ field: item.written, pattern: written, value: leaf.text }];
      });
    },
  };
}

function allFit(patterns: readonly Pattern[]): (view: FieldView) => boolean {
  return (view) => {
    for (const pattern of patterns) if (pattern.find(view) === null) return false;
    return true;
  };
}

/** The patterns on single leaves become one test, so that the leaves are gone through once. */
function oneFits(field: string, patterns: readonly Pattern[]): (view: FieldView) => boolean {
  const others = patterns.filter((pattern) => pattern.tests === null);
  if (others.length > 0) return (view) => patterns.some((pattern) => pattern.find(view) !== null);
  const tests = patterns.flatMap((pattern) => pattern.tests ?? []);
  const fits = field === '' ? null : foldedTest(tests);
  if (fits !== null) return textFits(field, fits);
  const find = finder(field, tests);
  return (view) => find(view) !== null;
}

/** What nearly every item of every rule comes to: as few steps as can be. */
function textFits(field: string, fits: (folded: string) => boolean): (view: FieldView) => boolean {
  return (view) => {
    const leaves = view.values(field);
    if (leaves === null) return false;
    for (const leaf of leaves) if (leaf.hasText && fits(leaf.folded)) return true;
    return false;
  };
}

function finder(field: string, tests: readonly ValueTest[]): (view: FieldView) => Leaf | null {
  const find = leafFinder(tests);
  if (field === '') return (view) => find(view.texts());
  return (view) => {
    const leaves = view.values(field);
    return leaves === null ? null : find(leaves);
  };
}

/** `neq`: the field is there and fits none of the values. */
function different(item: FieldItem, patterns: readonly Pattern[]): CompiledItem {
  const fits = onFirstUse(() => oneFits(item.field, patterns));
  const matches = (view: FieldView): boolean => view.values(item.field) !== null && !fits(view);
  return {
    cost: costOf(item),
    matches,
    explain(view) {
      if (!matches(view)) return [];
      const value = (view.values(item.field) ?? []).map((leaf) => leaf.text).join(', ');
      return patterns.map(({ written }) => ({ field: item.written, pattern: written, value }));
    },
  };
}

/** What a test costs, roughly, in comparisons with the end of a text. */
function costOf(item: FieldItem): number {
  const perLeaf = item.field === '' ? 100 : 1;
  const comparison = comparisonOf(item.modifiers);
  const perValue = comparison === 're' ? 20 : affixOf(item.modifiers) === 'contains' ? 4 : 1;
  return perLeaf * perValue * item.values.length;
}

const nothing: Leaf = { value: null, hasText: false, text: '', folded: '' };

function compilePattern(item: FieldItem, value: YamlScalar, placeholders: Placeholders): Pattern {
  const { field, modifiers } = item;
  if (value.value === null) return { written: 'null', find: findNothing(field), tests: null };
  const written = value.text;
  const comparison = comparisonOf(modifiers);
  if (comparison === 'exists')
    return { written, find: findPresence(field, value.value === true), tests: null };
  if (comparison === 'fieldref')
    return { written, find: findReference(field, value.text, modifiers), tests: null };
  const tests = valueTests(item, value, placeholders);
  return { written, find: onFirstUse(() => finder(field, tests)), tests };
}

/** `null`: there is no value. An empty text is a value. */
function findNothing(field: string): (view: FieldView) => Leaf | null {
  return (view) => {
    const leaves = view.values(field);
    if (leaves === null || leaves.length === 0) return nothing;
    return leaves.find((leaf) => leaf.value === null || leaf.value === undefined) ?? null;
  };
}

/** `exists` looks at presence only: null and an empty text are there too. */
function findPresence(field: string, wanted: boolean): (view: FieldView) => Leaf | null {
  return (view) => {
    const leaves = view.values(field);
    if ((leaves !== null) !== wanted) return null;
    return leaves?.[0] ?? nothing;
  };
}

/** `fieldref`: the value of one field against the value of another, in the same event. */
function findReference(
  field: string,
  other: string,
  modifiers: readonly Modifier[],
): (view: FieldView) => Leaf | null {
  const fits = referenceTest(modifiers);
  return (view) => {
    const references = view.values(other) ?? [];
    return view.values(field)?.find((leaf) => references.some((reference) => fits(leaf, reference))) ?? null;
  };
}

export function referenceTest(modifiers: readonly Modifier[]): (leaf: Leaf, reference: Leaf) => boolean {
  const affix = affixOf(modifiers);
  const of = modifiers.includes('cased') ? (leaf: Leaf) => leaf.text : (leaf: Leaf) => leaf.folded;
  const compare: Record<
    'contains' | 'startswith' | 'endswith' | 'equals',
    (a: string, b: string) => boolean
  > = {
    contains: (a, b) => a.includes(b),
    startswith: (a, b) => a.startsWith(b),
    endswith: (a, b) => a.endsWith(b),
    equals: (a, b) => a === b,
  };
  const test = compare[affix ?? 'equals'];
  return (leaf, reference) => leaf.hasText && reference.hasText && test(of(leaf), of(reference));
}

/** Values that a chain of modifiers can not take. */
function checkValues(item: FieldItem): void {
  const comparison = comparisonOf(item.modifiers);
  const name = item.written === '' ? 'a keyword search' : item.written;
  if (item.field === '') checkKeywords(item);
  for (const { value, line } of item.values) {
    if (value === null && item.modifiers.some((modifier) => modifier !== 'neq' && modifier !== 'cased')) {
      throw new RuleFault(line, `null can not be a value of ${name}`);
    }
    if (comparison === 'exists' && typeof value !== 'boolean') {
      throw new RuleFault(line, `${name} needs true or false`);
    }
    if (comparison === 'fieldref' && (typeof value !== 'string' || value === '')) {
      throw new RuleFault(line, `${name} needs the name of a field`);
    }
  }
  if (comparison === 'exists' && item.values.length > 1) {
    throw new RuleFault(item.line, `${name} needs one value`);
  }
}

function checkKeywords(item: FieldItem): void {
  const comparison = comparisonOf(item.modifiers);
  const wrong =
    item.modifiers.find((modifier) => modifier === 'neq') ?? (comparison === 're' ? null : comparison);
  if (wrong !== null && wrong !== undefined) {
    throw new RuleFault(item.line, `the modifier ${wrong} needs a field`);
  }
  const bad = item.values.find(({ value }) => value === null || String(value) === '');
  if (bad !== undefined) throw new RuleFault(bad.line, 'an empty value or null can not be a keyword');
}
