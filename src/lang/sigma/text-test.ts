/** Text patterns, compiled: the tests that tokens stand for. Every choice is made here, once, and none per event. */
import { fold } from './fold.ts';
import { onFirstUse } from './on-first-use.ts';
import type { Token } from './pattern.ts';
import { escapeRegex, segmentTest } from './segments.ts';

export type TextTest = (text: string) => boolean;

/** Where a plain text has to stand: without wildcards, or with `*` before it, after it or both. */
export type Place = 'whole' | 'start' | 'end' | 'inside';

/** One pattern. A `literal` is a mere comparison, so that those of a list can share a test. */
export type TextPattern =
  | { readonly kind: 'literal'; readonly place: Place; readonly text: string }
  | { readonly kind: 'test'; readonly fits: TextTest };

/** The whole text has to fit the tokens. Unless `cased`, the texts to test have to be folded. */
export function textPattern(tokens: readonly Token[], cased: boolean): TextPattern {
  const known = cased ? tokens : tokens.map(foldToken);
  const open = known.findIndex((token) => token.kind !== 'any');
  if (open === -1) return { kind: 'test', fits: known.length > 0 ? () => true : (text) => text === '' };
  const close = known.findLastIndex((token) => token.kind !== 'any') + 1;
  const only = known[open];
  if (only?.kind !== 'text' || close - open > 1) {
    return { kind: 'test', fits: onFirstUse(() => segmentTest(known)) };
  }
  return { kind: 'literal', place: placeOf(open > 0, close < known.length), text: only.text };
}

function foldToken(token: Token): Token {
  return token.kind === 'text' ? { kind: 'text', text: fold(token.text) } : token;
}

function placeOf(anyBefore: boolean, anyAfter: boolean): Place {
  if (anyBefore) return anyAfter ? 'inside' : 'end';
  return anyAfter ? 'start' : 'whole';
}

/** One of the patterns fits. */
export function anyPattern(patterns: readonly TextPattern[]): TextTest {
  const tests: TextTest[] = [];
  for (const place of ['end', 'start', 'whole', 'inside'] as const) {
    const texts = patterns.flatMap((pattern) =>
      pattern.kind === 'literal' && pattern.place === place ? [pattern.text] : [],
    );
    if (texts.length > 0) tests.push(literalTest(place, texts));
  }
  for (const pattern of patterns) if (pattern.kind === 'test') tests.push(pattern.fits);
  const [only, another] = tests;
  if (only !== undefined && another === undefined) return only;
  return (text) => {
    for (const test of tests) if (test(text)) return true;
    return false;
  };
}

function literalTest(place: Place, wanted: readonly string[]): TextTest {
  const [only = '', another] = wanted;
  switch (place) {
    case 'whole': {
      const set = new Set(wanted);
      return another === undefined ? (text) => text === only : (text) => set.has(text);
    }
    case 'start':
      return (text) => {
        for (const start of wanted) if (text.startsWith(start)) return true;
        return false;
      };
    case 'end':
      return endTest(wanted);
    case 'inside':
      break;
  }
  if (another === undefined) return (text) => text.includes(only);
  return insideTest(wanted);
}

/** One character tells most ends apart: that of `\\cmd.exe` has to be where the last `\\` of a path is. */
function endTest(wanted: readonly string[]): TextTest {
  const ends = wanted.map((end) => ({ end, length: end.length, first: end.charCodeAt(0) }));
  return (text) => {
    for (const { end, length, first } of ends) {
      if ((text.charCodeAt(text.length - length) === first || length === 0) && text.endsWith(end))
        return true;
    }
    return false;
  };
}

/** From about here on, the engine's search for alternatives is faster than one search for each. */
const manyParts = 6;
/** The engine refuses expressions that are too large. */
const tooManyCharacters = 20_000;

function insideTest(wanted: readonly string[]): TextTest {
  const source = wanted.map(escapeRegex).join('|');
  if (wanted.length >= manyParts && source.length <= tooManyCharacters) {
    // Code units, as with `includes`: no `u` flag.
    const parts = new RegExp(source);
    return (text) => parts.test(text);
  }
  return (text) => {
    for (const part of wanted) if (text.includes(part)) return true;
    return false;
  };
}
