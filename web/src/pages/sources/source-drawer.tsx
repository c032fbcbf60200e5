/** One source: its pace, its clock, what could not be read, what is expected of it, and how to send to it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Command } from '../../components/command.tsx';
import { DrawerFrame } from '../../components/drawer-frame.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import list from '../../components/list-page.module.css';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { orpc } from '../../lib/api.ts';
import { valueQuery } from '../../lib/hunt.ts';
import { exact } from '../../lib/time.ts';
import type { SourceHealth } from '../../lib/types.ts';
import { ExpectationForm } from './expectation-form.tsx';
import { isAhead, isLate, rateText, shareText, spanText, stateNames } from './health.ts';
import styles from './sources.module.css';
import { Spark } from './spark.tsx';

interface Props {
  readonly source: SourceHealth;
  readonly windowMs: number;
  readonly onLeave: () => void;
}

export function SourceDrawer({ source, windowMs, onLeave }: Props) {
  const { id, state } = source;
  return (
    <DrawerFrame
      label={`Source ${id}`}
      onLeave={onLeave}
      head={
        <>
          <h2 className={`cut ${styles.name}`}>
            <Value text={id} />
          </h2>
          <span className={styles.state} data-state={state}>
            {stateNames[state]}
          </span>
        </>
      }
    >
      <p className={styles.sentence}>{sentence(source)}</p>
      <section className="section">
        <h2>Records, two weeks</h2>
        <Spark hours={source.hours} windowMs={windowMs} tall />
        <Facts source={source} />
      </section>
      <section className="section">
        <h2>When it is quiet</h2>
        <ExpectationForm source={source} />
      </section>
      <Unparsed source={source} />
      {source.description === null ? null : <HowToSend />}
    </DrawerFrame>
  );
}

/** What an analyst would say of it. */
function sentence(source: SourceHealth): string {
  const { state, pauseMs, silentSince } = source;
  switch (state) {
    case 'never':
      return 'It has a token, and has sent nothing in two weeks.';
    case 'silent':
      return `Nothing has come since ${silentSince === null ? 'before the window' : exact(silentSince)}; at most ${spanText(pauseMs ?? 0)} of silence is expected. What happens there is not seen.`;
    case 'idle':
      return 'Nothing is expected of it: it has no steady pace, or it was said so.';
    case 'sending':
      return pauseMs === null
        ? 'It sends. Its pace is not known yet, so that silence would raise no alert.'
        : `It sends. A silence of more than ${spanText(pauseMs)} raises an alert.`;
  }
}

function Facts({ source }: { readonly source: SourceHealth }) {
  const { lagMedianMs, lagHighMs, lastReceivedAt, lastEventAt } = source;
  return (
    <dl className={`facts ${styles.facts}`}>
      <dt>Last record</dt>
      <dd>
        {lastReceivedAt === null ? 'none in two weeks' : exact(lastReceivedAt)}
        {lastReceivedAt === null ? null : (
          <span className="dim">
            {' '}
            <When at={lastReceivedAt} /> ago
          </span>
        )}
      </dd>
      <dt>Newest event</dt>
      <dd>{lastEventAt === null ? 'none' : exact(lastEventAt)}</dd>
      <dt>Rate</dt>
      <dd>
        {rateText(source.perMinuteNow)} a minute now
        {source.perMinuteUsual === null ? '' : `, usually ${rateText(source.perMinuteUsual)}`}
      </dd>
      <dt>Lag</dt>
      <dd>
        {lagMedianMs === null || lagHighMs === null
          ? 'unknown: its records name no time'
          : `${spanText(Math.max(0, lagMedianMs))} in the median, 95 % under ${spanText(Math.max(0, lagHighMs))}`}
        {isLate(source) ? <span className={styles.odd}> late</span> : null}
      </dd>
      <dt>Clock</dt>
      <dd>
        {isAhead(source) ? (
          <span className={styles.odd}>at least {spanText(source.clockAheadMs)} ahead of ours</span>
        ) : (
          'not ahead of ours'
        )}
      </dd>
      <dt>Records</dt>
      <dd>
        <Link to="/events" search={{ q: valueQuery('source', source.id) }}>
          {source.records.toLocaleString('en')}
        </Link>
      </dd>
    </dl>
  );
}

function Unparsed({ source }: { readonly source: SourceHealth }) {
  const { id, unparsed, records } = source;
  const shapes = useQuery(
    orpc.sources.unparsed.queryOptions({ input: { id }, enabled: unparsed > 0, staleTime: 60_000 }),
  );
  return (
    <section className="section">
      <h2>Unparsed</h2>
      {unparsed === 0 ? (
        <p className="dim">Every record of two weeks could be read.</p>
      ) : (
        <p>
          <Link to="/events" search={{ q: `${valueQuery('source', id)} and unparsed: *` }}>
            {unparsed.toLocaleString('en')} of {records.toLocaleString('en')}
          </Link>{' '}
          ({shareText(unparsed, records)}). They are stored and searchable.
        </p>
      )}
      {shapes.isLoading ? <Bones rows={3} height={40} /> : null}
      {shapes.isError ? (
        <Failure
          what="The shapes could not be read."
          error={shapes.error}
          stillTrue="The records are stored."
          onRetry={() => void shapes.refetch()}
        />
      ) : null}
      {shapes.data === undefined ? null : (
        <>
          <p className={list.second}>
            By shape, among the newest {shapes.data.sampled.toLocaleString('en')}:
          </p>
          <ol className={styles.shapes}>
            {shapes.data.shapes.map(({ shape, reason, count, example }) => (
              <li key={`${reason} ${shape}`}>
                <details>
                  <summary>
                    <span className="num">{count.toLocaleString('en')}</span>
                    <span>
                      <span className={styles.reason}>{reason.replaceAll('_', ' ')}</span>{' '}
                      <Value text={shape === '' ? 'an empty record' : shape} />
                    </span>
                  </summary>
                  <p className={styles.example}>
                    <Value text={example.raw} limit={600} copy />
                  </p>
                  <Link
                    to="/events"
                    search={{ q: valueQuery('event_id', example.eventId), row: example.eventId }}
                  >
                    Open this record
                  </Link>
                </details>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

function HowToSend() {
  const url = `${window.location.origin}/intake/ndjson`;
  return (
    <section className="section">
      <h2>How to send to it</h2>
      <p className={list.second}>One JSON object a line, with the token that was shown when it was added:</p>
      <Command text={`curl -H "Authorization: Bearer TOKEN" --data-binary @batch.ndjson ${url}`} />
    </section>
  );
}
