/** How PostgreSQL values become JavaScript ones: numbers stay numbers, days stay text. */
import pg from 'pg';

const int8 = 20;
const date = 1082;

/** Throws when a bigint does not fit: a wrong position in a sequence must never look like a right one. */
export function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`bigint ${text} is beyond the safe integers`);
  return value;
}

/** Per connection, not global: other users of `pg` in the process keep theirs. */
export const typeParsers = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (format !== 'binary' && oid === int8) return safeInteger;
    if (format !== 'binary' && oid === date) return (value) => value;
    return pg.types.getTypeParser(oid, format ?? 'text') as (value: string) => unknown;
  },
};
