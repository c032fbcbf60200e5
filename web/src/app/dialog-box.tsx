/** The window of a dialog; apart, because the first view needs none. */
import { MantineProvider, Modal } from '@mantine/core';
import { type ReactNode, useSyncExternalStore } from 'react';
import { colorScheme, watchColorScheme } from '../lib/color-scheme.ts';
import { cssVariablesResolver, theme } from './theme.ts';

interface Props {
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly size: number;
  readonly top: boolean;
  readonly children: ReactNode;
}

export function DialogBox({ onClose, title, size, top, children }: Props) {
  const scheme = useSyncExternalStore(watchColorScheme, colorScheme);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} forceColorScheme={scheme}>
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
    </MantineProvider>
  );
}
