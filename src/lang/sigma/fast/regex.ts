/** A regular expression for yes or no: the plain test where it is quick, else an automaton that is made as it runs. */
import { longestForNative, regexTest, withoutSlack } from '../regex.ts';
import { type RegexFlags, readRegex } from '../regex-syntax.ts';
import { lazyAutomaton } from './lazy-automaton.ts';

export type RegexTest = (value: { readonly text: string; readonly folded: string }) => boolean;

/** Steps that the backtracking engine may need at worst before the automaton takes over: about 50 µs. */
const maxSteps = 20_000;

/** Throws a RuleFault where the plain test does. */
export function fastRegex(pattern: string, given: RegexFlags, line: number): RegexTest {
  const { node, flags } = readRegex(pattern, given, line);
  const plain = regexTest(pattern, given, line);
  const sought = withoutSlack(node);
  const longest = longestForNative(sought, maxSteps);
  let automaton: ((text: string) => boolean) | null | undefined;
  return (value) => {
    if (value.text.length <= longest) return plain(value);
    if (automaton === undefined) automaton = lazyAutomaton(sought, flags, line);
    return automaton === null ? plain(value) : automaton(value.text);
  };
}
