/** The record as it was received. */
import { CopyButton } from './copy-button.tsx';
import styles from './fields.module.css';
import { Value } from './value.tsx';

export function Raw({ text, note }: { readonly text: string; readonly note: string }) {
  return (
    <>
      <div className={styles.rawHead}>
        <span>{note}</span>
        <CopyButton text={text} what="record" label="Copy the original" />
      </div>
      <div className={styles.raw}>
        {text === '' ? <span className="dim">An empty record.</span> : <Value text={text} limit={4_000} />}
      </div>
    </>
  );
}
