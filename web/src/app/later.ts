/** A part of the console that is loaded right after the first view, before anybody can ask for it. */
import { use } from 'react';
import { part } from '../lib/part.ts';

interface Later<T> {
  readonly start: () => void;
  /** Within a component: suspends only where it is asked for before it came; then it is there in the same frame. */
  readonly read: () => T;
}

export function later<T>(load: () => Promise<T>): Later<T> {
  let loaded: T | null = null;
  let loading: Promise<T> | null = null;
  const reading = (): Promise<T> => {
    loading ??= part(load)().then(
      (part) => {
        loaded = part;
        return part;
      },
      (error: unknown) => {
        // Whoever asks next tries again.
        loading = null;
        throw error;
      },
    );
    return loading;
  };
  return {
    // That it failed is told to whoever asks for it.
    start: () => void reading().catch(() => null),
    read: () => loaded ?? use(reading()),
  };
}
