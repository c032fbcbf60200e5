/** A dialog over the page: Esc leaves it, nothing below hears a key, the focus returns to where it was. */
import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { later } from './later.ts';
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

export const parts = later(() => import('./dialog-parts.ts'));

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

function Box(props: Required<Omit<Props, 'opened'>>) {
  const { DialogBox } = parts.read();
  return <DialogBox {...props} />;
}

function giveBack(before: Element | null): void {
  // After the dialog has left; whatever took the focus in the meantime keeps it.
  requestAnimationFrame(() => {
    const isFree = document.activeElement === null || document.activeElement === document.body;
    if (isFree && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  });
}
