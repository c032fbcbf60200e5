/** A value from outside: inert, its hidden characters visible, long ones cut; copying gives the original. */
import { memo, useState } from 'react';
import { type Range, visible } from '../lib/visible.ts';
import { CopyButton } from './copy-button.tsx';
import styles from './value.module.css';

interface Props {
  readonly text: string;
  /** In the text's own face; default is the machine face. */
  readonly plain?: boolean;
  readonly hits?: readonly Range[];
  /** Characters shown before "show all"; default is everything. */
  readonly limit?: number;
  readonly copy?: boolean;
}

export const Value = memo(function Value({ text, plain, hits, limit, copy }: Props) {
  const [whole, setWhole] = useState(false);
  const isCut = limit !== undefined && text.length > limit && !whole;
  const shown = isCut ? text.slice(0, limit) : text;
  return (
    <span className={styles.value}>
      <bdi className={plain ? undefined : 'mono'}>
        {visible(shown, hits).map((token, i) => {
          const key = `${i}`;
          const body = token.mark ? <span className={styles.mark}>{token.text}</span> : token.text;
          return token.hit ? (
            <u key={key} className={styles.hit}>
              {body}
            </u>
          ) : (
            <span key={key}>{body}</span>
          );
        })}
        {isCut ? '…' : null}
      </bdi>
      {isCut ? (
        <button type="button" className={`link ${styles.more}`} onClick={() => setWhole(true)}>
          all {text.length.toLocaleString('en')} characters
        </button>
      ) : null}
      {copy ? <CopyButton text={text} what="value" /> : null}
    </span>
  );
});
