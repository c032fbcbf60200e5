/** What is wrong with a rule: thrown inside this module, handed out as a `Refusal`. */

/** One document that is not evaluated, and why. */
export interface Refusal {
  readonly file: string;
  /** Line in the file, from 1: where the trouble is, or where the document starts. */
  readonly line: number;
  /** From 1, where the text itself is what is wrong. */
  readonly column?: number;
  readonly id: string | null;
  readonly title: string | null;
  readonly reason: string;
  /** What to do about it, where more can be said than the reason says. */
  readonly hint?: string;
}

/** Internal: never leaves `parseSigma`, `compileRule` or `parseMappings`. */
export class RuleFault extends Error {
  override readonly name = 'RuleFault';
  readonly line: number;
  readonly hint: string | undefined;
  readonly column: number | undefined;

  constructor(line: number, reason: string, hint?: string, column?: number) {
    super(reason);
    this.line = line;
    this.hint = hint;
    this.column = column;
  }
}

/** The refusal that a fault means for a document. */
export function refusalOf(fault: RuleFault, of: Pick<Refusal, 'file' | 'id' | 'title'>): Refusal {
  const { file, id, title } = of;
  const { line, hint, column } = fault;
  return {
    file,
    line,
    ...(column === undefined ? {} : { column }),
    id,
    title,
    reason: fault.message,
    ...(hint === undefined ? {} : { hint }),
  };
}
