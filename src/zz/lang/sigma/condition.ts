/** Conditions: `or` binds least, then `and`, `not`, `1/all of …`, parentheses (rules specification, "Condition"). */
import { RuleFault } from './fault.ts';
import { didYouMean } from './nearest.ts';
import { any, type Token } from './pattern.ts';
import { anyPattern, textPattern } from './text-test.ts';

export type Condition =
  | { readonly kind: 'selection'; readonly name: string }
  | { readonly kind: 'not'; readonly item: Condition }
  | { readonly kind: 'and'; readonly items: readonly Condition[] }
  | { readonly kind: 'or'; readonly items: readonly Condition[] };

const maxLength = 20_000;
const maxDepth = 100;

/** Reads a condition over the selections `names`. `1 of` becomes "or", `all of` becomes "and". */
export function readCondition(text: string, names: readonly string[], line: number): Condition {
  if (text.length > maxLength)
    throw new RuleFault(line, `the condition is longer than ${maxLength} characters`);
  const words = text.match(/[()]|[^\s()]+/g) ?? [];
  refuseSigma1(words, names, line);
  const reader = new Reader(words, names, line);
  return reader.read();
}

function refuseSigma1(words: readonly string[], names: readonly string[], line: number): void {
  const unknown = words.filter((word) => !names.includes(word));
  if (unknown.some((word) => word.includes('|'))) {
    throw new RuleFault(line, 'aggregations after a pipe belong to Sigma 1, correlation rules replace them');
  }
  if (unknown.some((word) => word.toLowerCase() === 'near')) {
    throw new RuleFault(line, 'near belongs to Sigma 1, correlation rules replace it');
  }
}

/** Holds the position in the words of one condition. */
class Reader {
  readonly #words: readonly string[];
  readonly #names: readonly string[];
  readonly #line: number;
  #at = 0;
  #depth = 0;

  constructor(words: readonly string[], names: readonly string[], line: number) {
    this.#words = words;
    this.#names = names;
    this.#line = line;
  }

  read(): Condition {
    const condition = this.#or();
    const rest = this.#words[this.#at];
    if (rest !== undefined) this.#fail(`${rest} is not expected here`);
    return condition;
  }

  #or(): Condition {
    const items = [this.#and()];
    while (this.#accept('or')) items.push(this.#and());
    return link('or', items);
  }

  #and(): Condition {
    const items = [this.#not()];
    while (this.#accept('and')) items.push(this.#not());
    return link('and', items);
  }

  #not(): Condition {
    let negations = 0;
    while (this.#accept('not')) negations += 1;
    const item = this.#primary();
    // "not not x" is x for matching, but nothing below a "not" explains a match.
    if (negations === 0) return item;
    const negated: Condition = { kind: 'not', item };
    return negations % 2 === 1 ? negated : { kind: 'not', item: negated };
  }

  #primary(): Condition {
    const word = this.#words[this.#at];
    if (word === undefined) return this.#fail('the condition ends too early');
    this.#at += 1;
    if (word === '(') return this.#parenthesis();
    if (word === ')' || isOperator(word)) return this.#fail(`${word} is not expected here`);
    if (this.#is('of')) {
      this.#at += 1;
      return this.#quantified(word);
    }
    if (!this.#names.includes(word)) {
      const hint = didYouMean(word, this.#names) ?? `the selections are ${this.#names.join(', ')}`;
      this.#fail(`the selection ${word} does not exist`, hint);
    }
    return { kind: 'selection', name: word };
  }

  #parenthesis(): Condition {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#fail('the parentheses are nested too deep');
    const inner = this.#or();
    if (this.#words[this.#at] !== ')') this.#fail('a ( has no ) after it');
    this.#at += 1;
    this.#depth -= 1;
    return inner;
  }

  #quantified(quantity: string): Condition {
    const wanted = quantity.toLowerCase();
    if (wanted !== '1' && wanted !== 'all') {
      this.#fail(`"${quantity} of" is not part of the specification, which knows "1 of" and "all of"`);
    }
    const pattern = this.#words[this.#at];
    if (pattern === undefined || pattern === '(' || pattern === ')') {
      return this.#fail(`"${quantity} of" needs "them" or the name of selections`);
    }
    this.#at += 1;
    const names = selectionsOf(pattern, this.#names);
    if (names.length === 0) this.#fail(`"${quantity} of ${pattern}" fits no selection`);
    return link(
      wanted === '1' ? 'or' : 'and',
      names.map((name) => ({ kind: 'selection', name })),
    );
  }

  #accept(operator: string): boolean {
    if (!this.#is(operator)) return false;
    this.#at += 1;
    return true;
  }

  #is(operator: string): boolean {
    return this.#words[this.#at]?.toLowerCase() === operator;
  }

  #fail(reason: string, hint?: string): never {
    throw new RuleFault(this.#line, `not a valid condition: ${reason}`, hint);
  }
}

function isOperator(word: string): boolean {
  return ['and', 'or', 'not', 'of'].includes(word.toLowerCase());
}

function link(kind: 'and' | 'or', items: readonly Condition[]): Condition {
  return items.length === 1 && items[0] !== undefined ? items[0] : { kind, items };
}

/**
 * The names that `them` or a pattern with `*` stands for. Names that begin with `_` are left out, as
 * the specification has it for `them` and, "same as", for patterns, unless the pattern begins with
 * `_` itself.
 */
function selectionsOf(pattern: string, names: readonly string[]): readonly string[] {
  const visible = pattern.startsWith('_') ? names : names.filter((name) => !name.startsWith('_'));
  if (pattern.toLowerCase() === 'them') return visible;
  const tokens = pattern.split('*').flatMap((text, index): readonly Token[] => {
    const literal: readonly Token[] = text === '' ? [] : [{ kind: 'text', text }];
    return index === 0 ? literal : [any, ...literal];
  });
  return visible.filter(anyPattern([textPattern(tokens, true)]));
}
