/** A field that stands in a column: what a pattern asks of the column's text, where it is plain. */
import { fold } from '../fold.ts';
import { matchesAnything, type Token } from '../pattern.ts';
import { escapeRegex } from '../segments.ts';
import { textPattern } from '../text-test.ts';
import type { Bounds } from './bounds.ts';
import { both, either, everything, negated, nothing, type SqlColumn, type SqlCondition } from './tree.ts';

const isAscii = (text: string): boolean => !/\P{ASCII}/u.test(text);

/** Of rows whose column is plain: those of which the text fits one of the patterns. */
export function columnFits(
  column: SqlColumn,
  patterns: readonly (readonly Token[])[],
  cased: boolean,
): SqlCondition {
  const texts = { whole: [], start: [], end: [], inside: [], pattern: [] } as Record<
    (SqlCondition & { kind: 'text' })['place'],
    string[]
  >;
  for (const tokens of patterns) {
    if (matchesAnything(tokens)) return everything;
    // A plain text is not empty, and has none of the characters beyond ASCII.
    if (tokens.length === 0 || !tokens.every((token) => canBePlain(token, cased))) continue;
    const made = textPattern(tokens, cased);
    if (made.kind === 'literal') texts[made.place].push(made.text);
    else texts.pattern.push(regexOf(tokens, cased));
  }
  return either(
    (['whole', 'start', 'end', 'inside', 'pattern'] as const)
      .filter((place) => texts[place].length > 0)
      .map((place) => ({ kind: 'text', column, place, cased, texts: [...new Set(texts[place])] })),
  );
}

function canBePlain(token: Token, cased: boolean): boolean {
  return token.kind !== 'text' || isAscii(cased ? token.text : fold(token.text));
}

/** For RE2. Of the dashes, ASCII has two. */
function regexOf(tokens: readonly Token[], cased: boolean): string {
  const parts = tokens.map((token) => {
    switch (token.kind) {
      case 'text':
        return escapeRegex(cased ? token.text : fold(token.text));
      case 'any':
        return '.*';
      case 'one':
        return '.';
      case 'dash':
        return '[/-]';
    }
  });
  return `(?s)\\A${parts.join('')}\\z`;
}

/** `fits`: of plain rows those that match. Of the others `rest` is what is known: a superset of those that match. */
export function decided(column: SqlColumn, fits: SqlCondition, rest: SqlCondition): Bounds {
  const plain: SqlCondition = { kind: 'plain', column };
  const certain = both([plain, fits]);
  return {
    certain,
    possible: either([certain, both([negated(plain), rest])]),
    impossible: both([plain, negated(fits)]),
    isSaid: true,
  };
}

/** Of what is so wherever there is a value at all, as the column then has one. */
export function ofPresence(column: SqlColumn, matches: boolean): Bounds {
  const present: SqlCondition = { kind: 'present', column };
  return matches
    ? { certain: present, possible: everything, impossible: nothing, isSaid: true }
    : { certain: nothing, possible: negated(present), impossible: present, isSaid: true };
}
