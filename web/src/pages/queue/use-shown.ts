/** What the drawer shows: here at once, in the address when the keys rest, which a held key would else outrun. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

/** Longer than the pause of a key that is held down. */
const restMs = 180;

export interface Shown {
  readonly key: string | null;
  /** It follows another one within the pause of a held key: nothing is worth asking the service for. */
  readonly passing: boolean;
  readonly show: (key: string) => void;
  /** Writes what still waits, before another page is opened. */
  readonly settle: () => void;
  /** Forgets what still waits: the address is about to be written otherwise, without one. */
  readonly drop: () => void;
}

interface Address {
  readonly row: string | null;
  readonly write: (key: string) => void;
  /** Something else changed it: the way back, a link, a view. */
  readonly onLed: (row: string) => void;
}

export function useShown({ row, write, onLed }: Address): Shown {
  const [{ key, passing }, set] = useState({ key: row, passing: false });
  const waiting = useRef<{ readonly timer: ReturnType<typeof setTimeout>; readonly key: string }>(null);
  const written = useRef(row);
  const latest = useRef({ write, onLed });
  useEffect(() => {
    latest.current = { write, onLed };
  });
  useEffect(() => {
    if (waiting.current !== null || row === written.current) return;
    written.current = row;
    set({ key: row, passing: false });
    if (row !== null) latest.current.onLed(row);
  }, [row]);
  const stop = useCallback(() => {
    const due = waiting.current;
    if (due !== null) clearTimeout(due.timer);
    waiting.current = null;
    return due;
  }, []);
  const settle = useCallback(() => {
    const due = stop();
    if (due === null) return;
    written.current = due.key;
    set({ key: due.key, passing: false });
    latest.current.write(due.key);
  }, [stop]);
  const show = useCallback(
    (next: string) => {
      const before = stop();
      waiting.current = { key: next, timer: setTimeout(settle, restMs) };
      set({ key: next, passing: before !== null });
    },
    [stop, settle],
  );
  const drop = useCallback(() => {
    stop();
    written.current = null;
    set({ key: null, passing: false });
  }, [stop]);
  useEffect(() => () => void stop(), [stop]);
  return useMemo(() => ({ key, passing, show, settle, drop }), [key, passing, show, settle, drop]);
}
