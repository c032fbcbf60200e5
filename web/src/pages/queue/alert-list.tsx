/** The list: header, what is new, rows, more, and the keys that work here. */
import { useEffect, useRef } from 'react';
import { useAlertActions } from '../../app/actions.tsx';
import { useCanTriage, useMe } from '../../app/session.tsx';
import { Bones, Failure } from '../../components/failure.tsx';
import { type Filter, fits } from '../../lib/filter.ts';
import type { AlertSummary } from '../../lib/types.ts';
import { AlertRow } from './alert-row.tsx';
import { EmptyView } from './empty-view.tsx';
import styles from './list.module.css';
import { Pills } from './pills.tsx';
import type { useQueue } from './use-queue.ts';

interface Props {
  readonly queue: ReturnType<typeof useQueue>;
  readonly filter: Filter;
  readonly selected: string | null;
  readonly current: string | null;
  readonly onFilter: (filter: Filter) => void;
  readonly onSelect: (key: string) => void;
  readonly onOpen: (key: string) => void;
}

export function AlertList(props: Props) {
  const { queue, filter } = props;
  const { newCount, doneCount, rows, list } = queue;
  return (
    <div className={styles.list}>
      <Pills filter={filter} onFilter={props.onFilter} />
      <div aria-live="polite">
        {newCount + doneCount > 0 ? (
          <button type="button" className={styles.news} onClick={() => void queue.showNew()}>
            {newsText(newCount, doneCount)} <kbd>.</kbd>
          </button>
        ) : null}
      </div>
      <div className={styles.scroll}>
        {list.isPending ? <Bones rows={12} height={48} /> : null}
        {list.isError && rows.length === 0 ? (
          <Failure
            what="The queue could not be read."
            error={list.error}
            stillTrue="Alerts are kept, your filters stand in the address."
            onRetry={() => void list.refetch()}
          />
        ) : null}
        {list.isSuccess && rows.length === 0 ? <EmptyView filter={filter} onFilter={props.onFilter} /> : null}
        {rows.length > 0 ? <Grid {...props} /> : null}
      </div>
      <Foot shown={rows.length} total={queue.total} />
    </div>
  );
}

function newsText(added: number, done: number): string {
  const parts = [added > 0 ? `↑ ${added} new` : null, done > 0 ? `${done} no longer in this view` : null];
  return parts.filter((part) => part !== null).join(' · ');
}

function Grid({ queue, filter, selected, current, onSelect, onOpen }: Props) {
  const me = useMe();
  const canTriage = useCanTriage();
  const { apply } = useAlertActions();
  const { rows, list } = queue;
  const grid = useRef<HTMLDivElement>(null);
  useFollow(grid, current);
  const take = useRef((alert: AlertSummary) => {
    void apply(alert, { kind: 'assign', owner: 'me', ownerName: 'you' });
  });
  const first = rows[0]?.key;
  const reachable = rows.some((row) => row.key === current) ? current : first;
  return (
    <div role="grid" aria-label="Alerts" aria-rowcount={(queue.total ?? rows.length) + 1} ref={grid}>
      <div role="row" aria-rowindex={1} className={styles.head}>
        <div role="columnheader">
          <span className="unseen">Severity</span>
        </div>
        <div role="columnheader">Alert</div>
        <div role="columnheader" className={styles.attack}>
          ATT&amp;CK
        </div>
        <div role="columnheader">Host · user</div>
        <div role="columnheader" className={styles.source}>
          First seen
        </div>
        <div role="columnheader" className={styles.owner}>
          Owner
        </div>
      </div>
      {rows.map((alert, index) => (
        <AlertRow
          key={alert.id}
          alert={alert}
          index={index}
          selected={alert.key === selected}
          current={alert.key === reachable}
          done={!fits(alert, filter, me.id)}
          mine={alert.ownerId === me.id}
          canTriage={canTriage}
          onSelect={onSelect}
          onOpen={onOpen}
          onTake={take.current}
        />
      ))}
      {list.hasNextPage ? (
        <div role="row" className={styles.more}>
          <div role="gridcell">
            <button
              type="button"
              className="btn"
              disabled={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {list.isFetchNextPageError ? 'Could not load more: try again' : 'Load 100 more'}
            </button>
          </div>
        </div>
      ) : null}
    </div>
  );
}

/** Focus goes with the current row, unless somebody is typing or works in the drawer. */
function useFollow(grid: React.RefObject<HTMLDivElement | null>, current: string | null): void {
  useEffect(() => {
    if (current === null) return;
    const row = grid.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(current)}"]`);
    const focused = document.activeElement;
    const isFree = focused === null || focused === document.body || grid.current?.contains(focused) === true;
    if (row === null || row === undefined) return;
    row.scrollIntoView({ block: 'nearest' });
    if (isFree) row.focus({ preventScroll: true });
  }, [grid, current]);
}

function Foot({ shown, total }: { readonly shown: number; readonly total: number | undefined }) {
  return (
    <div className={styles.foot}>
      <span className="num">
        {total === undefined
          ? ''
          : `${shown.toLocaleString('en')} of ${Math.max(total, shown).toLocaleString('en')} shown`}
      </span>
      <span className={styles.keys}>
        <span>
          <kbd>j</kbd>
          <kbd>k</kbd> move
        </span>
        <span>
          <kbd>Enter</kbd> open
        </span>
        <span>
          <kbd>a</kbd> assign
        </span>
        <span>
          <kbd>c</kbd> close
        </span>
        <span>
          <kbd>?</kbd> all keys
        </span>
      </span>
    </div>
  );
}
