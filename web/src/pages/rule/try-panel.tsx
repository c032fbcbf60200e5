/** A rule tried on events at hand, as it is typed: pasted records and stored events, each with why or why not. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { orpc } from '../../lib/api.ts';
import { codeOf, explain } from '../../lib/errors.ts';
import styles from './panels.module.css';
import { PickEvents } from './pick-events.tsx';
import { TrySubjects } from './try-subjects.tsx';

/** What it is tried on. */
export interface Trial {
  readonly records: string;
  readonly eventIds: readonly string[];
}

export const noTrial: Trial = { records: '', eventIds: [] };

interface Props {
  /** Null for a rule that is not there yet. */
  readonly id: string | null;
  /** In place of the stored text; null where that is meant. */
  readonly source: string | null;
  readonly trial: Trial;
  readonly onTrial: (trial: Trial) => void;
  readonly onLine: (line: number) => void;
  /** Events may be kept as evidence. */
  readonly canKeep: boolean;
}

const settleMs = 350;

export function TryPanel({ id, source, trial, onTrial, onLine, canKeep }: Props) {
  const [picking, setPicking] = useState(false);
  const [asked] = useDebouncedValue(JSON.stringify({ source, ...trial }), settleMs);
  const { source: text, records, eventIds } = JSON.parse(asked) as Trial & { source: string | null };
  const isEmpty = records.trim() === '' && eventIds.length === 0;
  const tried = useQuery({
    ...orpc.rules.tryOut.queryOptions({
      input: { id, records, eventIds: [...eventIds], ...(text === null ? {} : { source: text }) },
    }),
    enabled: !isEmpty,
    placeholderData: (previous) => previous,
    gcTime: 10_000,
  });
  return (
    <div className={styles.panel}>
      <div className={styles.given}>
        <label htmlFor="try-records">
          Paste events: JSON, one a line or a list; Windows XML; lines of text
        </label>
        <textarea
          id="try-records"
          className="field"
          rows={5}
          spellCheck={false}
          value={trial.records}
          placeholder={'{"EventID": 4688, "Channel": "Security", …}'}
          onChange={(event) => onTrial({ ...trial, records: event.target.value })}
        />
        <p className={styles.line}>
          <button type="button" className="btn" aria-expanded={picking} onClick={() => setPicking(!picking)}>
            Pick stored events …
          </button>
          {trial.eventIds.length === 0 ? null : (
            <>
              <span>{trial.eventIds.length} picked</span>
              <button type="button" className="link" onClick={() => onTrial({ ...trial, eventIds: [] })}>
                Put them away
              </button>
            </>
          )}
        </p>
        {picking ? (
          <PickEvents picked={trial.eventIds} onPick={(ids) => onTrial({ ...trial, eventIds: ids })} />
        ) : null}
      </div>
      {isEmpty ? (
        <p className={`dim ${styles.hint}`}>
          Nothing is stored and nothing alerts: the service reads the events as if they had come in, and says
          of each whether the rule matches, and which part of it decides.
        </p>
      ) : null}
      {tried.isError ? (
        <p className={styles.refused} role="alert">
          {codeOf(tried.error) === 'E_BAD_REQUEST' && source !== null
            ? `Not tried: ${tried.error.message}.`
            : `It was not tried. ${explain(tried.error)}`}
        </p>
      ) : null}
      {isEmpty || tried.isError || tried.data === undefined ? null : (
        <TrySubjects
          id={id}
          tried={tried.data}
          stale={tried.isPlaceholderData}
          onLine={onLine}
          canKeep={canKeep}
        />
      )}
    </div>
  );
}
