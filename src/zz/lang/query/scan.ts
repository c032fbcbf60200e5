/** Reads words, quoted texts and signs of a query; every fault names its place and a way out. */
import type { Pattern, Span } from './ast.ts';

/** Why a query can't be read. */
export interface QueryFault extends Span {
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/** Thrown inside the parser only; `parseQuery` makes a value of it. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly fault: QueryFault;

  constructor(start: number, end: number, message: string, hint: string) {
    super(message);
    this.fault = { start, end, message, hint };
  }
}

/** For colouring the query where it is typed. */
export interface QueryToken extends Span {
  readonly kind: 'field' | 'operator' | 'value' | 'sign';
}

/** A word or quoted text as it was read. */
export interface Word extends Span {
  readonly pattern: Pattern;
  readonly quoted: boolean;
  /** As written, for keywords and for what a hint repeats. */
  readonly written: string;
}

const blank = /\s/;
/** What ends a word; a colon does so only where a field's name may stand. */
const ends = new Set(['(', ')', '"', '<', '>']);
/** What a backslash takes its meaning from; before anything else it stands for itself. */
const escapable = /^[\\"*():<>,=!|&\s]$/;

export class Scanner {
  readonly text: string;
  readonly tokens: QueryToken[] = [];
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to the next character that is no blank; '' at the end. */
  peek(): string {
    while (this.at < this.text.length && blank.test(this.text.charAt(this.at))) this.at += 1;
    return this.text.charAt(this.at);
  }

  /** Takes one of the signs, the longest first. */
  sign(...signs: readonly string[]): string | null {
    this.peek();
    const found = signs.find((sign) => this.text.startsWith(sign, this.at));
    if (found === undefined) return null;
    this.mark('sign', this.at, this.at + found.length);
    this.at += found.length;
    return found;
  }

  /** Takes a keyword: that word alone, in any case. */
  keyword(...words: readonly string[]): string | null {
    this.peek();
    const written = /^[a-z]+(?=[\s()"]|$)/i.exec(this.text.slice(this.at, this.at + 8))?.[0].toLowerCase();
    if (written === undefined || !words.includes(written)) return null;
    // A field may have the name of a keyword only in quotes.
    this.mark('operator', this.at, this.at + written.length);
    this.at += written.length;
    return written;
  }

  mark(kind: QueryToken['kind'], start: number, end: number): void {
    this.tokens.push({ kind, start, end });
  }

  /** A word or quoted text; null where there is neither. */
  word(stop: { readonly colon: boolean; readonly comma: boolean }): Word | null {
    const first = this.peek();
    if (first === '"') return this.quoted();
    const start = this.at;
    const parts: string[] = [''];
    while (this.at < this.text.length) {
      const character = this.text.charAt(this.at);
      const over =
        blank.test(character) ||
        ends.has(character) ||
        (stop.colon && character === ':') ||
        (stop.comma && character === ',');
      if (over) break;
      const next = this.text.charAt(this.at + 1);
      if (character === '*') {
        if (parts.length < 2 || parts.at(-1) !== '') parts.push('');
      } else if (character === '\\' && escapable.test(next)) {
        parts.push(`${parts.pop() ?? ''}${next}`);
        this.at += 1;
      } else {
        parts.push(`${parts.pop() ?? ''}${character}`);
      }
      this.at += 1;
    }
    if (this.at === start) return null;
    const written = this.text.slice(start, this.at);
    return { pattern: { parts }, quoted: false, written, start, end: this.at };
  }

  private quoted(): Word {
    const start = this.at;
    let value = '';
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const character = this.text.charAt(this.at);
      const next = this.text.charAt(this.at + 1);
      if (character === '"') {
        this.at += 1;
        const written = this.text.slice(start, this.at);
        return { pattern: { parts: [value] }, quoted: true, written, start, end: this.at };
      }
      const escaped = character === '\\' && (next === '"' || next === '\\');
      if (escaped) this.at += 1;
      value += escaped ? next : character;
    }
    const hint = value.endsWith('"')
      ? 'Inside quotes a backslash before a quote belongs to the text: double a backslash that ends it.'
      : 'Close it with ".';
    throw new Fault(start, this.text.length, 'This quoted text does not end.', hint);
  }
}
