/** A dialog over the page: Esc leaves it, nothing below hears a key, the focus returns to where it was. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
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

export function Dialog({ opened, onClose, title, size = 520, top = false, children }: Props) {
  useKeys(3, { Escape: onClose }, { on: opened, exclusive: true });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      centered={!top}
      size={size}
      closeOnEscape={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {children}
    </Modal>
  );
}
