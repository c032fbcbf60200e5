/** Patterns that no single comparison answers: texts with wildcards between them, `?`, and the dashes of `windash`. */
import { dashes, type Token } from './pattern.ts';

/**
 * Tokens between two `*` are a segment. Each is looked for after the one before: a shortest match never
 * takes what a later segment needs. The first and the last are bound to the ends of the text.
 */
export function segmentTest(tokens: readonly Token[]): (text: string) => boolean {
  const segments = splitAtAny(tokens);
  const [head = []] = segments;
  if (segments.length === 1) {
    const whole = new RegExp(`^${sourceOf(head)}$`, 'u');
    return (text) => whole.test(text);
  }
  const starts = headFinder(head);
  const middle = segments
    .slice(1, -1)
    .filter((segment) => segment.length > 0)
    .map(finder);
  const ends = tailTest(segments.at(-1) ?? []);
  return (text) => {
    let at = starts(text);
    for (const find of middle) {
      if (at === -1) return false;
      at = find(text, at);
    }
    return at !== -1 && ends(text, at);
  };
}

function splitAtAny(tokens: readonly Token[]): readonly (readonly Token[])[] {
  let segment: Token[] = [];
  const segments: Token[][] = [segment];
  for (const token of tokens) {
    if (token.kind === 'any') {
      segment = [];
      segments.push(segment);
    } else segment.push(token);
  }
  return segments;
}

/** The end of what the text begins with, or -1. */
function headFinder(segment: readonly Token[]): (text: string) => number {
  if (segment.length === 0) return () => 0;
  const start = new RegExp(`^${sourceOf(segment)}`, 'u');
  return (text) => start.exec(text)?.[0].length ?? -1;
}

/** The end of the first match at `from` or later, or -1. */
function finder(segment: readonly Token[]): (text: string, from: number) => number {
  const literal = plainText(segment);
  if (literal !== null) {
    return (text, from) => {
      const at = text.indexOf(literal, from);
      return at === -1 ? -1 : at + literal.length;
    };
  }
  const pattern = new RegExp(sourceOf(segment), 'gu');
  return (text, from) => {
    pattern.lastIndex = from;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };
}

function tailTest(segment: readonly Token[]): (text: string, from: number) => boolean {
  if (segment.length === 0) return () => true;
  const end = new RegExp(`${sourceOf(segment)}$`, 'gu');
  return (text, from) => {
    end.lastIndex = from;
    return end.test(text);
  };
}

/** Null where characters and code units are not the same thing: for `?`, and for half a surrogate pair. */
function plainText(segment: readonly Token[]): string | null {
  const texts = segment.flatMap((token) => (token.kind === 'text' ? [token.text] : []));
  const isPlain = texts.length === segment.length && !texts.some((text) => /\p{Surrogate}/u.test(text));
  return isPlain ? texts.join('') : null;
}

/** For ECMAScript under the `u` flag, where a character is a code point. It holds no repeats: nothing to backtrack into. */
function sourceOf(segment: readonly Token[]): string {
  return segment.map(tokenSource).join('');
}

function tokenSource(token: Token): string {
  switch (token.kind) {
    case 'text':
      return Array.from(token.text, characterSource).join('');
    case 'one':
      return '[^]';
    case 'dash':
      return `[${dashes.join('').replace('-', '\\-')}]`;
    case 'any':
      break;
  }
  throw new Error('a segment has no * in it');
}

function characterSource(character: string): string {
  if (/\p{Surrogate}/u.test(character)) return `\\u{${character.charCodeAt(0).toString(16)}}`;
  return escapeRegex(character);
}

/** For a regular expression that finds the text itself. */
export function escapeRegex(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|]/g, '\\$&');
}
