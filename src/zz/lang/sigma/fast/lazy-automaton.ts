/** A regular expression as a deterministic automaton of which only the states that texts lead to are made. */
import { buildStates, type State } from '../automaton.ts';
import type { RegexFlags, RegexNode } from '../regex-syntax.ts';

/** States that are kept; beyond, all are made anew. Each then costs no more than a step of the plain automaton. */
const maxStates = 1_000;
/** Characters beyond ASCII whose class is kept. */
const maxCharacters = 10_000;

interface Step {
  /** Those of the plain automaton's states that take a character, in order. */
  readonly members: readonly number[];
  /** Class of the character → what follows; undefined until it is needed. */
  readonly next: (Step | undefined)[];
  readonly matches: boolean;
}

/** A test that finds the pattern anywhere in a text; null for patterns with assertions, which look around. */
export function lazyAutomaton(
  node: RegexNode,
  flags: RegexFlags,
  line: number,
): ((text: string) => boolean) | null {
  const { states, start } = buildStates(node, flags, line);
  if (states.some(({ kind }) => kind === 'assert')) return null;
  const automaton = new LazyAutomaton(states, start);
  return (text) => automaton.test(text);
}

class LazyAutomaton {
  readonly #states: readonly State[];
  readonly #start: number;
  readonly #classes: CharacterClasses;
  #steps = new Map<string, Step>();
  #first: Step;

  constructor(states: readonly State[], start: number) {
    this.#states = states;
    this.#start = start;
    this.#classes = new CharacterClasses(states);
    this.#first = this.#stepFrom([]);
  }

  test(text: string): boolean {
    const { length } = text;
    let step = this.#first;
    if (step.matches) return true;
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(at);
      let kind: number;
      if (unit < 0x80) kind = this.#classes.ascii[unit] as number;
      else {
        const point = text.codePointAt(at) ?? unit;
        if (point > 0xffff) at += 1;
        kind = this.#classes.of(point);
      }
      step = step.next[kind] ?? this.#follow(step, kind);
      if (step.matches) return true;
    }
    return false;
  }

  #follow(step: Step, kind: number): Step {
    const targets: number[] = [];
    for (const member of step.members) {
      const state = this.#states[member];
      if (state?.kind === 'set' && this.#classes.accepts(kind, state.accepts)) targets.push(state.next);
    }
    const next = this.#stepFrom(targets);
    step.next[kind] = next;
    return next;
  }

  /** A match may begin at every position, so the start is always among them. */
  #stepFrom(targets: readonly number[]): Step {
    const members = new Set<number>();
    const seen = new Set<number>();
    let matches = false;
    const open = [...targets, this.#start];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      const state = this.#states[index];
      if (state === undefined || seen.has(index)) continue;
      seen.add(index);
      if (state.kind === 'match') matches = true;
      else if (state.kind === 'set') members.add(index);
      else if (state.kind === 'split') open.push(...state.next);
    }
    return this.#known(
      [...members].sort((a, b) => a - b),
      matches,
    );
  }

  #known(members: readonly number[], matches: boolean): Step {
    const key = `${matches}${members.join()}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    // Steps lead to each other, so that they can only go all at once, the first one with them.
    if (this.#steps.size >= maxStates) this.#startOver();
    const step: Step = { members, next: [], matches };
    this.#steps.set(key, step);
    return step;
  }

  #startOver(): void {
    this.#steps = new Map();
    this.#first = { ...this.#first, next: [] };
  }
}

/** Characters that the same sets take are one kind: the automaton need not tell them apart. */
class CharacterClasses {
  /** Kind of each character of ASCII. */
  readonly ascii: Uint16Array;
  readonly #sets: readonly ((character: string) => boolean)[];
  readonly #kinds = new Map<string, number>();
  /** Kind → the sets that take it. */
  readonly #takenBy: ReadonlySet<(character: string) => boolean>[] = [];
  readonly #others = new Map<number, number>();

  constructor(states: readonly State[]) {
    this.#sets = [...new Set(states.flatMap((state) => (state.kind === 'set' ? [state.accepts] : [])))];
    this.ascii = Uint16Array.from({ length: 0x80 }, (_, code) => this.#kindOf(String.fromCharCode(code)));
  }

  /** For a code point beyond ASCII. */
  of(point: number): number {
    const known = this.#others.get(point);
    if (known !== undefined) return known;
    const kind = this.#kindOf(String.fromCodePoint(point));
    if (this.#others.size < maxCharacters) this.#others.set(point, kind);
    return kind;
  }

  #kindOf(character: string): number {
    const sets = this.#sets.filter((accepts) => accepts(character));
    const key = this.#sets.map((set) => (sets.includes(set) ? '1' : '0')).join('');
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const kind = this.#takenBy.push(new Set(sets)) - 1;
    this.#kinds.set(key, kind);
    return kind;
  }

  accepts(kind: number, set: (character: string) => boolean): boolean {
    return this.#takenBy[kind]?.has(set) === true;
  }
}
