/** Matching of regular expressions in bounded time: the engine's own where its worst case is small, else states side by side. */
import { compileAutomaton, refuseLargeAutomaton } from './automaton.ts';
import { RuleFault } from './fault.ts';
import { type RegexFlags, type RegexNode, readRegex } from './regex-syntax.ts';

/** Steps that the backtracking engine may need at worst before the automaton takes over. */
const maxBacktracking = 2_000_000;

/** A test that finds the pattern anywhere in a text; `^` and `$` anchor it. */
export function regexTest(
  pattern: string,
  given: RegexFlags,
  line: number,
): (value: { readonly text: string; readonly folded: string }) => boolean {
  const { node, flags } = readRegex(pattern, given, line);
  const sought = withoutSlack(node);
  const native = nativeRegex(sought, flags, line);
  const longest = longestForNative(sought);
  const required = flags.insensitive ? requiredText(sought).toLowerCase() : requiredText(sought);
  refuseLargeAutomaton(node, line);
  let automaton: ((text: string) => boolean) | null = null;
  return ({ text, folded }) => {
    if (!(flags.insensitive ? folded : text).includes(required)) return false;
    if (text.length <= longest) return native.test(text);
    automaton ??= compileAutomaton(sought, flags, line);
    return automaton(text);
  };
}

/**
 * The longest text that every match holds, as far as the top of the tree shows it; most events end here.
 * ASCII alone: for it, `fold` and the engine's `i` agree on every character there is.
 */
function requiredText(node: RegexNode): string {
  let [longest, run] = ['', ''];
  for (const item of itemsOf(node)) {
    const character = item.kind === 'set' ? asciiOf(item.source) : null;
    run = character === null ? '' : run + character;
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

/** The items one after the other, those of plain groups among them. */
function itemsOf(node: RegexNode): readonly RegexNode[] {
  return node.kind === 'sequence' ? node.items.flatMap(itemsOf) : [node];
}

/** The character that a set stands for, when it is one of ASCII: `a`, `\.`, but not `\d` or `[a]`. */
function asciiOf(source: string): string | null {
  return (
    /^\\?([\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e])$|^([A-Za-z0-9])$/.exec(source)?.slice(1).find(Boolean) ??
    null
  );
}

/**
 * A pattern is sought anywhere, so that what its first and last repeats take beyond their minimum never
 * decides: `.*x+` is found where `x` is. Without them the backtracking engine has far less to try.
 */
export function withoutSlack(node: RegexNode): RegexNode {
  if (node.kind === 'repeat') return { ...node, max: node.min };
  if (node.kind !== 'sequence') return node;
  const last = node.items.length - 1;
  return {
    ...node,
    items: node.items.map((item, index) => (index === 0 || index === last ? withoutSlack(item) : item)),
  };
}

/** The greatest length of a text for which the backtracking engine keeps within `steps`; -1 for none. */
export function longestForNative(node: RegexNode, steps = maxBacktracking): number {
  let [fits, exceeds] = [-1, steps];
  while (exceeds - fits > 1) {
    const length = Math.floor((fits + exceeds) / 2);
    if ((length + 1) * worstCase(node, length) <= steps) fits = length;
    else exceeds = length;
  }
  return fits;
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
