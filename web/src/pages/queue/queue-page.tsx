/** The queue: what needs somebody, worst first. */
import { useSearch } from '@tanstack/react-router';
import { type ComponentProps, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useActions } from '../../app/actions.tsx';
import { later } from '../../app/later.ts';
import { Page } from '../../app/page.tsx';
import { useMe } from '../../app/session.tsx';
import { ask } from '../../lib/asks.ts';
import { type QueueSearch, readFilter } from '../../lib/filter.ts';
import { PassingContext } from '../../lib/passing.ts';
import type { QueueGroup } from '../../lib/types.ts';
import type { BulkBar } from './bulk-bar.tsx';
import type { Drawer } from './drawer.tsx';
import { Facets, useFacets } from './facets.tsx';
import { focusWhenThere } from './focus-when-there.ts';
import { groupMenu } from './group-menu.ts';
import { type Item, subjectKey } from './items.ts';
import listStyles from './list.module.css';
import { ListBody } from './list-body.tsx';
import { Pills } from './pills.tsx';
import styles from './queue.module.css';
import { QueueTools } from './queue-tools.tsx';
import type { RowActions } from './row-actions.ts';
import { useAfterPaint } from './use-after-paint.ts';
import { useItems } from './use-items.ts';
import { useLabels } from './use-labels.ts';
import { useList } from './use-list.ts';
import { useNeighbours } from './use-neighbours.ts';
import { useQueue } from './use-queue.ts';
import { useQueueCommands } from './use-queue-commands.ts';
import { useStable } from './use-stable.ts';
import { useUnlisted } from './use-unlisted.ts';
import { ViewTabs } from './view-tabs.tsx';
import { Volume } from './volume.tsx';

const beside = later(() => import('./beside.ts'));

export function QueuePage() {
  useEffect(() => beside.start(), []);
  const { row = null, ...search } = useSearch({ from: '/in/' });
  const address = JSON.stringify(search);
  const filter = useMemo(() => readFilter(JSON.parse(address) as QueueSearch), [address]);
  const me = useMe();
  const { apply } = useActions();
  const queue = useQueue(filter, me.id);
  const { items, groups, toggleOpen } = useItems(filter, queue);
  const list = useList(items, filter, row);
  const { shown } = list;
  useNeighbours(items, shown);
  const note = useRef<HTMLTextAreaElement>(null);
  const [armed, setArmed] = useState(false);
  const [showFacets, setShowFacets] = useState(false);
  // What is counted waits for the rows: they are what one came for.
  const ready = queue.list.isSuccess || groups.query.isSuccess;
  const facets = useFacets(filter, ready);
  const labelOf = useLabels(facets.data, queue.rows);
  const hasBar = list.picked.length > 0;
  // The row answers the key at once; the drawer follows when there is time. A verdict is never for another one.
  const late = useAfterPaint(shown);
  const drawn = armed ? shown : late;
  const drawnKey = useRef(drawn.key);
  useEffect(() => {
    drawnKey.current = drawn.key;
  });
  const here = useStable({
    arm: setArmed,
    facets: () => setShowFacets((open) => !open),
    groupMenu: (anchor: HTMLElement, group: QueueGroup) =>
      groupMenu(anchor, group, { filter, onFilter: list.setFilter, apply, me }),
    openAndArm: () => {
      if (!hasBar && shown.key === null && list.item !== undefined) list.peek(list.item.key);
      setArmed(true);
    },
    openAndNote: () => {
      const line = list.item?.key ?? shown.key;
      if (line === null) return;
      if (shown.key === null) list.peek(line);
      const key = subjectKey(line);
      focusWhenThere(() => (drawnKey.current === key ? note.current : null));
    },
  });
  const act = useRowActions(items, list, { setArmed, toggleOpen });
  const unlisted = useUnlisted(list.item === undefined && !hasBar ? shown.key : null);
  const showNew = filter.group.length === 0 ? queue.showNew : groups.showNew;
  useQueueCommands({
    list,
    targets: unlisted === null ? list.targets : [unlisted],
    filter,
    row: shown.key,
    onShowNew: () => void showNew(),
    onFold: toggleOpen,
    onArm: here.openAndArm,
    onNote: here.openAndNote,
  });
  // Rows can be in several groups: their sum says nothing.
  const total = filter.group.length === 0 ? queue.total : facets.data?.counted;
  return (
    <Page
      title="Queue"
      count={total}
      {...(queue.totalExact ? {} : { countNote: 'or more' })}
      tools={
        <QueueTools
          filter={filter}
          facetsOpen={showFacets}
          onFacets={here.facets}
          onFilter={list.setFilter}
          onPeek={list.peek}
        />
      }
    >
      <div
        className={styles.queue}
        data-facets={showFacets || undefined}
        data-drawer={drawn.key !== null || undefined}
      >
        <Facets
          filter={filter}
          facets={facets.data}
          failed={facets.isError}
          me={me.id}
          onFilter={list.setFilter}
          onRetry={facets.refetch}
        />
        <div className={listStyles.list}>
          <ViewTabs filter={filter} total={total} />
          <Pills filter={filter} labelOf={labelOf} onFilter={list.setFilter} />
          <Volume filter={filter} on={ready} onFilter={list.setFilter} />
          <ListBody
            queue={queue}
            groups={groups}
            items={items}
            filter={filter}
            list={list}
            act={act}
            onGroupMenu={here.groupMenu}
          />
          {hasBar ? (
            <LateBulkBar
              subjects={list.picked}
              armed={armed}
              onArm={here.arm}
              onClear={list.clear}
              onClosed={list.advance}
            />
          ) : null}
        </div>
        {drawn.key === null ? null : (
          <PassingContext value={drawn.passing}>
            <LateDrawer
              itemKey={drawn.key}
              items={items}
              unlisted={unlisted}
              note={note}
              armed={armed && !hasBar}
              onArm={here.arm}
              onStep={list.move}
              onLeave={list.leave}
              onClosed={list.advance}
              onPeek={list.peek}
            />
          </PassingContext>
        )}
      </div>
    </Page>
  );
}

function LateDrawer(props: ComponentProps<typeof Drawer>) {
  return (
    <Suspense fallback={<aside className={styles.drawerPlace} aria-busy />}>
      <DrawerInside {...props} />
    </Suspense>
  );
}

function DrawerInside(props: ComponentProps<typeof Drawer>) {
  const { Drawer: Part } = beside.read();
  return <Part {...props} />;
}

function LateBulkBar(props: ComponentProps<typeof BulkBar>) {
  return (
    <Suspense fallback={null}>
      <BulkBarInside {...props} />
    </Suspense>
  );
}

function BulkBarInside(props: ComponentProps<typeof BulkBar>) {
  const { BulkBar: Part } = beside.read();
  return <Part {...props} />;
}

function useRowActions(
  items: readonly Item[],
  list: ReturnType<typeof useList>,
  page: { readonly setArmed: (armed: boolean) => void; readonly toggleOpen: (item: Item) => void },
): RowActions {
  const { apply } = useActions();
  return useStable<RowActions>({
    click: (key, event) => {
      // A verdict that was begun is for the row it was begun on.
      page.setArmed(false);
      if (event.shiftKey) list.markTo(key);
      else if (event.ctrlKey || event.metaKey) list.mark(key);
      else list.peek(key);
    },
    openPage: list.openPage,
    mark: (key, range) => (range ? list.markTo(key) : list.mark(key)),
    fold: (key) => {
      const item = items.find((candidate) => candidate.key === key);
      if (item !== undefined) page.toggleOpen(item);
    },
    acknowledge: (subject) => void apply([subject], { kind: 'acknowledge' }),
    escalate: (subject) => ask({ type: 'escalate', subjects: [subject] }),
  });
}
