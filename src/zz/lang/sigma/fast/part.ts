/** A text that may stand anywhere in a value. */
export interface Part {
  readonly text: string;
  /** What is reported. */
  readonly test: number;
}
