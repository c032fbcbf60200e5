/** Cursors of pages: the key of the last row, opaque to who hands it back. */
import { AppError } from './errors.ts';

export function writeCursor(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key; its parts are the caller's to check. Throws `refusedCursor` for what is none. */
export function readCursor(cursor: string): readonly unknown[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (thrown) {
    throw refusedCursor(thrown);
  }
  if (!Array.isArray(key)) throw refusedCursor();
  return key;
}

export function refusedCursor(cause?: unknown): AppError {
  return new AppError(
    'E_BAD_REQUEST',
    'cursor: not one that this list gave; ask again without it',
    {},
    cause,
  );
}
