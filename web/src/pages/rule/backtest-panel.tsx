/** What the rule would have matched among the stored events: how often, when, for whom; before it alerts. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { explain } from '../../lib/errors.ts';
import { valueQuery } from '../../lib/hunt.ts';
import type { BacktestReport, RuleDocument } from '../../lib/types.ts';
import { useRuleState } from '../rules/use-rule-state.ts';
import { Days } from './days.tsx';
import styles from './panels.module.css';
import { type Backtest, useBacktest } from './use-backtest.ts';

interface Props {
  readonly rule: RuleDocument;
  /** The text that is being written; null for the stored one. */
  readonly source: string | null;
}

const spans = [1, 7, 30, 90, 365] as const;

export function BacktestPanel({ rule, source }: Props) {
  const [days, setDays] = useState<number>(7);
  const test = useBacktest();
  const setState = useRuleState();
  const isDraft = source !== null && source !== rule.source;
  const start = () => test.start({ id: rule.id, days, ...(isDraft ? { source } : {}) });
  if (rule.kind === 'filter') {
    return (
      <p className={`dim ${styles.hint}`}>
        A filter matches nothing by itself: backtest the rules that it is for.
      </p>
    );
  }
  return (
    <div className={styles.panel}>
      <form
        className={styles.line}
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <label htmlFor="backtest-days">Over the last</label>
        <select
          id="backtest-days"
          className="field"
          value={days}
          onChange={(event) => setDays(Number(event.target.value))}
        >
          {spans.map((span) => (
            <option key={span} value={span}>
              {span === 1 ? 'day' : `${span} days`}
            </option>
          ))}
        </select>
        {test.status === 'running' ? (
          <button type="button" className="btn" onClick={test.stop}>
            Stop
          </button>
        ) : (
          <button
            type="submit"
            className="btn"
            data-primary={rule.state === 'alert' || test.report === null || undefined}
          >
            Backtest
          </button>
        )}
        {rule.state === 'alert' ? null : (
          <button
            type="button"
            className="btn"
            data-primary={test.report !== null || undefined}
            onClick={() => void setState(rule, 'alert')}
          >
            Alert from now on
          </button>
        )}
      </form>
      {isDraft ? <p className="dim">It tries the text as it is being written, not the stored one.</p> : null}
      <Progress test={test} />
      {test.report === null ? null : <Report report={test.report} state={rule.state} />}
    </div>
  );
}

function Progress({ test }: { readonly test: Backtest }) {
  const { status, progress, error } = test;
  if (status === 'idle')
    return (
      <p className={`dim ${styles.hint}`}>
        Nothing is changed and nothing alerts. Times are those of the events; the rule need not be on.
      </p>
    );
  if (status === 'failed')
    return (
      <p className={styles.refused} role="alert">
        It did not come to its end. {explain(error)}
      </p>
    );
  if (status === 'stopped') return <p role="status">Stopped. What was found until then is not shown.</p>;
  if (status === 'done') return null;
  return (
    <div className={styles.progress} role="status">
      <progress max={progress?.ofDays ?? 1} value={progress?.days ?? 0} aria-label="Days done" />
      <p className="num">
        {progress === null
          ? 'Starting …'
          : `Day ${Math.min(progress.days + 1, progress.ofDays)} of ${progress.ofDays}: ${count(progress.candidates)} events looked at, ${count(progress.matches)} matches`}
      </p>
    </div>
  );
}

function Report({
  report,
  state,
}: {
  readonly report: BacktestReport;
  readonly state: RuleDocument['state'];
}) {
  const { matches, alerts, byDay, byEntity, samples, candidates, counted, durationMs } = report;
  return (
    <section aria-label="Result">
      <p className={styles.verdict} role="status">
        <b>
          {count(matches)} {matches === 1 ? 'match' : 'matches'}, {count(alerts)}{' '}
          {alerts === 1 ? 'alert' : 'alerts'}
        </b>{' '}
        <span className="dim">
          {state === 'alert' ? 'as it would have opened' : 'that it would open'}; {count(candidates)} events
          looked at{counted === 0 ? '' : `, ${count(counted)} matches counted in the store`}, in{' '}
          {(durationMs / 1_000).toFixed(1)} s
        </span>
      </p>
      {matches === 0 ? (
        <p className="dim">
          It would have been silent. That proves it only if what it looks for happened in that time: try it on
          an event that it has to match.
        </p>
      ) : (
        <>
          <Days days={byDay.map(({ day, matches: detections }) => ({ day, detections }))} />
          <h3>For whom</h3>
          <ul className={styles.entities}>
            {byEntity.map(({ kind, name, matches: number }) => (
              <li key={`${kind} ${name}`}>
                <span className="cut">
                  <Value text={name === '' ? '(all)' : name} />
                </span>
                <span className="dim">{kind}</span>
                {kind === 'group' ? (
                  <span className="num">{count(number)}</span>
                ) : (
                  <Link to="/events" search={{ q: valueQuery(kind, name) }} className="num">
                    {count(number)}
                  </Link>
                )}
              </li>
            ))}
          </ul>
          <h3>The newest</h3>
          <ul className={styles.samples}>
            {samples.map(({ eventId, time, host, user }) => (
              <li key={`${eventId}${time}`}>
                <span className="dim">
                  <When at={time} as="moment" />
                </span>
                <span className="cut">
                  <Value text={[host, user].filter((part) => part !== '').join(' · ') || 'no host or user'} />
                </span>
                {eventId === '' ? (
                  <span className="dim">several</span>
                ) : (
                  <Link to="/events" search={{ q: `event_id: ${eventId}`, row: eventId }}>
                    Event
                  </Link>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function count(number: number): string {
  return number.toLocaleString('en');
}
