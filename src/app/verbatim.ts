/** The parsers that say which of their values stand in raw: for searches by field and for rules in SQL. */
import type { VerbatimParser } from '../lang/sigma/index.ts';
import { parsers } from '../plugins/parsers/index.generated.ts';

export const verbatimParsers: readonly VerbatimParser[] = parsers.flatMap(
  ({ name, computed, escapes = [] }) => (computed === undefined ? [] : [{ name, computed, escapes }]),
);
