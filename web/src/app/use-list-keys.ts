/** Keys of a list with a drawer: up and down move the open row, Esc leaves it; the focus goes along. */
import { useEffect } from 'react';
import { useKeys } from './use-keys.ts';

interface Options {
  /** Ids in the order of the list. */
  readonly ids: readonly string[];
  readonly open: string | undefined;
  /** Attribute by which a row names its id: `data-rule`. */
  readonly attribute: string;
  readonly select: (id: string) => void;
  readonly leave: () => void;
}

export function useListKeys({ ids, open, attribute, select, leave }: Options): void {
  const step = (by: 1 | -1) => () => {
    const at = open === undefined ? -1 : ids.indexOf(open);
    const next = ids[at === -1 ? 0 : Math.min(Math.max(at + by, 0), ids.length - 1)];
    if (next !== undefined) select(next);
  };
  useKeys(1, { j: step(1), k: step(-1), ArrowDown: step(1), ArrowUp: step(-1), Escape: leave });
  useEffect(() => {
    if (open === undefined) return;
    const element = document.querySelector<HTMLElement>(`[${attribute}="${CSS.escape(open)}"]`);
    element?.scrollIntoView({ block: 'nearest' });
    const held = document.activeElement;
    if (held === document.body || held?.closest(`[${attribute}]`) !== null) {
      element?.focus({ preventScroll: true });
    }
  }, [open, attribute]);
}
