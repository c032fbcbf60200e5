/** A regular expression as states that advance side by side (Thompson): time grows with text × states, whatever the text. */
import { RuleFault } from './fault.ts';
import type { RegexFlags, RegexNode } from './regex-syntax.ts';

export type State =
  | { readonly kind: 'set'; readonly accepts: (character: string) => boolean; next: number }
  | { readonly kind: 'split'; readonly next: number[] }
  | { readonly kind: 'assert'; readonly holds: Assertion; next: number }
  | { readonly kind: 'match' };

type Assertion = (characters: readonly string[], at: number) => boolean;

const maxStates = 30_000;

/** A test that finds the pattern anywhere in a text. */
export function compileAutomaton(
  node: RegexNode,
  flags: RegexFlags,
  line: number,
): (text: string) => boolean {
  const { states, start } = buildStates(node, flags, line);
  return (text) => run(states, start, Array.from(text));
}

/** Sets that stand for the same characters share their `accepts`. */
export function buildStates(
  node: RegexNode,
  flags: RegexFlags,
  line: number,
): { readonly states: readonly State[]; readonly start: number } {
  const states: State[] = [{ kind: 'match' }];
  return { start: new Builder(states, flags, line).build(node, 0), states };
}

/** Refuses a pattern whose automaton would be too large, without building it. */
export function refuseLargeAutomaton(node: RegexNode, line: number): void {
  if (1 + countStates(node) > maxStates) throw tooLarge(line);
}

function countStates(node: RegexNode): number {
  switch (node.kind) {
    case 'set':
    case 'start':
    case 'end':
    case 'boundary':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + countStates(item), 0);
    case 'choice':
      return node.items.reduce((sum, item) => sum + countStates(item), 1);
    case 'repeat':
      break;
  }
  const item = countStates(node.item);
  const optional = node.max === Number.POSITIVE_INFINITY ? 1 : node.max - node.min;
  return node.min * item + optional * (item + 1);
}

function tooLarge(line: number): RuleFault {
  return new RuleFault(
    line,
    'not a supported regular expression: it is too large when its repeats are written out',
  );
}

/** Adds states back to front: each node is built knowing the state that follows it. */
class Builder {
  readonly #states: State[];
  readonly #flags: RegexFlags;
  readonly #line: number;
  readonly #isWord: RegExp;
  readonly #sets = new Map<string, (character: string) => boolean>();

  constructor(states: State[], flags: RegexFlags, line: number) {
    this.#states = states;
    this.#flags = flags;
    this.#line = line;
    this.#isWord = new RegExp('^\\w$', flags.insensitive ? 'iu' : 'u');
  }

  build(node: RegexNode, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.#push({ kind: 'set', accepts: this.#setTest(node.source), next });
      case 'start':
      case 'end':
      case 'boundary':
        return this.#push({ kind: 'assert', holds: this.#assertion(node), next });
      case 'sequence':
        return node.items.reduceRight((after, item) => this.build(item, after), next);
      case 'choice':
        return this.#push({ kind: 'split', next: node.items.map((item) => this.build(item, next)) });
      case 'repeat':
        break;
    }
    return this.#repeat(node, next);
  }

  #repeat(node: RegexNode & { kind: 'repeat' }, next: number): number {
    let entry = next;
    if (node.max === Number.POSITIVE_INFINITY) {
      const targets: number[] = [];
      entry = this.#push({ kind: 'split', next: targets });
      targets.push(this.build(node.item, entry), next);
    } else {
      for (let count = node.min; count < node.max; count += 1) {
        entry = this.#push({ kind: 'split', next: [this.build(node.item, entry), next] });
      }
    }
    for (let count = 0; count < node.min; count += 1) entry = this.build(node.item, entry);
    return entry;
  }

  #push(state: State): number {
    if (this.#states.length >= maxStates) throw tooLarge(this.#line);
    return this.#states.push(state) - 1;
  }

  #setTest(source: string): (character: string) => boolean {
    const known = this.#sets.get(source);
    if (known !== undefined) return known;
    const one = new RegExp(`^(?:${source})$`, this.#flags.insensitive ? 'iu' : 'u');
    const ascii = Array.from({ length: 128 }, (_, code) => one.test(String.fromCharCode(code)));
    const accepts = (character: string): boolean => ascii[character.charCodeAt(0)] ?? one.test(character);
    this.#sets.set(source, accepts);
    return accepts;
  }

  #assertion(node: RegexNode & { kind: 'start' | 'end' | 'boundary' }): Assertion {
    const multiline = this.#flags.multiline;
    if (node.kind === 'start') {
      return (characters, at) => at === 0 || (multiline && characters[at - 1] === '\n');
    }
    if (node.kind === 'end') {
      return (characters, at) =>
        at === characters.length || (characters[at] === '\n' && (multiline || at === characters.length - 1));
    }
    const isWord = (character: string | undefined): boolean =>
      character !== undefined && this.#isWord.test(character);
    return (characters, at) => (isWord(characters[at - 1]) !== isWord(characters[at])) !== node.negated;
  }
}

function run(states: readonly State[], start: number, characters: readonly string[]): boolean {
  /** `seen[s]` is the last position (plus one) at which state s was added. */
  const seen = new Uint32Array(states.length);
  let current: number[] = [];
  for (let at = 0; at <= characters.length; at += 1) {
    const next: number[] = [];
    // A match may begin at every position, so the start joins the states that are under way.
    if (add(states, start, characters, at, seen, current)) return true;
    const character = characters[at];
    if (character === undefined) return false;
    for (const index of current) {
      const state = states[index];
      if (state?.kind !== 'set' || !state.accepts(character)) continue;
      if (add(states, state.next, characters, at + 1, seen, next)) return true;
    }
    current = next;
  }
  return false;
}

/** Follows what takes no character; true when that reaches the match. */
function add(
  states: readonly State[],
  from: number,
  characters: readonly string[],
  at: number,
  seen: Uint32Array,
  list: number[],
): boolean {
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const state = states[index];
    if (state === undefined || seen[index] === at + 1) continue;
    seen[index] = at + 1;
    if (state.kind === 'match') return true;
    if (state.kind === 'set') list.push(index);
    else if (state.kind === 'split') for (const next of state.next) open.push(next);
    else if (state.holds(characters, at)) open.push(state.next);
  }
  return false;
}
