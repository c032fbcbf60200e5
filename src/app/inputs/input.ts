/** One thing that `import` and `sigma match` read. */
import type { Readable } from 'node:stream';
import { AppError, messageOf } from '../../base/errors.ts';

/** One stream of records. */
export interface Input {
  /** As the person named it; a member of an archive as `archive.zip/member`. */
  readonly label: string;
  /** Base name, for the records' context. */
  readonly name: string;
  /** Bytes to be read; null when that is not known. */
  readonly size: number | null;
  /** Null when that is not known. */
  readonly modifiedAt: Date | null;
  open(): Promise<Readable>;
}

/** What could not be read at all; the others are read. */
export interface Missing {
  readonly label: string;
  readonly error: unknown;
}

/** For what takes long to list. */
export interface Listing {
  /** Ends it with what was found until then. */
  readonly signal?: AbortSignal;
  /** Told of an archive that has to be read to know what is in it. */
  readonly onArchive?: (path: string) => void;
}

/** As for gzip: a member that expands more is no log. */
export const maxRatio = 200;
const maxMembers = 100_000;

/** `count`: members before this one. Throws an AppError where an archive has more than are read. */
export function checkMembers(count: number): void {
  if (count >= maxMembers)
    throw new AppError('E_BAD_REQUEST', `has more than ${maxMembers} files; unpack it and import the folder`);
}

/** What was thrown if it is an AppError, else one that says `what` and why. */
export function asRefusal(thrown: unknown, what: string): AppError {
  return thrown instanceof AppError
    ? thrown
    : new AppError('E_BAD_REQUEST', `${what}: ${messageOf(thrown)}`, {}, thrown);
}

/** The bytes of an opened input. Aborting ends them at once: a pipe on which nothing comes would be waited for. */
export async function* bytesOf(
  file: Readable,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const stop = (): void => void file.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      onBytes(chunk.length);
      yield chunk;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
