/** What a generator is: reads facts, returns one file's content, writes nothing. */
import { fileURLToPath } from 'node:url';

export type Generated =
  | { readonly kind: 'file'; readonly path: string; readonly content: string }
  /** The facts are not on this machine: the checked-in file stays as it is. */
  | { readonly kind: 'skipped'; readonly reason: string };

export interface Generator {
  readonly name: string;
  /** Throws when the facts are wrong (a parser without its near miss, say). */
  readonly generate: () => Generated | Promise<Generated>;
}

/** Root of the checkout, with a `/` at its end. Paths of generated files are relative to it. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
