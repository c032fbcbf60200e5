/** What failed, what is still true, and the way on. */
import { IconPlugConnectedX } from '@tabler/icons-react';
import { explain } from '../lib/errors.ts';
import styles from './states.module.css';

interface Props {
  /** `The queue could not be read.` */
  readonly what: string;
  readonly error: unknown;
  /** `Your filters are kept.` */
  readonly stillTrue: string;
  readonly onRetry: () => void;
}

export function Failure({ what, error, stillTrue, onRetry }: Props) {
  return (
    <div className={styles.state} role="alert">
      <IconPlugConnectedX size={26} stroke={1.5} aria-hidden />
      <p className={styles.title}>{what}</p>
      <p className="dim">
        {explain(error)} {stillTrue}
      </p>
      <button type="button" className="btn" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

export function Bones({ rows, height }: { readonly rows: number; readonly height: number }) {
  return (
    <div aria-busy="true">
      <span className="unseen">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <div key={`${i}`} className={styles.bones} style={{ height }} aria-hidden>
          <span className="bone" style={{ width: `${34 + ((i * 17) % 31)}%` }} />
        </div>
      ))}
    </div>
  );
}
