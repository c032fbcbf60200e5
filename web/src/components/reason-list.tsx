/** Why it gets this verdict: a digit picks, other words can be typed, Enter alone gives none. */
import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../app/use-keys.ts';
import { type Verdict, verdictReasons } from '../lib/types.ts';
import styles from './verdict.module.css';

interface Props {
  readonly verdict: Verdict;
  readonly count: number;
  readonly onPick: (reason: string) => void;
}

export function ReasonList({ verdict, count, onPick }: Props) {
  const [words, setWords] = useState('');
  const none = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const reasons = verdictReasons[verdict];
  useEffect(() => none.current?.focus(), []);
  useKeys(2, {
    Enter: () => onPick(''),
    '/': () => input.current?.focus(),
    ...Object.fromEntries(reasons.map((reason, i) => [`${i + 1}`, () => onPick(reason)])),
  });
  return (
    <div className={styles.reasons}>
      {reasons.map((reason, i) => (
        <button key={reason} type="button" className="btn" onClick={() => onPick(reason)}>
          <kbd>{i + 1}</kbd> {reason}
        </button>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onPick(words.trim());
        }}
      >
        <input
          ref={input}
          className="field"
          maxLength={2_000}
          placeholder="Other words"
          aria-label="Reason in other words"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            none.current?.focus();
          }}
        />
        <button
          ref={none}
          type={words.trim() === '' ? 'button' : 'submit'}
          className="btn"
          data-primary
          {...(words.trim() === '' ? { onClick: () => onPick('') } : {})}
        >
          {words.trim() === '' ? 'Close without reason' : count === 1 ? 'Close' : `Close ${count}`}{' '}
          <kbd>Enter</kbd>
        </button>
      </form>
    </div>
  );
}
