/** What an index can answer of a value. */
import type { Place } from '../text-test.ts';

/** A folded text and where in the folded value it has to stand. */
export interface LiteralTest {
  readonly kind: 'literal';
  readonly place: Place;
  readonly text: string;
}

/** A number equals itself and the texts that write it. */
export type IndexedTest =
  | LiteralTest
  /** `number` is null where only the digits as written can tell (beyond 2^53). */
  | { readonly kind: 'number'; readonly number: number | null; readonly written: string };
