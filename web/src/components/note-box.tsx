/** Writing a note on an alert or incident; the text survives a failure. */
import { type RefObject, useState } from 'react';
import { useActions } from '../app/actions.tsx';
import type { Target } from '../lib/subject.ts';
import styles from './history.module.css';

interface Props {
  readonly subject: Target;
  readonly box: RefObject<HTMLTextAreaElement | null>;
}

export function NoteBox({ subject, box }: Props) {
  const { comment } = useActions();
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const canSend = text.trim() !== '' && !sending;
  const send = async () => {
    if (!canSend) return;
    setSending(true);
    const stored = await comment(subject, text.trim());
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
        aria-label={`Note on ${subject.key}`}
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
