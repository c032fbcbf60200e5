/** Shows the toasts and reads them out. */
import { IconX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { currentToasts, dropToast, watchToasts } from '../lib/toasts.ts';
import styles from './toaster.module.css';

export function Toaster() {
  const toasts = useSyncExternalStore(watchToasts, currentToasts);
  return (
    <section className={styles.toaster} aria-label="Notices" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={styles.toast} data-failed={toast.failed || undefined}>
          <span>{toast.text}</span>
          {toast.undo === null ? null : (
            <button
              type="button"
              className="btn"
              onClick={() => {
                dropToast(toast.id);
                toast.undo?.();
              }}
            >
              Undo <kbd>u</kbd>
            </button>
          )}
          <button
            type="button"
            className="btn"
            data-quiet
            data-icon
            aria-label="Put away"
            onClick={() => dropToast(toast.id)}
          >
            <IconX size={15} aria-hidden />
          </button>
        </div>
      ))}
    </section>
  );
}
