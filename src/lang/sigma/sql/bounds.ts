/** What is known of a part of a rule: rows that may match, rows that do, and rows that do not. */
import { both, either, everything, negated, nothing, type SqlCondition } from './tree.ts';

/** Each may leave out what is hard to say: a row can be possible, and neither certain nor impossible. */
export interface Bounds {
  /** Every row that matches, and others. */
  readonly possible: SqlCondition;
  /** Only rows that match. */
  readonly certain: SqlCondition;
  /** Only rows that do not match; mostly less than what is not possible, and then cheaper to find. */
  readonly impossible: SqlCondition;
  /** The columns decide it, of a row whose columns say all. */
  readonly isSaid: boolean;
}

export const always: Bounds = {
  possible: everything,
  certain: everything,
  impossible: nothing,
  isSaid: true,
};
export const never: Bounds = {
  possible: nothing,
  certain: nothing,
  impossible: everything,
  isSaid: true,
};

/** Of what has a superset alone. */
export function unsaid(possible: SqlCondition): Bounds {
  return { possible, certain: nothing, impossible: negated(possible), isSaid: false };
}

export function allOf(parts: readonly Bounds[]): Bounds {
  return {
    possible: both(parts.map(({ possible }) => possible)),
    certain: both(parts.map(({ certain }) => certain)),
    impossible: either(parts.map(({ impossible }) => impossible)),
    isSaid: parts.some(isNever) || parts.every(({ isSaid }) => isSaid),
  };
}

export function oneOf(parts: readonly Bounds[]): Bounds {
  return {
    possible: either(parts.map(({ possible }) => possible)),
    certain: either(parts.map(({ certain }) => certain)),
    impossible: both(parts.map(({ impossible }) => impossible)),
    isSaid: parts.some(isAlways) || parts.every(({ isSaid }) => isSaid),
  };
}

/** The negation of a superset is a subset, and the other way round. */
export function negationOf({ certain, impossible, isSaid }: Bounds): Bounds {
  return { possible: negated(certain), certain: impossible, impossible: certain, isSaid };
}

export function isNever({ possible }: Bounds): boolean {
  return possible.kind === 'none';
}

function isAlways({ certain }: Bounds): boolean {
  return certain.kind === 'all';
}
