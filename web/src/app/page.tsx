/** The frame of a page: title with its count, tools, the zone of all times, and whether it is live. */
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { liveState, watchLiveState } from '../lib/live.ts';
import styles from './page.module.css';

interface Props {
  readonly title: string;
  readonly count?: number | undefined;
  /** After the count, where it is not the whole truth. */
  readonly countNote?: string;
  /** Replaces the plain title in the bar. */
  readonly heading?: ReactNode;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

export function Page({ title, count, countNote, heading, tools, children }: Props) {
  useEffect(() => {
    document.title = count === undefined ? `${title} · Watchfloor` : `(${count}) ${title} · Watchfloor`;
  }, [title, count]);
  return (
    <main className={styles.page}>
      <header className={styles.bar}>
        <h1 className="cut">
          {heading ?? title}
          {count === undefined ? null : (
            <span className={`num ${styles.count}`}>
              {count.toLocaleString('en')} {countNote}
            </span>
          )}
        </h1>
        <div className={styles.tools}>{tools}</div>
        <Live />
      </header>
      <div className={styles.main}>{children}</div>
    </main>
  );
}

function Live() {
  const state = useSyncExternalStore(watchLiveState, liveState);
  return (
    <p className={styles.live} role="status" data-lost={state === 'waiting' || undefined}>
      {state === 'waiting' ? 'Not live: connection lost, trying again' : 'Times in UTC'}
    </p>
  );
}
