/** One thing that `import` and `sigma match` read. */
import type { Readable } from 'node:stream';

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
export const maxMembers = 100_000;
