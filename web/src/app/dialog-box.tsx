/** The window of a dialog; apart, because the first view needs none. */
import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly size: number;
  readonly top: boolean;
  readonly children: ReactNode;
}

export function DialogBox({ onClose, title, size, top, children }: Props) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      centered={!top}
      size={size}
      closeOnEscape={false}
      returnFocus={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {children}
    </Modal>
  );
}
