/** Copies the original of what is shown. */
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { copyText } from '../lib/copy.ts';
import { showToast } from '../lib/toasts.ts';
import styles from './value.module.css';

interface Props {
  readonly text: string;
  readonly what: string;
  /** Says its name instead of only drawing it. */
  readonly label?: string;
}

export function CopyButton({ text, what, label }: Props) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      className={styles.copy}
      title={`Copy the original ${what}`}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(text).then((copied) =>
          copied
            ? setDone(true)
            : showToast(`The browser refused to copy the ${what}; select it by hand.`, { failed: true }),
        );
      }}
    >
      {done ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
      {label === undefined ? <span className="unseen">{done ? 'Copied' : `Copy ${what}`}</span> : label}
    </button>
  );
}
