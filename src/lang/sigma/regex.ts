/** Matching of regular expressions in bounded time: the engine's own where its worst case is small, else states side by side. */
import { compileAutomaton } from './automaton.ts';
import { RuleFault } from './fault.ts';
import { type RegexFlags, type RegexNode, readRegex } from './regex-syntax.ts';

/** Steps that the backtracking engine may need at worst before the automaton takes over. */
const maxBacktracking = 2_000_000;

/** A test that finds the pattern anywhere in a text; `^` and `$` anchor it. */
export function regexTest(pattern: string, given: RegexFlags, line: number): (text: string) => boolean {
  const { node, flags } = readRegex(pattern, given, line);
  const native = nativeRegex(node, flags, line);
  const automaton = compileAutomaton(node, flags, line);
  return (text) => {
    const startingPoints = text.length + 1;
    return startingPoints * worstCase(node, text.length) <= maxBacktracking
      ? native.test(text)
      : automaton(text);
  };
}

/** The same pattern for ECMAScript. */
export function nativeRegex(node: RegexNode, flags: RegexFlags, line: number): RegExp {
  try {
    return new RegExp(sourceOf(node, flags), flags.insensitive ? 'iu' : 'u');
  } catch (thrown) {
    if (thrown instanceof SyntaxError)
      throw new RuleFault(line, `not a supported regular expression: ${thrown.message}`);
    throw thrown;
  }
}

function sourceOf(node: RegexNode, flags: RegexFlags): string {
  switch (node.kind) {
    case 'set':
      return node.source;
    case 'start':
      return flags.multiline ? '(?<![^\\n])' : '^';
    case 'end':
      // PCRE's `$` also stands before a line feed that ends the text.
      return flags.multiline ? '(?![^\\n])' : '(?=\\n?$)';
    case 'boundary':
      return node.negated ? '\\B' : '\\b';
    case 'sequence':
      return node.items
        .map((item) => (item.kind === 'choice' ? group(item, flags) : sourceOf(item, flags)))
        .join('');
    case 'choice':
      return node.items.map((item) => sourceOf(item, flags)).join('|');
    case 'repeat':
      break;
  }
  const max = node.max === Number.POSITIVE_INFINITY ? '' : String(node.max);
  return `${group(node.item, flags)}{${node.min},${max}}`;
}

function group(node: RegexNode, flags: RegexFlags): string {
  return `(?:${sourceOf(node, flags)})`;
}

/** An upper bound for the ways in which a backtracking engine can try a node on `length` characters. */
function worstCase(node: RegexNode, length: number): number {
  switch (node.kind) {
    case 'set':
    case 'start':
    case 'end':
    case 'boundary':
      return 1;
    case 'sequence':
      return node.items.reduce((ways, item) => ways * worstCase(item, length), 1);
    case 'choice':
      return node.items.reduce((ways, item) => ways + worstCase(item, length), 0);
    case 'repeat':
      break;
  }
  const ways = worstCase(node.item, length);
  const spans = Math.min(node.max - node.min, length) + 1;
  return ways === 1 ? spans : spans * ways ** Math.min(node.max, length);
}
