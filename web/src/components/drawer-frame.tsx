/** The frame of a drawer beside a list: its head with the way out, and a body that scrolls. */
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';
import styles from './list-page.module.css';

interface Props {
  readonly label: string;
  readonly head: ReactNode;
  readonly onLeave: () => void;
  readonly children: ReactNode;
}

export function DrawerFrame({ label, head, onLeave, children }: Props) {
  return (
    <aside className={styles.drawer} aria-label={label}>
      <header className={styles.drawerHead}>
        {head}
        <IconButton name="Close the drawer (Esc)" onClick={onLeave}>
          <IconX size={17} aria-hidden />
        </IconButton>
      </header>
      <div className={styles.drawerBody} tabIndex={0} role="region" aria-label="Details">
        {children}
      </div>
    </aside>
  );
}
