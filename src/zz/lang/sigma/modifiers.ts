/** The value modifiers (appendix 2.1.0): which there are and which may stand together. */
import { RuleFault } from './fault.ts';
import { didYouMean } from './nearest.ts';

/** Those that decide how a value is compared; at most one of them, and only with what its row allows. */
const companions = {
  exists: [],
  re: ['i', 'm', 's', 'all', 'neq', 'expand'],
  cidr: ['all', 'neq', 'expand'],
  fieldref: ['all', 'neq', 'cased', 'contains', 'startswith', 'endswith'],
  lt: ['all', 'expand', 'minute', 'hour', 'day', 'week', 'month', 'year'],
  lte: ['all', 'expand', 'minute', 'hour', 'day', 'week', 'month', 'year'],
  gt: ['all', 'expand', 'minute', 'hour', 'day', 'week', 'month', 'year'],
  gte: ['all', 'expand', 'minute', 'hour', 'day', 'week', 'month', 'year'],
} as const satisfies Readonly<Record<Comparison, readonly string[]>>;

const affixes = ['contains', 'startswith', 'endswith'] as const;
const encodings = ['base64', 'base64offset', 'utf16le', 'utf16be', 'utf16', 'wide'] as const;
const dateParts = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
const regexFlags = ['i', 'm', 's'] as const;

const comparisons = ['exists', 're', 'cidr', 'fieldref', 'lt', 'lte', 'gt', 'gte'] as const;

const known = [
  ...comparisons,
  ...affixes,
  ...encodings,
  ...dateParts,
  ...regexFlags,
  'all',
  'neq',
  'cased',
  'windash',
  'expand',
] as const;

export type Modifier = (typeof known)[number];
export type Comparison = (typeof comparisons)[number];

const alternatives: readonly (readonly Modifier[])[] = [affixes, dateParts];

/** Checks a chain; throws a RuleFault that says what is wrong with it. */
export function readModifiers(names: readonly string[], line: number): readonly Modifier[] {
  const chain = names.map((name) => {
    const found = known.find((modifier) => modifier === name);
    if (found === undefined)
      throw new RuleFault(
        line,
        `the modifier ${name === '' ? '(empty)' : name} does not exist`,
        didYouMean(name, known) ?? `there are ${known.join(', ')}`,
      );
    return found;
  });
  const twice = chain.find((name, index) => chain.indexOf(name) !== index);
  if (twice !== undefined) throw new RuleFault(line, `the modifier ${twice} stands twice`);
  for (const group of alternatives) {
    const both = chain.filter((name) => group.includes(name));
    if (both.length > 1) throw new RuleFault(line, `the modifiers ${both.join(' and ')} exclude each other`);
  }
  checkCompanions(chain, line);
  checkOrder(chain, line);
  return chain;
}

function checkCompanions(chain: readonly Modifier[], line: number): void {
  const comparison = comparisonOf(chain);
  if (comparison !== null) {
    const allowed: readonly string[] = companions[comparison];
    const wrong = chain.find((name) => name !== comparison && !allowed.includes(name));
    if (wrong !== undefined)
      throw new RuleFault(line, `the modifiers ${comparison} and ${wrong} can not be combined`);
  }
  const part = datePartOf(chain);
  const withPart: readonly string[] = ['lt', 'lte', 'gt', 'gte', 'neq', 'all', 'expand'];
  const wrong = part === null ? undefined : chain.find((name) => name !== part && !withPart.includes(name));
  if (wrong !== undefined)
    throw new RuleFault(line, `the modifiers ${part} and ${wrong} can not be combined`);
  if (chain.includes('neq') && chain.includes('all')) {
    throw new RuleFault(
      line,
      'neq and all can not be combined: neq already means different from all of the values',
    );
  }
}

function checkOrder(chain: readonly Modifier[], line: number): void {
  const flag = chain.find((name) => regexFlags.some((other) => other === name));
  if (flag === undefined) return;
  const regex = chain.indexOf('re');
  if (regex === -1 || chain.indexOf(flag) < regex)
    throw new RuleFault(line, `the modifier ${flag} needs re before it`);
}

export function comparisonOf(chain: readonly Modifier[]): Comparison | null {
  return comparisons.find((name) => chain.includes(name)) ?? null;
}

export function datePartOf(chain: readonly Modifier[]): (typeof dateParts)[number] | null {
  return dateParts.find((name) => chain.includes(name)) ?? null;
}

export function affixOf(chain: readonly Modifier[]): (typeof affixes)[number] | null {
  return affixes.find((name) => chain.includes(name)) ?? null;
}

export function encodingOf(name: Modifier): (typeof encodings)[number] | null {
  return encodings.find((encoding) => encoding === name) ?? null;
}
