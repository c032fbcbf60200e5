/** The queue: what needs somebody, worst first. */

import { useMediaQuery } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useAlertActions } from '../../app/actions.tsx';
import { Page } from '../../app/page.tsx';
import { SearchBox } from '../../app/search-box.tsx';
import { useCanTriage, useMe } from '../../app/session.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { takeOrGive } from '../../components/assign-button.tsx';
import { type Filter, type QueueSearch, readFilter, writeFilter } from '../../lib/filter.ts';
import { AlertList } from './alert-list.tsx';
import { Drawer } from './drawer.tsx';
import { Facets } from './facets.tsx';
import styles from './queue.module.css';
import { useQueue } from './use-queue.ts';

export function QueuePage() {
  const search = useSearch({ from: '/in/' });
  const { status, severity, owner, rule, text, row = null } = search;
  const filter = useMemo(
    () => readFilter(definedOnly({ status, severity, owner, rule, text })),
    [status, severity, owner, rule, text],
  );
  const me = useMe();
  const queue = useQueue(filter, me.id);
  const view = useView(
    queue.rows.map((alert) => alert.key),
    filter,
    row,
  );
  const note = useRef<HTMLTextAreaElement>(null);
  const [showFacets, setShowFacets] = useState(false);
  useQueueKeys(queue, view, note);
  const selected = queue.rows.find((alert) => alert.key === row);
  return (
    <Page
      title="Queue"
      count={queue.total}
      tools={
        <>
          <button
            type="button"
            className={`btn ${styles.filterButton}`}
            aria-expanded={showFacets}
            onClick={() => setShowFacets(!showFacets)}
          >
            <IconFilter size={15} aria-hidden /> Filters
          </button>
          <SearchBox
            label="Search title, host or user"
            value={filter.text}
            onChange={(words) => view.setFilter({ ...filter, text: words })}
          />
        </>
      }
    >
      <div
        className={styles.queue}
        data-facets={showFacets || undefined}
        data-drawer={row !== null || undefined}
      >
        <Facets filter={filter} counts={queue.counts} me={me.id} onFilter={view.setFilter} />
        <AlertList
          queue={queue}
          filter={filter}
          selected={row}
          current={row ?? view.cursor}
          onFilter={view.setFilter}
          onSelect={view.select}
          onOpen={view.open}
        />
        {row === null ? null : (
          <Drawer
            alertKey={row}
            row={selected}
            note={note}
            onStep={view.step}
            onLeave={view.leave}
            onClosed={() => view.step(1)}
          />
        )}
      </div>
    </Page>
  );
}

function definedOnly(search: { readonly [K in keyof QueueSearch]: QueueSearch[K] | undefined }): QueueSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** Where one stands in the list, and how one moves; all of it in the URL but the cursor left by Esc. */
function useView(keys: readonly string[], filter: Filter, row: string | null) {
  const navigate = useNavigate();
  const isNarrow = useMediaQuery('(max-width: 900px)', false, { getInitialValueInEffect: false });
  const [cursor, setCursor] = useState<string | null>(row);
  useEffect(() => {
    if (row !== null) setCursor(row);
  }, [row]);
  const open = (key: string) => void navigate({ to: '/alerts/$key', params: { key } });
  const go = (search: QueueSearch) => void navigate({ to: '/', search, replace: true });
  const select = (key: string) => {
    if (isNarrow) open(key);
    else go({ ...writeFilter(filter), row: key });
  };
  const step = (by: 1 | -1) => {
    const at = keys.indexOf(row ?? cursor ?? '');
    const next = keys[at === -1 ? 0 : Math.min(Math.max(at + by, 0), keys.length - 1)];
    if (next !== undefined) select(next);
  };
  const latest = useRef({ select, open });
  useEffect(() => {
    latest.current = { select, open };
  });
  // Stable, so that rows are not drawn again for every move.
  const [stable] = useState(() => ({
    select: (key: string) => latest.current.select(key),
    open: (key: string) => latest.current.open(key),
  }));
  return {
    cursor,
    step,
    ...stable,
    leave: () => go(writeFilter(filter)),
    setFilter: (next: Filter) => go(writeFilter(next)),
  };
}

function useQueueKeys(
  queue: ReturnType<typeof useQueue>,
  view: ReturnType<typeof useView>,
  note: React.RefObject<HTMLTextAreaElement | null>,
): void {
  const me = useMe();
  const canTriage = useCanTriage();
  const { apply } = useAlertActions();
  const search = useSearch({ from: '/in/' });
  const key = search.row ?? view.cursor;
  const alert = queue.rows.find((candidate) => candidate.key === key);
  const next = () => view.step(1);
  const previous = () => view.step(-1);
  useKeys(1, {
    j: next,
    k: previous,
    ArrowDown: next,
    ArrowUp: previous,
    Enter: () => key !== null && view.open(key),
    Escape: () => {
      if (search.row === undefined) return;
      view.leave();
      document.querySelector<HTMLElement>(`[data-key="${CSS.escape(search.row)}"]`)?.focus();
    },
    '.': () => void queue.showNew(),
    ...(canTriage && alert !== undefined && alert.status !== 'closed'
      ? { a: () => void apply(alert, takeOrGive(alert, me)) }
      : {}),
    ...(canTriage && alert !== undefined
      ? {
          n: () => {
            if (search.row === undefined) view.select(alert.key);
            note.current?.focus();
          },
        }
      : {}),
  });
}
