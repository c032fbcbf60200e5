/** The queue: what needs somebody, worst first. */
import { useSearch } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { useActions } from '../../app/actions.tsx';
import { Page } from '../../app/page.tsx';
import { useMe } from '../../app/session.tsx';
import { ask } from '../../lib/asks.ts';
import { type QueueSearch, readFilter } from '../../lib/filter.ts';
import { BulkBar } from './bulk-bar.tsx';
import { Drawer } from './drawer.tsx';
import { Facets, useFacets } from './facets.tsx';
import { focusWhenThere } from './focus-when-there.ts';
import { groupMenu } from './group-menu.ts';
import listStyles from './list.module.css';
import { ListBody } from './list-body.tsx';
import { Pills } from './pills.tsx';
import styles from './queue.module.css';
import { QueueTools } from './queue-tools.tsx';
import type { RowActions } from './row-actions.ts';
import { useItems } from './use-items.ts';
import { useLabels } from './use-labels.ts';
import { useList } from './use-list.ts';
import { useQueue } from './use-queue.ts';
import { useQueueCommands } from './use-queue-commands.ts';
import { useStable } from './use-stable.ts';
import { ViewTabs } from './view-tabs.tsx';
import { Volume } from './volume.tsx';

export function QueuePage() {
  const { row = null, ...search } = useSearch({ from: '/in/' });
  const address = JSON.stringify(search);
  const filter = useMemo(() => readFilter(JSON.parse(address) as QueueSearch), [address]);
  const me = useMe();
  const { apply } = useActions();
  const queue = useQueue(filter, me.id);
  const { items, groups, toggleOpen } = useItems(filter, queue);
  const list = useList(items, filter, row);
  const note = useRef<HTMLTextAreaElement>(null);
  const [armed, setArmed] = useState(false);
  const [showFacets, setShowFacets] = useState(false);
  // What is counted waits for the rows: they are what one came for.
  const ready = queue.list.isSuccess || groups.isSuccess;
  const facets = useFacets(filter, ready);
  const labelOf = useLabels(facets.data, queue.rows);
  const fold = (key: string) => {
    const item = items.find((candidate) => candidate.key === key);
    if (item !== undefined) toggleOpen(item);
  };
  const act = useStable<RowActions>({
    click: (key, event) => {
      // A verdict that was begun is for the row it was begun on.
      setArmed(false);
      if (event.shiftKey) list.markTo(key);
      else if (event.ctrlKey || event.metaKey) list.mark(key);
      else list.peek(key);
    },
    openPage: list.openPage,
    mark: (key, range) => (range ? list.markTo(key) : list.mark(key)),
    fold,
    acknowledge: (subject) => void apply([subject], { kind: 'acknowledge' }),
    escalate: (subject) => ask({ type: 'escalate', subjects: [subject] }),
  });
  const hasBar = list.picked.length > 0;
  useQueueCommands({
    queue,
    list,
    filter,
    row,
    onFold: toggleOpen,
    onArm: () => {
      if (!hasBar && row === null && list.item !== undefined) list.peek(list.item.key);
      setArmed(true);
    },
    onNote: () => {
      if (row === null && list.item !== undefined) list.peek(list.item.key);
      focusWhenThere(note);
    },
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
          onFacets={() => setShowFacets(!showFacets)}
          onFilter={list.setFilter}
          onPeek={list.peek}
        />
      }
    >
      <div
        className={styles.queue}
        data-facets={showFacets || undefined}
        data-drawer={row !== null || undefined}
      >
        <Facets filter={filter} facets={facets} me={me.id} onFilter={list.setFilter} />
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
            shown={row}
            act={act}
            onGroupMenu={(anchor, group) =>
              groupMenu(anchor, group, { filter, onFilter: list.setFilter, apply, me })
            }
          />
          {hasBar ? (
            <BulkBar
              subjects={list.picked}
              armed={armed}
              onArm={setArmed}
              onClear={list.clear}
              onClosed={list.advance}
            />
          ) : null}
        </div>
        {row === null ? null : (
          <Drawer
            itemKey={row}
            items={items}
            note={note}
            armed={armed && !hasBar}
            onArm={setArmed}
            onStep={list.move}
            onLeave={list.leave}
            onClosed={list.advance}
            onPeek={list.peek}
          />
        )}
      </div>
    </Page>
  );
}
