/** A dialog over the page: Esc leaves it, nothing below hears a key, the focus returns to where it was. */
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useKeys } from './use-keys.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly size?: number;
  /** Near the top instead of in the middle: its height changes while one types. */
  readonly top?: boolean;
  readonly children: ReactNode;
}

const loadBox = () => import('./dialog-box.tsx').then(({ DialogBox }) => ({ default: DialogBox }));
const Box = lazy(loadBox);

/** For when the browser has nothing else to do: then the first dialog opens as fast as the others. */
export function preloadDialogs(): void {
  void loadBox();
}

export function Dialog({ opened, ...rest }: Props) {
  return opened ? <Open {...rest} /> : null;
}

function Open({ onClose, title, size = 520, top = false, children }: Omit<Props, 'opened'>) {
  useKeys(3, { Escape: onClose }, { exclusive: true });
  // Taken while the page still has it: what is inside takes it as soon as it is drawn.
  const [before] = useState(() => document.activeElement);
  useEffect(() => () => giveBack(before), [before]);
  return (
    <Suspense fallback={null}>
      <Box onClose={onClose} title={title} size={size} top={top}>
        {children}
      </Box>
    </Suspense>
  );
}

function giveBack(before: Element | null): void {
  // After the dialog has left; whatever took the focus in the meantime keeps it.
  requestAnimationFrame(() => {
    const isFree = document.activeElement === null || document.activeElement === document.body;
    if (isFree && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  });
}
