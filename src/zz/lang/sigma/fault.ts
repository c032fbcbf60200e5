/** What is wrong with a rule: thrown inside this module, handed out as a `Refusal`. */

/** One document that is not evaluated, and why. */
export interface Refusal {
  readonly file: string;
  /** Line in the file, from 1: where the trouble is, or where the document starts. */
  readonly line: number;
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

  constructor(line: number, reason: string, hint?: string) {
    super(reason);
    this.line = line;
    this.hint = hint;
  }
}

/** The refusal that a fault means for a document. */
export function refusalOf(fault: RuleFault, of: Pick<Refusal, 'file' | 'id' | 'title'>): Refusal {
  const { file, id, title } = of;
  const refusal = { file, line: fault.line, id, title, reason: fault.message };
  return fault.hint === undefined ? refusal : { ...refusal, hint: fault.hint };
}
