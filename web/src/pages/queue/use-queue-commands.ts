/** What can be done on the queue page by key and from the palette. */
import { useCommands } from '../../app/use-keys.ts';
import { useTriageCommands } from '../../app/use-triage-commands.ts';
import { ask } from '../../lib/asks.ts';
import { type Filter, writeFilter } from '../../lib/filter.ts';
import type { Subject } from '../../lib/subject.ts';
import type { Item } from './items.ts';
import type { useList } from './use-list.ts';

interface Props {
  readonly list: ReturnType<typeof useList>;
  /** What triage acts on. */
  readonly targets: readonly Subject[];
  readonly filter: Filter;
  readonly row: string | null;
  readonly onShowNew: () => void;
  readonly onFold: (item: Item) => void;
  readonly onArm: () => void;
  readonly onNote: () => void;
}

export function useQueueCommands(props: Props): void {
  const { list, targets, filter, row, onShowNew, onFold, onArm, onNote } = props;
  const { cursor, item, picked } = list;
  const isOpenable = item?.type === 'group' || (item?.type === 'row' && item.row.kind === 'incident');
  useCommands(1, {
    next: () => list.move(1),
    previous: () => list.move(-1),
    first: () => list.moveToEnd('first'),
    last: () => list.moveToEnd('last'),
    expand: isOpenable ? () => onFold(item) : undefined,
    collapse: isOpenable && item.open ? () => onFold(item) : undefined,
    drawer: drawerToggle(list, row),
    open:
      item === undefined ? undefined : () => (item.type === 'group' ? onFold(item) : list.openPage(item.key)),
    back: () => leave(list, row),
    showNew: onShowNew,
    select: cursor === null ? undefined : () => list.mark(cursor),
    selectRange: cursor === null ? undefined : () => extend(list, cursor),
    selectAll: () => list.selectAllOrNone(true),
    saveView: () => ask({ type: 'view', search: writeFilter(filter) }),
  });
  useTriageCommands(targets, { picked, onArm, onNote });
}

function drawerToggle(list: Props['list'], row: string | null): (() => void) | undefined {
  const { item } = list;
  if (row !== null) return list.leave;
  return item === undefined || item.type === 'group' ? undefined : () => list.peek(item.key);
}

/** Esc leaves one thing at a time: the drawer, then what is selected. */
function leave(list: Props['list'], row: string | null): void {
  if (row !== null) {
    const line = list.cursor ?? row;
    list.leave();
    document.querySelector<HTMLElement>(`[data-key="${CSS.escape(line)}"]`)?.focus();
  } else list.clear();
}

function extend(list: Props['list'], cursor: string): void {
  list.markTo(cursor);
  list.move(1);
}
