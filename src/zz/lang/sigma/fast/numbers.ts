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

export class NumberIndex {
  readonly #byNumber = new Map<number, number[]>();
  readonly #byText = new Map<string, number[]>();

  constructor(parts: readonly NumberPart[]) {
    for (const { number, written, test } of parts) {
      if (number !== null) getOrAdd(this.#byNumber, number, () => []).push(test);
      getOrAdd(this.#byText, written, () => []).push(test);
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
