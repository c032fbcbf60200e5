/** What is known about one value of a field: read, folded and searched once, for as long as it is remembered. */
import { fold } from '../fold.ts';
import type { Leaf } from '../view.ts';

export const nothingFound: readonly number[] = [];

export class Facts implements Leaf {
  readonly value: unknown;
  readonly hasText: boolean;
  readonly text: string;
  readonly folded: string;
  /** Indexed predicates that hold on it. */
  readonly predicates: readonly number[];
  /** Rules for which one of these predicates is a witness. */
  readonly rules: readonly number[];
  /** It is kept for events to come, and with it what is found out later. */
  readonly isRemembered: boolean;
  /** Outcomes of lazy predicates, by their number among those of the field. Made when there is one to keep. */
  lazy: Map<number, boolean> | null = null;

  constructor(
    value: unknown,
    hasText: boolean,
    text: string,
    folded: string,
    predicates: readonly number[],
    rules: readonly number[],
    isRemembered = false,
  ) {
    this.value = value;
    this.hasText = hasText;
    this.text = text;
    this.folded = folded;
    this.predicates = predicates;
    this.rules = rules;
    this.isRemembered = isRemembered;
  }
}

/** A value without text: null, or an object. */
export function factsWithoutText(value: unknown): Facts {
  return new Facts(value, false, '', '', nothingFound, nothingFound);
}

/** A value that no index asks for. */
export function plainFacts(value: string | number | boolean): Facts {
  const text = String(value);
  return new Facts(value, true, text, fold(text), nothingFound, nothingFound);
}
