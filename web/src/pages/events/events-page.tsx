/** Stored events, newest first, of any age. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Page } from '../../app/page.tsx';
import { SearchBox } from '../../app/search-box.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { Bones, Failure } from '../../components/failure.tsx';
import states from '../../components/states.module.css';
import { orpc } from '../../lib/api.ts';
import { readInstant } from '../../lib/instants.ts';
import type { EventsFilter, EventsSearch } from '../../lib/searches.ts';
import type { EventView } from '../../lib/types.ts';
import { EventRow } from './event-row.tsx';
import styles from './events.module.css';
import { Filters } from './filters.tsx';

const firstLimit = 100;
const mostShown = 1_000;

export function EventsPage() {
  const search = useSearch({ from: '/in/events' });
  const navigate = useNavigate();
  const [limit, setLimit] = useState(firstLimit);
  const { row, ...filter } = search;
  const events = useQuery(
    orpc.events.search.queryOptions({
      input: toInput(filter, limit),
      placeholderData: (previous) => previous,
    }),
  );
  const items = events.data?.items ?? [];
  const go = (next: EventsSearch) => void navigate({ to: '/events', search: next, replace: true });
  const toggle = (id: string) => go(row === id ? filter : { ...filter, row: id });
  const cursor = useRows(items, toggle);
  return (
    <Page
      title="Events"
      tools={
        <SearchBox
          label="Search in the records"
          value={filter.text ?? ''}
          onChange={(text) => go(withPart(filter, 'text', text))}
        />
      }
    >
      <div className={styles.events}>
        <Filters key={JSON.stringify(filter)} filter={filter} onChange={go} />
        <div className={styles.scroll}>
          {events.isPending ? <Bones rows={20} height={29} /> : null}
          {events.isError && items.length === 0 ? (
            <Failure
              what="The events could not be searched."
              error={events.error}
              stillTrue="Intake goes on, your filters stand in the address."
              onRetry={() => void events.refetch()}
            />
          ) : null}
          {events.isSuccess && items.length === 0 ? (
            <div className={states.state}>
              <p className={states.title}>No stored event matches</p>
              {Object.keys(filter).length === 0 ? null : (
                <button type="button" className="link" onClick={() => go({})}>
                  Search without filters
                </button>
              )}
            </div>
          ) : null}
          {items.length === 0 ? null : (
            <div role="table" aria-label="Events">
              <Head />
              {items.map((event) => (
                <EventRow
                  key={event.eventId}
                  event={event}
                  open={event.eventId === row}
                  current={event.eventId === (cursor.id ?? items[0]?.eventId)}
                  onToggle={() => {
                    cursor.set(event.eventId);
                    toggle(event.eventId);
                  }}
                />
              ))}
            </div>
          )}
        </div>
        <Foot shown={items.length} limit={limit} onMore={() => setLimit(mostShown)} />
      </div>
    </Page>
  );
}

function toInput(filter: EventsFilter, limit: number) {
  const { text, host, user, source, from, to, kind } = filter;
  const start = readInstant(from ?? '');
  const end = readInstant(to ?? '');
  return {
    ...(text === undefined ? {} : { text }),
    ...(host === undefined ? {} : { host }),
    ...(user === undefined ? {} : { user }),
    ...(source === undefined ? {} : { source }),
    ...(start === null ? {} : { from: start }),
    ...(end === null ? {} : { to: end }),
    ...(kind === undefined ? {} : { unparsed: kind === 'unparsed' }),
    limit,
  };
}

function withPart(filter: EventsFilter, name: keyof EventsFilter, value: string): EventsFilter {
  const { [name]: _, ...rest } = filter;
  return value === '' ? rest : { ...rest, [name]: value };
}

/** The row that the keys work on. */
function useRows(items: readonly EventView[], onToggle: (id: string) => void) {
  const [id, set] = useState<string | null>(null);
  const moved = useRef(false);
  const at = items.findIndex((event) => event.eventId === id);
  const step = (by: 1 | -1) => () => {
    const next = items[at === -1 ? 0 : Math.min(Math.max(at + by, 0), items.length - 1)];
    moved.current = true;
    if (next !== undefined) set(next.eventId);
  };
  const current = id ?? items[0]?.eventId;
  useKeys(1, {
    j: step(1),
    k: step(-1),
    ArrowDown: step(1),
    ArrowUp: step(-1),
    Enter: () => current !== undefined && onToggle(current),
  });
  useEffect(() => {
    if (!moved.current || id === null) return;
    document.querySelector<HTMLElement>(`[data-event="${CSS.escape(id)}"]`)?.focus();
  }, [id]);
  return { id, set };
}

function Head() {
  return (
    <div role="row" className={styles.head}>
      {['Time', 'Host', 'User', 'Code', 'What was recorded', 'Source'].map((name) => (
        <div key={name} role="columnheader">
          {name}
        </div>
      ))}
    </div>
  );
}

interface FootProps {
  readonly shown: number;
  readonly limit: number;
  readonly onMore: () => void;
}

function Foot({ shown, limit, onMore }: FootProps) {
  const isFull = shown >= limit;
  return (
    <div className={styles.foot}>
      <span className="num">
        {isFull
          ? `The newest ${shown.toLocaleString('en')}; there may be more`
          : `${shown.toLocaleString('en')} events`}
      </span>
      {isFull && limit < mostShown ? (
        <button type="button" className="link" onClick={onMore}>
          Show up to {mostShown.toLocaleString('en')}
        </button>
      ) : null}
      <span className={styles.keys}>
        <kbd>j</kbd>
        <kbd>k</kbd> move <kbd>Enter</kbd> open <kbd>?</kbd> all keys
      </span>
    </div>
  );
}
