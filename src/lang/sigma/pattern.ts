/** Text patterns: a value of a rule read into tokens, and the test that tokens mean. */
import { fold } from './fold.ts';

/** `any` is `*`, `one` is `?`, `dash` is one of the five characters of `windash`. */
export type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'dash' };

export const any: Token = { kind: 'any' };

/** Hyphen-minus, solidus, en dash, em dash, horizontal bar (modifiers appendix 2.1.0, `windash`). */
export const dashes = ['-', '/', '\u2013', '\u2014', '\u2015'] as const;
const dashSet: ReadonlySet<string> = new Set(dashes);

/**
 * Reads a value as written (rules specification, "Escaping"): a backslash before `*`, `?` or another
 * backslash takes that character as it is; before anything else it is a plain backslash.
 */
export function readPattern(value: string): readonly Token[] {
  const tokens: Token[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') tokens.push({ kind: 'text', text });
    text = '';
  };
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at);
    const next = value.charAt(at + 1);
    if (character === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next;
      at += 1;
    } else if (character === '*' || character === '?') {
      flush();
      tokens.push({ kind: character === '*' ? 'any' : 'one' });
    } else {
      text += character;
    }
  }
  flush();
  return tokens;
}

/** `windash`: each of the five characters becomes "any of the five". */
export function windash(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token): readonly Token[] => {
    if (token.kind !== 'text') return [token];
    return token.text
      .split(/([-/\u2013\u2014\u2015])/)
      .filter((part) => part !== '')
      .map((part) => (dashSet.has(part) ? { kind: 'dash' } : { kind: 'text', text: part }));
  });
}

/** Only wildcards `*`: any value at all. */
export function matchesAnything(tokens: readonly Token[]): boolean {
  return tokens.length > 0 && tokens.every((token) => token.kind === 'any');
}

/** What a text is held against: itself and its folded form. */
export interface TestText {
  readonly text: string;
  readonly folded: string;
}
export type TextTest = (value: TestText) => boolean;

/** The whole text has to fit the tokens. */
export function textTest(tokens: readonly Token[], cased: boolean): TextTest {
  const known = cased ? tokens : tokens.map(foldToken);
  const of = cased ? (value: TestText) => value.text : (value: TestText) => value.folded;
  const open = known.findIndex((token) => token.kind !== 'any');
  if (open === -1) return known.length > 0 ? () => true : (value) => value.text === '';
  const close = known.findLastIndex((token) => token.kind !== 'any') + 1;
  const middle = known.slice(open, close);
  const [only] = middle;
  if (middle.length !== 1 || only?.kind !== 'text') {
    const steps = known.flatMap(stepsOf);
    return (value) => fits(Array.from(of(value)), steps);
  }
  const text = only.text;
  if (open > 0 && close < known.length) return (value) => of(value).includes(text);
  if (open > 0) return (value) => of(value).endsWith(text);
  if (close < known.length) return (value) => of(value).startsWith(text);
  return (value) => of(value) === text;
}

function foldToken(token: Token): Token {
  return token.kind === 'text' ? { kind: 'text', text: fold(token.text) } : token;
}

type Step = Exclude<Token, { kind: 'text' }> | string;

function stepsOf(token: Token): readonly Step[] {
  return token.kind === 'text' ? Array.from(token.text) : [token];
}

/**
 * Greedy match with one point of return, the last `*`: every earlier `*` can keep its shortest match,
 * since what follows it up to the next `*` has been found already.
 */
function fits(characters: readonly string[], steps: readonly Step[]): boolean {
  let at = 0;
  let step = 0;
  let star = -1;
  let starAt = 0;
  while (at < characters.length) {
    const wanted = steps[step];
    if (wanted !== undefined && typeof wanted !== 'string' && wanted.kind === 'any') {
      star = step;
      starAt = at;
      step += 1;
    } else if (wanted !== undefined && fitsOne(characters[at] ?? '', wanted)) {
      at += 1;
      step += 1;
    } else if (star !== -1) {
      starAt += 1;
      at = starAt;
      step = star + 1;
    } else {
      return false;
    }
  }
  return steps.slice(step).every((rest) => typeof rest !== 'string' && rest.kind === 'any');
}

function fitsOne(character: string, wanted: Step): boolean {
  if (typeof wanted === 'string') return character === wanted;
  return wanted.kind === 'one' || (wanted.kind === 'dash' && dashSet.has(character));
}
