/** The events that were found, as many as one likes: only those in view are drawn. */
import { IconX } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { HuntEvent } from '../../lib/types.ts';
import type { ActionsOf } from './actions.ts';
import { columnTitle, narrowed, template } from './columns.ts';
import { EventRow } from './event-row.tsx';
import styles from './list.module.css';

interface Props {
  readonly events: readonly HuntEvent[];
  readonly columns: readonly string[];
  readonly basis: 'event' | 'received';
  /** Rows of the search before. */
  readonly old: boolean;
  readonly running: boolean;
  readonly current: string | undefined;
  readonly open: string | undefined;
  readonly marked: ReadonlySet<string>;
  readonly actionsOf: ActionsOf;
  readonly onOpen: (id: string) => void;
  readonly onColumn: (name: string) => void;
}

const rowHeight = 29;
const narrowRow = 50;
const headHeight = 30;

export function EventList(props: Props) {
  const { events, current, onColumn } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const width = useWidth(scroll);
  const isNarrow = width > 0 && width < 420;
  const columns = narrowed(props.columns, width || 1_200);
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => (isNarrow ? narrowRow : rowHeight),
    overscan: 24,
    scrollPaddingStart: headHeight,
    getItemKey: (index) => events[index]?.eventId ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes change with the form of the rows
  useEffect(() => rows.measure(), [isNarrow]);
  useFollow(current, events, rows.scrollToIndex);
  const first = events[0]?.eventId;
  return (
    <div ref={scroll} className={styles.scroll} aria-busy={props.running}>
      <div
        role="grid"
        aria-label="Events"
        aria-rowcount={events.length + 1}
        className={styles.grid}
        data-narrow={isNarrow || undefined}
        data-old={props.old || undefined}
        style={{ '--columns': template(columns) } as React.CSSProperties}
      >
        <div role="row" aria-rowindex={1} className={styles.head}>
          <div role="columnheader">{props.basis === 'received' ? 'Received' : 'Time'}</div>
          {columns.map((name) => (
            <div key={name} role="columnheader" className={styles.title}>
              <span className="cut">{columnTitle(name)}</span>
              <button
                type="button"
                tabIndex={-1}
                aria-label={`Take column ${columnTitle(name)} away`}
                title="Take the column away"
                onClick={() => onColumn(name)}
              >
                <IconX size={12} aria-hidden />
              </button>
            </div>
          ))}
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const event = events[item.index];
            if (event === undefined) return null;
            return (
              <div
                key={item.key}
                role="presentation"
                className={styles.place}
                style={{ height: item.size, translate: `0 ${item.start}px` }}
              >
                <EventRow
                  event={event}
                  index={item.index}
                  columns={columns}
                  basis={props.basis}
                  open={event.eventId === props.open}
                  current={event.eventId === (current ?? first)}
                  marked={props.marked.has(event.eventId)}
                  actionsOf={props.actionsOf}
                  onOpen={props.onOpen}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    setWidth(element.clientWidth);
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  return width;
}

/** Keeps the current row in view, and the focus on it when it was on a row before. */
function useFollow(
  current: string | undefined,
  events: readonly HuntEvent[],
  scrollToIndex: (index: number, options: { readonly align: 'auto' }) => void,
): void {
  const seen = useRef(current);
  useEffect(() => {
    if (current === undefined || seen.current === current) return;
    seen.current = current;
    const at = events.findIndex((event) => event.eventId === current);
    if (at === -1) return;
    scrollToIndex(at, { align: 'auto' });
    const held = document.activeElement;
    if (held !== document.body && held?.closest('[data-event]') === null) return;
    requestAnimationFrame(() => {
      document
        .querySelector<HTMLElement>(`[data-event="${CSS.escape(current)}"]`)
        ?.focus({ preventScroll: true });
    });
  }, [current, events, scrollToIndex]);
}
