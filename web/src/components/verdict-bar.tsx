/** The four verdicts; `c` arms their keys. */
import { useRef, useState } from 'react';
import { useAlertActions } from '../app/actions.tsx';
import { useKeys } from '../app/use-keys.ts';
import { standing } from '../lib/changes.ts';
import { type AlertSummary, type Verdict, verdictKeys, verdictNames } from '../lib/types.ts';
import styles from './verdict.module.css';

interface Props {
  readonly alert: AlertSummary;
  readonly onClosed: () => void;
}

export function VerdictBar({ alert, onClosed }: Props) {
  const { apply } = useAlertActions();
  const [armed, setArmed] = useState(false);
  const [reason, setReason] = useState('');
  const bar = useRef<HTMLDivElement>(null);
  const disarm = () => {
    setArmed(false);
    setReason('');
  };
  const close = (verdict: Verdict) => {
    disarm();
    void apply(alert, { kind: 'close', verdict, reason: reason.trim() }).then((done) => done && onClosed());
  };
  const isClosed = alert.status === 'closed';
  useKeys(1, { c: () => setArmed(true) }, { on: !isClosed });
  useKeys(
    2,
    {
      Escape: disarm,
      c: disarm,
      ...Object.fromEntries(verdictKeys.map(({ key, verdict }) => [key, () => close(verdict)])),
    },
    { on: armed && !isClosed, exclusive: true },
  );
  if (isClosed) {
    return (
      <div className={styles.bar}>
        <p className={styles.head}>
          <b>{standing(alert)}</b>
          <button type="button" className="btn" onClick={() => void apply(alert, { kind: 'reopen' })}>
            Reopen
          </button>
        </p>
      </div>
    );
  }
  return (
    <div
      className={styles.bar}
      data-armed={armed || undefined}
      ref={bar}
      role="group"
      aria-label="Close with a verdict"
    >
      <p className={styles.head} role={armed ? 'status' : undefined}>
        <b>{armed ? `Close ${alert.key} as …` : 'Verdict'}</b>
        <span className="dim">
          {armed ? (
            <>
              press a letter, <kbd>Esc</kbd> to leave it
            </>
          ) : (
            <>
              <kbd>c</kbd> then the letter
            </>
          )}
        </span>
      </p>
      {armed ? (
        <input
          className="field"
          maxLength={2_000}
          placeholder="Reason, if one is needed (Tab to write, Enter when done)"
          aria-label="Reason"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== 'Escape') return;
            // Leaves the field and keeps the text: the letters mean verdicts again.
            event.preventDefault();
            bar.current?.querySelector('button')?.focus();
          }}
        />
      ) : null}
      <div className={styles.buttons}>
        {verdictKeys.map(({ key, verdict }) => (
          <button key={key} type="button" className="btn" onClick={() => close(verdict)}>
            {verdictNames[verdict]} <kbd>{key.toUpperCase()}</kbd>
          </button>
        ))}
      </div>
    </div>
  );
}
