/** Writing a note on an alert; the text survives a failure. */
import { type RefObject, useState } from 'react';
import { useAlertActions } from '../app/actions.tsx';
import type { AlertSummary } from '../lib/types.ts';
import styles from './history.module.css';

interface Props {
  readonly alert: AlertSummary;
  readonly box: RefObject<HTMLTextAreaElement | null>;
}

export function NoteBox({ alert, box }: Props) {
  const { comment } = useAlertActions();
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const canSend = text.trim() !== '' && !sending;
  const send = async () => {
    if (!canSend) return;
    setSending(true);
    const stored = await comment(alert, text.trim());
    setSending(false);
    if (stored) setText('');
  };
  return (
    <form
      className={styles.box}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={box}
        className="field"
        rows={1}
        maxLength={20_000}
        placeholder="Write a note"
        aria-label={`Note on ${alert.key}`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
          if (event.key === 'Escape') {
            event.preventDefault();
            event.currentTarget.blur();
          }
        }}
      />
      {text === '' ? null : (
        <div className={styles.foot}>
          <span>
            <kbd>Ctrl</kbd> <kbd>Enter</kbd> stores it
          </span>
          <button type="submit" className="btn" disabled={!canSend}>
            Store note
          </button>
        </div>
      )}
    </form>
  );
}
