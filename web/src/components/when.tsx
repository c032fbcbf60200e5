/** A moment: short in place, exact on hover. */
import { useSyncExternalStore } from 'react';
import { age, exact, moment } from '../lib/time.ts';

const stepMs = 15_000;
let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of watchers) each();
  }, stepMs);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0 && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  };
}

/** The time of day for the page, moving in steps so that rows do not flicker one by one. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

interface Props {
  readonly at: string;
  /** `age` (26 m) or `moment` (14:07, or the date). */
  readonly as?: 'age' | 'moment';
}

export function When({ at, as = 'age' }: Props) {
  const here = useNow();
  const text = as === 'age' ? age(at, here) : moment(at, here);
  // Tabular figures widen the hyphens of a date.
  return (
    <time dateTime={at} title={exact(at)} className={text.includes('-') ? undefined : 'num'}>
      {text}
    </time>
  );
}
