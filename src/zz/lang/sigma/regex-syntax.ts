/** The regular expressions of Sigma (the PCRE subset of the modifiers appendix 2.1.0), read into a tree. */
import { RuleFault } from './fault.ts';

export type RegexNode =
  /** One character; `source` is a class or character of ECMAScript under the `u` flag. */
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'boundary'; readonly negated: boolean }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'choice'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'repeat'; readonly item: RegexNode; readonly min: number; readonly max: number };

export interface RegexFlags {
  readonly insensitive: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
}

const maxDepth = 100;
const maxRepeat = 10_000;

/**
 * Reads `pattern`; flags may also stand in front as `(?i)`, `(?im)`. Look-around, back-references,
 * atomic and named groups, possessive quantifiers and the rarer escapes are outside the
 * specification's subset and refuse the rule.
 */
export function readRegex(
  pattern: string,
  given: RegexFlags,
  line: number,
): { readonly node: RegexNode; readonly flags: RegexFlags } {
  const inline = /^(?:\(\?[ims]+\))+/.exec(pattern)?.[0] ?? '';
  const flags: RegexFlags = {
    insensitive: given.insensitive || inline.includes('i'),
    multiline: given.multiline || inline.includes('m'),
    dotAll: given.dotAll || inline.includes('s'),
  };
  const node = new Reader(pattern, inline.length, flags.dotAll, line).read();
  return { node, flags };
}

const controlEscapes = new Set(['n', 'r', 't', 'f']);
const classEscapes = new Set(['d', 'D', 'w', 'W', 's', 'S']);

/** Holds the position of one reading. */
class Reader {
  readonly #pattern: string;
  readonly #dot: string;
  readonly #line: number;
  #at: number;
  #depth = 0;

  constructor(pattern: string, at: number, dotAll: boolean, line: number) {
    this.#pattern = pattern;
    this.#at = at;
    this.#dot = dotAll ? '[^]' : '[^\\n]';
    this.#line = line;
  }

  read(): RegexNode {
    const node = this.#choice();
    if (this.#at < this.#pattern.length) this.#fail('a ) has no ( before it');
    return node;
  }

  #choice(): RegexNode {
    const items = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at += 1;
      items.push(this.#sequence());
    }
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'choice', items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (let next = this.#peek(); next !== '' && next !== '|' && next !== ')'; next = this.#peek()) {
      items.push(this.#quantified(this.#atom()));
    }
    return items.length === 1 && items[0] !== undefined ? items[0] : { kind: 'sequence', items };
  }

  #quantified(item: RegexNode): RegexNode {
    const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})/.exec(this.#rest());
    if (found === null) return item;
    this.#at += found[0].length;
    const after = this.#peek();
    if (after === '+') this.#fail('possessive quantifiers are not supported');
    // Laziness changes which match is found first, never whether there is one.
    if (after === '?') this.#at += 1;
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(this.#rest())) this.#fail('a quantifier follows a quantifier');
    const [min, max] = repeatRange(found);
    if (min > max) this.#fail(`the quantifier ${found[0]} has its numbers in the wrong order`);
    if (min > maxRepeat || (max !== Number.POSITIVE_INFINITY && max > maxRepeat)) {
      this.#fail(`the quantifier ${found[0]} is too large`);
    }
    return { kind: 'repeat', item, min, max };
  }

  #atom(): RegexNode {
    const character = this.#take();
    switch (character) {
      case '.':
        return { kind: 'set', source: this.#dot };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '(':
        return this.#group();
      case '[':
        return { kind: 'set', source: this.#class() };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        return this.#fail(`the quantifier ${character} has nothing before it`);
      default:
        return { kind: 'set', source: literal(character) };
    }
  }

  #group(): RegexNode {
    if (this.#rest().startsWith('?:')) this.#at += 2;
    else if (this.#peek() === '?' || this.#peek() === '*') {
      this.#fail('only plain groups (…) and (?:…) are supported; flags such as (?i) stand at the very start');
    }
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#fail('the groups are nested too deep');
    const node = this.#choice();
    if (this.#peek() !== ')') this.#fail('a ( has no ) after it');
    this.#at += 1;
    this.#depth -= 1;
    return node;
  }

  #escape(): RegexNode {
    const next = this.#peek();
    if (next === 'b' || next === 'B') {
      this.#at += 1;
      return { kind: 'boundary', negated: next === 'B' };
    }
    return { kind: 'set', source: this.#escapedSet() };
  }

  /** After the backslash, in and out of a class. */
  #escapedSet(): string {
    const character = this.#take();
    if (character === '') this.#fail('the pattern ends with a backslash');
    if (controlEscapes.has(character) || classEscapes.has(character)) return `\\${character}`;
    if (character === 'x') return this.#hexadecimal();
    if (/[0-9]/.test(character)) this.#fail(`\\${character} (a back-reference) is not supported`);
    if (/[A-Za-z]/.test(character)) this.#fail(`\\${character} is not supported`);
    return literal(character);
  }

  #hexadecimal(): string {
    const found = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(this.#rest());
    const code = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
    if (found === null || code > 0x10ffff) this.#fail('\\x needs two hexadecimal digits or {…}');
    this.#at += found[0].length;
    return `\\u{${code.toString(16)}}`;
  }

  #class(): string {
    let source = '[';
    if (this.#peek() === '^') source += this.#take();
    let first = true;
    let previousIsSet = false;
    for (;;) {
      if (/^\[[:.=]/.test(this.#rest())) this.#fail('POSIX classes such as [:alpha:] are not supported');
      const character = this.#take();
      if (character === '') this.#fail('a [ has no ] after it');
      if (character === ']' && !first) return `${source}]`;
      first = false;
      const member = character === '\\' ? this.#classEscape() : character;
      if (member === '-' && this.#isPlainHyphen(previousIsSet)) source += '\\-';
      else source += member.startsWith('\\') || member === '-' ? member : classLiteral(member);
      previousIsSet = /^\\[dDwWsS]$/.test(member);
    }
  }

  #classEscape(): string {
    if (this.#peek() === 'b') {
      this.#at += 1;
      return '\\x08';
    }
    const source = this.#escapedSet();
    return source === '-' ? '\\-' : source;
  }

  /** `[\w-.]`, `[a-\d]`: PCRE takes such a hyphen as itself, ECMAScript refuses it. */
  #isPlainHyphen(previousIsSet: boolean): boolean {
    return previousIsSet || /^\\[dDwWsS]/.test(this.#rest());
  }

  #peek(): string {
    const code = this.#pattern.codePointAt(this.#at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  #take(): string {
    const character = this.#peek();
    this.#at += character.length;
    return character;
  }

  #rest(): string {
    return this.#pattern.slice(this.#at, this.#at + 24);
  }

  #fail(reason: string): never {
    throw new RuleFault(this.#line, `not a supported regular expression: ${reason}`);
  }
}

function repeatRange(found: RegExpExecArray): readonly [number, number] {
  if (found[0] === '*') return [0, Number.POSITIVE_INFINITY];
  if (found[0] === '+') return [1, Number.POSITIVE_INFINITY];
  if (found[0] === '?') return [0, 1];
  const min = Number(found[1]);
  if (found[2] === undefined) return [min, min];
  return [min, found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3])];
}

function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function classLiteral(character: string): string {
  return /[\^\\[\]]/.test(character) ? `\\${character}` : character;
}
