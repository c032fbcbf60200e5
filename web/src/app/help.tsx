/** All keys at a glance. */
import { Modal } from '@mantine/core';
import { keyHelp } from '../lib/keys.ts';
import styles from './dialog.module.css';
import { useKeys } from './use-keys.ts';

export function Help({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  useKeys(3, { Escape: onClose, '?': onClose }, { on: opened, exclusive: true });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard"
      centered
      size={620}
      closeOnEscape={false}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <div className={styles.groups}>
        {keyHelp.map(({ group, keys }) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl className={styles.keys}>
              {keys.map(({ keys: caps, what }) => (
                <KeyLine key={what} caps={caps} what={what} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

function KeyLine({ caps, what }: { readonly caps: readonly string[]; readonly what: string }) {
  return (
    <>
      <dt>
        {caps.map((cap) => (
          <kbd key={cap}>{cap}</kbd>
        ))}
      </dt>
      <dd>{what}</dd>
    </>
  );
}
