/** Parsers that leave values as the raw record has them, so that a value can be looked for in raw text. */
import { fold } from '../fold.ts';
import type { FieldColumn } from './tree.ts';

/** As a parser declares it (src/model/columns.ts): which fields a column holds, in rows of one kind. */
export interface ColumnLayout {
  readonly logsource: { readonly product: string; readonly service: string; readonly category: string };
  readonly channel: string;
  readonly codes: readonly string[];
  readonly fields: Readonly<Record<string, FieldColumn>>;
}

/** As a parser declares it (src/plugins/define.ts). A parser that is not among them is read row by row: slower, and right. */
export interface VerbatimParser {
  readonly name: string;
  /**
   * Fields whose values need not stand in raw, with the texts that they may hold besides numerals (`0x…` and dates
   * among them), or `any`.
   */
  readonly computed: Readonly<Record<string, 'any' | readonly string[]>>;
  /** Beginnings of its format's own escapes: a raw text that has one is a candidate. */
  readonly escapes: readonly string[];
  /** Services that its events may have besides that of their row, or `any`. */
  readonly moreServices?: 'any' | readonly string[];
  /** What the columns of its rows say, of those that this version wrote. Absent: nothing for certain. */
  readonly columns?: { readonly version: number; readonly layouts: readonly ColumnLayout[] };
}

/** Is the field computed, or a part of one, in any case? */
export function isComputed(field: string, { computed }: VerbatimParser): boolean {
  const name = fold(field);
  return Object.keys(computed).some((one) => name === fold(one) || name.startsWith(`${fold(one)}.`));
}

/** Of digits, `0x…` and ISO dates only. */
const numeral = /^[0-9a-ftxz:.+-]*$/;

/** May a computed value hold the text, so that a keyword finds it where raw does not have it? */
export function mayHold({ computed }: VerbatimParser, text: string): boolean {
  const folded = fold(text);
  if (numeral.test(folded)) return true;
  return Object.values(computed).some(
    (words) => words === 'any' || words.some((word) => fold(word).includes(folded)),
  );
}
