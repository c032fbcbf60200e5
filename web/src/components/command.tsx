/** A command to type, ready to copy. */
import { CopyButton } from './copy-button.tsx';
import styles from './states.module.css';

export function Command({ text }: { readonly text: string }) {
  return (
    <div className={styles.command}>
      <code className="mono">{text}</code>
      <CopyButton text={text} what="command" />
    </div>
  );
}
