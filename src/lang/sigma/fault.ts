/** What is wrong with a rule: thrown inside this module, handed out as a `Refusal`. */

/** One document that is not evaluated, and why. */
export interface Refusal {
  readonly file: string;
  /** Line in the file, from 1: where the trouble is, or where the document starts. */
  readonly line: number;
  readonly id: string | null;
  readonly title: string | null;
  readonly reason: string;
}

/** Internal: never leaves `parseSigma`, `compileRule` or `parseMappings`. */
export class RuleFault extends Error {
  override readonly name = 'RuleFault';
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}
