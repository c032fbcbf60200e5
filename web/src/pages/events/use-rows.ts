/** The row that the keys work on, and the one that is open. */
import { useCallback, useState } from 'react';
import { useKeys } from '../../app/use-keys.ts';
import type { HuntEvent } from '../../lib/types.ts';

export interface Rows {
  readonly current: string | undefined;
  readonly open: (id: string | undefined) => void;
  readonly step: (by: 1 | -1) => void;
}

export function useRows(
  events: readonly HuntEvent[],
  opened: string | undefined,
  onOpen: (id: string | undefined) => void,
): Rows {
  const [held, setHeld] = useState<string | undefined>(opened);
  const current = held !== undefined && events.some((event) => event.eventId === held) ? held : undefined;
  const step = (by: 1 | -1, size = 1) => {
    const at = events.findIndex((event) => event.eventId === current);
    const next = events[at === -1 ? 0 : Math.min(Math.max(at + by * size, 0), events.length - 1)];
    if (next === undefined) return;
    setHeld(next.eventId);
    if (opened !== undefined) onOpen(next.eventId);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are drawn anew only when what they show changes
  const open = useCallback(
    (id: string | undefined) => {
      if (id !== undefined) setHeld(id);
      onOpen(id === opened ? undefined : id);
    },
    [opened, events],
  );
  useKeys(1, {
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    PageDown: () => step(1, 20),
    PageUp: () => step(-1, 20),
    Enter: () => open(current ?? events[0]?.eventId),
  });
  return { current, open, step };
}
