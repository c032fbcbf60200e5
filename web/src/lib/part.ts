/** Parts of the console that are loaded when they are wanted. */

/** It did not come: the service is away, or has another version of the console by now. */
export class NotLoaded extends Error {
  override readonly name = 'NotLoaded';
}

/** Tells a part that did not come from one that is broken. */
export function part<T>(load: () => Promise<T>): () => Promise<T> {
  return async () => {
    try {
      return await load();
    } catch (cause) {
      throw new NotLoaded('A part of the console did not come.', { cause });
    }
  };
}
