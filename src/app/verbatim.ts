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
  return all.flatMap(
    ({ name, version, computed, escapes = [], fallback, moreServices = [], columns = [], join }) => {
      if (computed === undefined) return [];
      if (fallback === true) {
        return [{ name, computed: everyComputed, escapes: everyEscape, moreServices }];
      }
      const declared = { name, computed, escapes, moreServices };
      // The row of a joined event tells of more records than its own.
      return join === undefined ? [{ ...declared, columns: { version, layouts: columns } }] : [declared];
    },
  );
}

export const verbatimParsers: readonly VerbatimParser[] = verbatimOf(parsers);
