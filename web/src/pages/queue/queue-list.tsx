/** The list itself: only the lines in view are drawn, and the focus goes with the cursor. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useEffect, useMemo, useRef } from 'react';
import { useCanTriage, useMe } from '../../app/session.tsx';
import { withKey } from '../../lib/commands.ts';
import { type Filter, fits } from '../../lib/filter.ts';
import type { QueueGroup } from '../../lib/types.ts';
import { untilThere } from './focus-when-there.ts';
import { GroupRow } from './group-row.tsx';
import { heightOf, type Item, isStop, subjectKey, subjectOf } from './items.ts';
import styles from './list.module.css';
import { MemberRow } from './member-row.tsx';
import { QueueRow } from './queue-row.tsx';
import type { RowActions } from './row-actions.ts';

interface Props {
  readonly items: readonly Item[];
  readonly filter: Filter;
  readonly total: number | undefined;
  readonly cursor: string | null;
  readonly shown: string | null;
  readonly selected: ReadonlySet<string>;
  readonly act: RowActions;
  readonly onSelectAll: (all: boolean) => void;
  readonly onGroupMenu: (anchor: HTMLElement, group: QueueGroup) => void;
  readonly onGroupFocus: (key: string) => void;
  /** Called when the end of what is loaded comes into view; null where nothing more is there. */
  readonly onEnd: (() => void) | null;
  readonly loadingMore: 'idle' | 'busy' | 'failed';
}

const drawnBeyond = 10;

export function QueueList(props: Props) {
  const { items, cursor, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const getItemKey = useCallback((index: number) => items[index]?.key ?? index, [items]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index]),
    getItemKey,
    overscan: drawnBeyond,
    scrollPaddingStart: 34,
  });
  useFollow(scroller, items, cursor, (index) => virtual.scrollToIndex(index, { align: 'auto' }));
  const lines = virtual.getVirtualItems();
  const lastDrawn = lines.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onEnd !== null && items[lastDrawn]?.type === 'more') onEnd();
  }, [items, lastDrawn, onEnd]);
  const reachable = useMemo(
    () => (items.some((item) => item.key === cursor) ? cursor : (items.find(isStop)?.key ?? null)),
    [items, cursor],
  );
  return (
    <div className={styles.scroll} ref={scroller}>
      <div role="grid" aria-label="Alerts" aria-rowcount={(props.total ?? items.length) + 1}>
        <Head items={items} filter={props.filter} selected={props.selected} onSelectAll={props.onSelectAll} />
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {lines.map((line) => (
            <div
              key={line.key}
              role="presentation"
              className={styles.line}
              style={{ height: line.size, transform: `translateY(${line.start}px)` }}
            >
              <Line {...props} index={line.index} reachable={reachable} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Focus goes with the current row, unless somebody is typing or works in the drawer. */
function useFollow(
  scroller: React.RefObject<HTMLDivElement | null>,
  items: readonly Item[],
  cursor: string | null,
  scrollTo: (index: number) => void,
): void {
  const latest = useRef({ items, scrollTo });
  useEffect(() => {
    latest.current = { items, scrollTo };
  });
  // Alerts of an incident come after its row: whoever comes back to one waits for them.
  const isListed = useMemo(() => items.some((item) => item.key === cursor), [items, cursor]);
  useEffect(() => {
    if (cursor === null || !isListed) return undefined;
    latest.current.scrollTo(latest.current.items.findIndex((item) => item.key === cursor));
    // The line is drawn only after the list has scrolled there.
    return untilThere(() => focusRow(scroller.current, cursor));
  }, [scroller, cursor, isListed]);
}

/** False when the row is not drawn yet. */
function focusRow(scroller: HTMLElement | null, key: string): boolean {
  const focused = document.activeElement;
  const isFree = focused === null || focused === document.body || scroller?.contains(focused) === true;
  if (!isFree) return true;
  const row = scroller?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  row?.focus({ preventScroll: true });
  return row !== null && row !== undefined;
}

function Line(props: Props & { readonly index: number; readonly reachable: string | null }) {
  const { items, index, filter, reachable, shown, selected, act } = props;
  const me = useMe();
  const canTriage = useCanTriage();
  const item = items[index];
  if (item === undefined) return null;
  const key = subjectKey(item.key);
  const line = {
    index,
    itemKey: item.key,
    marked: selected.has(key),
    shown: key === shown,
    current: item.key === reachable,
    canTriage,
    act,
  };
  switch (item.type) {
    case 'row':
      return (
        <QueueRow
          {...line}
          row={item.row}
          me={me.id}
          open={item.open}
          inGroup={item.inGroup}
          done={!fits(item.row, filter, me.id)}
        />
      );
    case 'member':
      return <MemberRow {...line} alert={item.alert} last={item.last} />;
    case 'group':
      return (
        <GroupRow
          group={item.group}
          itemKey={item.key}
          index={index}
          open={item.open}
          current={line.current}
          onFold={act.fold}
          onFocus={props.onGroupFocus}
          onMenu={props.onGroupMenu}
        />
      );
    case 'note':
      return (
        <div role="row" aria-rowindex={index + 2} className={styles.note} aria-busy={item.pending}>
          <div role="gridcell">{item.text}</div>
        </div>
      );
    case 'more':
      return (
        <div role="row" aria-rowindex={index + 2} className={styles.more}>
          <div role="gridcell">
            {props.loadingMore === 'failed' ? (
              <button type="button" className="btn" onClick={() => props.onEnd?.()}>
                Could not load more: try again
              </button>
            ) : (
              <span className="dim">Reading more rows</span>
            )}
          </div>
        </div>
      );
  }
}

const Head = memo(function Head({
  items,
  filter,
  selected,
  onSelectAll,
}: Pick<Props, 'items' | 'filter' | 'selected' | 'onSelectAll'>) {
  const all = new Set(items.flatMap((item) => subjectOf(item)?.key ?? [])).size;
  const isAll = all > 0 && selected.size >= all;
  if (filter.group.length > 0) {
    return (
      <div role="row" aria-rowindex={1} className={`${styles.head} ${styles.groupHead}`}>
        <div role="columnheader">
          <span className="unseen">Open</span>
        </div>
        <div role="columnheader" className={styles.priority}>
          Prio.
        </div>
        <div role="columnheader">Group by {filter.group.join(', ')}</div>
        <div role="columnheader" className={styles.tally}>
          Severity
        </div>
        <div role="columnheader" className={styles.extent}>
          Holds
        </div>
        <div role="columnheader">
          <span className="unseen">Actions</span>
        </div>
      </div>
    );
  }
  return (
    <div role="row" aria-rowindex={1} className={styles.head}>
      <div role="columnheader" className={styles.mark}>
        <input
          type="checkbox"
          className="tick"
          aria-label="Select all that is shown"
          title={withKey('Select all that is shown', 'selectAll')}
          checked={isAll}
          onChange={() => onSelectAll(!isAll)}
        />
      </div>
      <div role="columnheader">
        <span className="unseen">Open</span>
      </div>
      <div role="columnheader" className={styles.priority}>
        Prio.
      </div>
      <div role="columnheader">
        <span className="unseen">Severity</span>
      </div>
      <div role="columnheader">Alert or incident</div>
      <div role="columnheader" className={styles.attack}>
        ATT&amp;CK
      </div>
      <div role="columnheader" className={styles.entity}>
        Entity
      </div>
      <div role="columnheader" className={styles.source}>
        Source · first seen
      </div>
      <div role="columnheader" className={styles.owner}>
        Owner
      </div>
    </div>
  );
});
