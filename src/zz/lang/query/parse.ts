/** Text → syntax tree, or the one place where it can't be read. Never throws. */
import { err, ok, type Result } from '../../base/result.ts';
import { type Comparison, comparisons, group, type QueryNode, type Span } from './ast.ts';
import { fieldName, refuseDrive, refuseForeign } from './refuse.ts';
import { Fault, type QueryFault, type QueryToken, Scanner, type Word } from './scan.ts';
import { compareNode, isNode, textNode } from './values.ts';

const maxLength = 10_000;
const maxDepth = 100;
const maxLeaves = 1_000;

/** An empty text means every event. */
export function parseQuery(text: string): Result<QueryNode, QueryFault> {
  return readQuery(text).result;
}

/** The tree and what is needed to colour the text, as far as it could be read. */
export function readQuery(text: string): {
  readonly result: Result<QueryNode, QueryFault>;
  readonly tokens: readonly QueryToken[];
} {
  const scanner = new Scanner(text.slice(0, maxLength + 1).toWellFormed());
  try {
    return { result: ok(new Parser(scanner).query()), tokens: scanner.tokens };
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    return { result: err(thrown.fault), tokens: scanner.tokens };
  }
}

class Parser {
  private readonly scan: Scanner;
  private depth = 0;
  private leaves = 0;

  constructor(scan: Scanner) {
    this.scan = scan;
  }

  query(): QueryNode {
    const { text } = this.scan;
    if (text.length > maxLength) {
      throw new Fault(
        maxLength,
        text.length,
        'This query is too long.',
        `Up to ${maxLength} characters are read.`,
      );
    }
    const nul = text.indexOf('\0');
    if (nul !== -1)
      throw new Fault(nul, nul + 1, 'A query holds no NUL character.', 'Search for the text around it.');
    if (this.scan.peek() === '') return { kind: 'all', span: { start: 0, end: text.length } };
    const node = this.or();
    const rest = this.scan.peek();
    if (rest === ')')
      throw this.here('This parenthesis was never opened.', 'Take it away, or quote it: ")".');
    if (rest !== '') throw this.unexpected();
    return node;
  }

  private or(): QueryNode {
    const nodes = [this.and()];
    while (this.scan.keyword('or') !== null) nodes.push(this.and());
    return group('or', nodes);
  }

  private and(): QueryNode {
    const nodes = [this.not()];
    for (;;) {
      if (this.scan.keyword('and') !== null) nodes.push(this.not());
      else if (this.textFollowsText(nodes.at(-1))) nodes.push(this.not());
      else return group('and', nodes);
    }
  }

  /** Words beside each other must all occur; after anything else a word is more likely a forgotten operator. */
  private textFollowsText(last: QueryNode | undefined): boolean {
    if (last?.kind !== 'text') return false;
    const next = this.scan.peek();
    if (next === '' || next === ')' || next === '(' || next === '<' || next === '>') return false;
    const { at } = this.scan;
    const keyword = this.scan.keyword('or', 'not', 'in');
    if (keyword !== null) {
      this.scan.at = at;
      this.scan.tokens.pop();
    }
    return keyword === null;
  }

  private not(): QueryNode {
    this.scan.peek();
    const start = this.scan.at;
    if (this.scan.keyword('not') === null) return this.primary();
    return this.nested(start, () => {
      const node = this.not();
      return { kind: 'not', node, span: { start, end: this.scan.at } };
    });
  }

  /** Depth is limited, so that no text can exhaust the stack here or wherever the tree is walked. */
  private nested<T>(start: number, read: () => T): T {
    this.depth += 1;
    if (this.depth > maxDepth) {
      throw new Fault(
        start,
        start + 1,
        'This query is nested too deeply.',
        `Up to ${maxDepth} levels are read.`,
      );
    }
    const value = read();
    this.depth -= 1;
    return value;
  }

  private primary(): QueryNode {
    this.scan.peek();
    const start = this.scan.at;
    if (this.scan.sign('(') !== null) {
      return this.nested(start, () => {
        const node = this.or();
        this.close(start);
        return node;
      });
    }
    const word = this.scan.word({ colon: true, comma: false });
    if (word === null) throw this.missing();
    return this.afterWord(word);
  }

  private close(start: number): void {
    if (this.scan.sign(')') !== null) return;
    if (this.scan.peek() !== '') throw this.unexpected();
    throw new Fault(start, start + 1, 'This parenthesis is not closed.', 'Add ) where the group ends.');
  }

  /** A word is a field's name when a colon, a comparison or `in (` follows; else it is text. */
  private afterWord(word: Word): QueryNode {
    this.leaf(word);
    const colonFollows = this.scan.peek() === ':';
    if (colonFollows || /^[<>]/.test(this.scan.peek())) {
      const field = fieldName(word);
      this.scan.mark('field', word.start, word.end);
      if (this.scan.sign(':') !== null) return this.fieldValues(word, field);
      const op = this.scan.sign(...comparisons) as Comparison;
      return this.comparison(word, field, op);
    }
    if (this.inFollows()) {
      const field = fieldName(word);
      this.scan.mark('field', word.start, word.end);
      this.scan.keyword('in');
      return this.list(word, field);
    }
    refuseForeign(word, this.scan.text);
    this.scan.mark('value', word.start, word.end);
    return textNode(word);
  }

  private inFollows(): boolean {
    return /^in\s*\(/i.test(this.scan.text.slice(this.scan.at));
  }

  private comparison(word: Word, field: string, op: Comparison): QueryNode {
    this.scan.peek();
    if (this.scan.sign('=') !== null)
      throw this.here(`There is no ${op}= here.`, 'Comparisons are > >= < <=.');
    const value = this.scan.word({ colon: false, comma: false });
    if (value === null) throw this.missing();
    this.scan.mark('value', value.start, value.end);
    return compareNode(field, op, value, { start: word.start, end: value.end });
  }

  private fieldValues(word: Word, field: string): QueryNode {
    this.scan.peek();
    const start = this.scan.at;
    if (this.scan.sign('(') !== null) {
      return this.nested(start, () => {
        const node = this.valueOr(field);
        this.close(start);
        return node;
      });
    }
    const value = this.value(false);
    refuseDrive(word, value);
    return isNode(field, [value], { start: word.start, end: value.end });
  }

  /** `field: (a or b)`: like a query, but what stands in it are values of the one field. */
  private valueOr(field: string): QueryNode {
    this.scan.peek();
    const { at: start } = this.scan;
    const words: Word[] = [];
    const nodes: QueryNode[] = [];
    do {
      const node = this.valueAnd(field, words);
      if (node !== null) nodes.push(node);
    } while (this.scan.keyword('or') !== null);
    const span: Span = { start, end: this.scan.at };
    // Alternatives that are plain values are one node.
    return words.length === 0 ? group('or', nodes) : group('or', [isNode(field, words, span), ...nodes]);
  }

  /** Null when it was one plain value, which is then in `plain`. */
  private valueAnd(field: string, plain: Word[]): QueryNode | null {
    const first = this.valueNot(field);
    if (this.scan.keyword('and') === null) {
      if ('written' in first) {
        plain.push(first);
        return null;
      }
      return first;
    }
    const nodes = [first];
    do nodes.push(this.valueNot(field));
    while (this.scan.keyword('and') !== null);
    return group(
      'and',
      nodes.map((one) => ('written' in one ? isNode(field, [one], { start: one.start, end: one.end }) : one)),
    );
  }

  private valueNot(field: string): Word | QueryNode {
    this.scan.peek();
    const start = this.scan.at;
    if (this.scan.keyword('not') !== null) {
      return this.nested(start, () => {
        const inner = this.valueNot(field);
        const node =
          'written' in inner ? isNode(field, [inner], { start: inner.start, end: inner.end }) : inner;
        return { kind: 'not', node, span: { start, end: this.scan.at } };
      });
    }
    if (this.scan.sign('(') !== null) {
      return this.nested(start, () => {
        const node = this.valueOr(field);
        this.close(start);
        return node;
      });
    }
    this.leaf({ start, end: start + 1 });
    return this.value(false);
  }

  private list(word: Word, field: string): QueryNode {
    const open = this.scan.at;
    this.scan.sign('(');
    const values: Word[] = [];
    do {
      const value = this.value(true);
      this.leaf(value);
      values.push(value);
    } while (this.scan.sign(',') !== null);
    if (this.scan.peek() !== ')' && this.scan.peek() !== '') {
      throw this.here(
        'A comma or ) is expected here.',
        'Values of a list are separated by commas: in (a, b).',
      );
    }
    this.close(open);
    return isNode(field, values, { start: word.start, end: this.scan.at });
  }

  private value(comma: boolean): Word {
    this.scan.peek();
    const { at } = this.scan;
    const keyword = this.scan.keyword('and', 'or', 'not');
    if (keyword !== null) {
      throw new Fault(
        at,
        at + keyword.length,
        'A value is expected here.',
        `To search for the word, quote it: "${keyword}".`,
      );
    }
    const word = this.scan.word({ colon: false, comma });
    if (word === null) throw this.missing();
    this.scan.mark('value', word.start, word.end);
    return word;
  }

  private leaf({ start, end }: Span): void {
    this.leaves += 1;
    if (this.leaves > maxLeaves) {
      throw new Fault(start, end, 'This query has too many parts.', `Up to ${maxLeaves} are read.`);
    }
  }

  private here(message: string, hint: string): Fault {
    return new Fault(this.scan.at, this.scan.at + 1, message, hint);
  }

  /** Something must follow, and does not. */
  private missing(): Fault {
    const next = this.scan.peek();
    if (next === '')
      return this.here('Something is missing at the end.', 'A value or a condition is expected here.');
    if (next === ')')
      return this.here(
        'Something is missing before this parenthesis.',
        'An empty group matches nothing; take it away.',
      );
    return this.here(
      `${next} has no field before it.`,
      'Write FIELD: VALUE or FIELD >= NUMBER; quote signs that you search for.',
    );
  }

  /** Something follows that does not fit. */
  private unexpected(): Fault {
    const start = this.scan.at;
    const rest = /^[^\s()]+|^[()]/.exec(this.scan.text.slice(start))?.[0] ?? '';
    return new Fault(
      start,
      start + rest.length,
      'An operator is missing before this.',
      'Join conditions with and, or; a value with blanks stands in quotes: FIELD: "two words".',
    );
  }
}
