/** Which parsers leave values as the raw record has them, so that a rule can be looked for in raw text. */
import type { VerbatimParser } from '../lang/sigma/index.ts';

/**
 * A parser that is not here is read row by row: slower, and right. One that makes a value itself (from
 * hexadecimal, from several records, from a table) says here which field that is, or stays away.
 */
export const verbatimParsers: readonly VerbatimParser[] = [
  {
    name: 'windows-json',
    derivedFields: ['EventID', 'TimeCreated', 'Level', 'Keywords', 'EventType'],
    derivedWords: ['SetValue', 'RenameKey', 'CreatePipe', 'ConnectPipe'],
  },
];
