/** The events that a rule was tried on: match or not, and the condition as a tree. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Value } from '../../components/value.tsx';
import type { RuleTry, TrySubject } from '../../lib/types.ts';
import { ExplainTree } from './explain-tree.tsx';
import { KeepEvidence } from './keep-evidence.tsx';
import styles from './panels.module.css';

interface Props {
  readonly id: string | null;
  readonly tried: RuleTry;
  /** The answer is to the text of before. */
  readonly stale: boolean;
  readonly onLine: (line: number) => void;
  readonly canKeep: boolean;
}

export function TrySubjects({ id, tried, stale, onLine, canKeep }: Props) {
  const { kind, notes, subjects } = tried;
  const matches = subjects.filter((one) => one.matches).length;
  // What one looks for is why something does not match.
  const first = subjects.findIndex((one) => !one.matches && one.problem === null);
  const [chosen, setChosen] = useState<number | null>(null);
  const open = chosen ?? Math.max(first, 0);
  return (
    <section aria-label="What it matches" data-stale={stale || undefined} className={styles.tried}>
      <p role="status" className={styles.verdict}>
        <b>
          {matches} of {subjects.length} {subjects.length === 1 ? 'event' : 'events'}{' '}
          {kind === 'many' ? 'complete a match' : matches === 1 ? 'matches' : 'match'}
        </b>
        {stale ? <span className="dim"> trying …</span> : null}
      </p>
      {notes.map((text) => (
        <p key={text} className="dim">
          {text}
        </p>
      ))}
      <ol className={styles.subjects}>
        {subjects.map((subject, at) => (
          <li key={`${at}`} data-matches={subject.matches || undefined}>
            <button
              type="button"
              className={styles.subject}
              aria-expanded={at === open}
              onClick={() => setChosen(at === open ? -1 : at)}
            >
              <b data-outcome={outcomeOf(subject)}>{outcomeNames[outcomeOf(subject)]}</b>
              <span className="cut">
                {at + 1}. <Value text={subject.raw.slice(0, 300)} />
              </span>
            </button>
            {at === open ? (
              <div className={styles.why}>
                <Facts subject={subject} />
                {subject.explanations.map((one) => (
                  <ExplainTree key={one.ruleId} explanation={one} named={kind === 'many'} onLine={onLine} />
                ))}
                {canKeep && id !== null && subject.explanations.some((one) => one.ruleId === id) ? (
                  <KeepEvidence id={id} subject={subject} />
                ) : null}
              </div>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}

const outcomeNames = { match: 'Match', feeds: 'Counts', miss: 'No match', unread: 'Not read' } as const;

function outcomeOf({ matches, feeds, problem }: TrySubject): keyof typeof outcomeNames {
  if (problem !== null) return 'unread';
  if (matches) return 'match';
  return feeds ? 'feeds' : 'miss';
}

function Facts({ subject }: { readonly subject: TrySubject }) {
  const { problem, assumed, eventId, completes } = subject;
  return (
    <>
      {problem === null ? null : <p className={styles.refused}>{problem}.</p>}
      {assumed ? (
        <p className="dim">
          No parser knows this record. It is taken as it is, as an event of the rule’s logsource; one that
          comes in like this would not be.
        </p>
      ) : null}
      {eventId === null ? null : (
        <p>
          <Link to="/events" search={{ q: `event_id: ${eventId}`, row: eventId }}>
            The stored event
          </Link>
        </p>
      )}
      {completes.map((one) => (
        <p key={one.group}>
          Completes a match{one.group === '' ? '' : ' of '}
          <Value text={one.group} />: {one.value.toLocaleString('en')}, with events{' '}
          {one.subjects.map((at) => at + 1).join(', ')}.
        </p>
      ))}
    </>
  );
}
