/** Numbers that a value may equal, as a number or as a text that writes it. */
import type { Found } from './found.ts';
import { getOrAdd } from './get-or-add.ts';

export interface NumberPart {
  /** Null: only the digits as written count. */
  readonly number: number | null;
  readonly written: string;
  readonly test: number;
}

const decimal = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;

export interface NumberData {
  /** NaN where only the digits as written count. */
  readonly numbers: Float64Array;
  readonly written: readonly string[];
  readonly tests: Int32Array;
}

export function numberData(parts: readonly NumberPart[]): NumberData {
  return {
    numbers: Float64Array.from(parts, ({ number }) => number ?? Number.NaN),
    written: parts.map(({ written }) => written),
    tests: Int32Array.from(parts, ({ test }) => test),
  };
}

export class NumberIndex {
  readonly #byNumber = new Map<number, number[]>();
  readonly #byText = new Map<string, number[]>();

  constructor({ numbers, written, tests }: NumberData) {
    for (const [at, text] of written.entries()) {
      const [number, test] = [numbers[at] as number, tests[at] as number];
      if (!Number.isNaN(number)) getOrAdd(this.#byNumber, number, () => []).push(test);
      getOrAdd(this.#byText, text, () => []).push(test);
    }
  }

  find(value: string | number | boolean, text: string, found: Found): void {
    for (const test of this.#byText.get(text) ?? []) found.add(test);
    const number = typeof value === 'number' ? value : typeof value === 'string' ? numberOf(value) : null;
    if (number !== null) for (const test of this.#byNumber.get(number) ?? []) found.add(test);
  }
}

function numberOf(text: string): number | null {
  return decimal.test(text) ? Number(text) : null;
}
