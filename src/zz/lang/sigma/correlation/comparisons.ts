/** The types of correlation, and what their conditions may ask for. */
import { RuleFault } from '../fault.ts';
import type { YamlEntry } from '../yaml.ts';

export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

export const operators = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
export interface Comparison {
  readonly operator: (typeof operators)[number];
  readonly value: number;
}

export function readComparisons(entry: YamlEntry): readonly Comparison[] {
  if (entry.value.kind !== 'mapping') {
    throw new RuleFault(entry.line, 'condition has to be a map', 'for instance "condition: {gte: 10}"');
  }
  return entry.value.entries.flatMap(({ key, line, value }): readonly Comparison[] => {
    if (key === 'field') return [];
    const operator = operators.find((known) => known === key);
    if (operator === undefined) {
      throw new RuleFault(
        line,
        `condition does not know ${key}`,
        `it knows ${operators.join(', ')} and field`,
      );
    }
    if (value.kind !== 'scalar' || typeof value.value !== 'number' || !Number.isFinite(value.value)) {
      throw new RuleFault(line, `${key} needs a number`);
    }
    return [{ operator, value: value.value }];
  });
}

export function checkCondition(
  type: CorrelationType,
  comparisons: readonly Comparison[],
  fields: readonly string[],
  rules: number,
  line: number,
): void {
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const valued = type.startsWith('value_');
  if (comparisons.length === 0 && !temporal) {
    throw new RuleFault(line, `${type} has no condition`, 'for instance "condition: {gte: 10}"');
  }
  if (valued && fields.length === 0) throw new RuleFault(line, `the condition of ${type} needs a field`);
  if (!valued && fields.length > 0) throw new RuleFault(line, `the condition of ${type} takes no field`);
  if ((type === 'value_sum' || type === 'value_avg') && fields.length > 1) {
    throw new RuleFault(line, `the condition of ${type} takes one field`);
  }
  if (
    type === 'temporal_ordered' &&
    comparisons.some(({ operator }) => operator !== 'gt' && operator !== 'gte')
  ) {
    throw new RuleFault(line, 'the condition of temporal_ordered takes gt and gte only');
  }
  if (type === 'value_sum' || type === 'value_avg' || type === 'value_percentile') return;
  // Whole numbers that a group with at least one event can have.
  const highest = temporal ? rules : Number.MAX_SAFE_INTEGER;
  if (!reachable(comparisons, highest)) {
    throw new RuleFault(
      line,
      'the condition can not hold',
      temporal
        ? `there are ${rules} rules, of which at least one occurs`
        : 'a group is only known by its events: its count is at least 1',
    );
  }
}

/** Some whole number from 1 to `highest` satisfies all. */
function reachable(comparisons: readonly Comparison[], highest: number): boolean {
  const edges = comparisons.flatMap(({ value }) => [
    Math.floor(value) - 1,
    Math.floor(value),
    Math.floor(value) + 1,
  ]);
  return [1, 2, highest, ...edges, ...edges.map((edge) => edge + 1)].some(
    (count) => count >= 1 && count <= highest && holds(comparisons, count),
  );
}

export function holds(comparisons: readonly Comparison[], value: number): boolean {
  return comparisons.every(({ operator, value: wanted }) => {
    switch (operator) {
      case 'gt':
        return value > wanted;
      case 'gte':
        return value >= wanted;
      case 'lt':
        return value < wanted;
      case 'lte':
        return value <= wanted;
      case 'eq':
        return value === wanted;
      case 'neq':
        return value !== wanted;
    }
  });
}
