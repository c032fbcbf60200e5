/** Text patterns: a value of a rule read into tokens, and the test that tokens mean. */

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
  if (value !== '' && !/[*?]|\\\\/.test(value)) return [{ kind: 'text', text: value }];
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
