/** The parsers that say which of their values stand in raw: for searches by field and for rules in SQL. */
import type { VerbatimParser } from '../lang/sigma/index.ts';
import type { Parser } from '../plugins/define.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';

/**
 * Rows keep the name of the parser that wrote them, and are read by those of today: what only a fallback took may
 * be any other's now, so that nothing is said of a fallback's rows that does not hold for all.
 */
export function verbatimOf(all: readonly Parser[]): readonly VerbatimParser[] {
  const everyComputed: Record<string, 'any' | readonly string[]> = {};
  for (const [field, words] of all.flatMap(({ computed = {} }) => Object.entries(computed))) {
    const before = everyComputed[field];
    everyComputed[field] = before === 'any' || words === 'any' ? 'any' : [...(before ?? []), ...words];
  }
  const everyEscape = [...new Set(all.flatMap(({ escapes = [] }) => escapes))];
  return all.flatMap(({ name, computed, escapes = [], fallback }) => {
    if (computed === undefined) return [];
    return fallback === true
      ? [{ name, computed: everyComputed, escapes: everyEscape }]
      : [{ name, computed, escapes }];
  });
}

export const verbatimParsers: readonly VerbatimParser[] = verbatimOf(parsers);
