/** The list with what stands in for it: bones while it loads, why it failed, why it is empty; what is new above it. */
import { Bones, Failure } from '../../components/failure.tsx';
import { capsOf } from '../../lib/commands.ts';
import { defaultFilter, type Filter, isSameView } from '../../lib/filter.ts';
import type { QueueGroup } from '../../lib/types.ts';
import { EmptyView } from './empty-view.tsx';
import styles from './foot.module.css';
import { Foot } from './foot.tsx';
import { heights, type Item } from './items.ts';
import { QueueList } from './queue-list.tsx';
import type { RowActions } from './row-actions.ts';
import type { useItems } from './use-items.ts';
import type { useList } from './use-list.ts';
import type { useQueue } from './use-queue.ts';

interface Props {
  readonly queue: ReturnType<typeof useQueue>;
  readonly groups: ReturnType<typeof useItems>['groups'];
  readonly items: readonly Item[];
  readonly filter: Filter;
  readonly list: ReturnType<typeof useList>;
  readonly act: RowActions;
  readonly onGroupMenu: (anchor: HTMLElement, group: QueueGroup) => void;
}

export function ListBody(props: Props) {
  const { queue, groups, items, filter, list } = props;
  const isGrouped = filter.group.length > 0;
  const answer = isGrouped ? groups.query : queue.list;
  const news = isGrouped ? (groups.changed ? '↑ The groups have changed' : '') : newsText(queue);
  const isEmpty = answer.isSuccess && items.length === 0;
  return (
    <>
      <div className={styles.body}>
        <div aria-live="polite">
          {news === '' ? null : (
            <button
              type="button"
              className={styles.news}
              onClick={() => void (isGrouped ? groups.showNew() : queue.showNew())}
            >
              {news} <kbd>{capsOf('showNew')[0]}</kbd>
            </button>
          )}
        </div>
        {answer.isPending ? <Bones rows={14} height={heights.row} /> : null}
        {answer.isError && items.length === 0 ? (
          <Failure
            what="The queue could not be read."
            error={answer.error}
            stillTrue="Alerts are kept, your filters stand in the address."
            onRetry={() => void answer.refetch()}
          />
        ) : null}
        {isEmpty ? (
          <EmptyView isDefault={isSameView(filter, defaultFilter)} onFilter={list.setFilter} />
        ) : null}
        {items.length > 0 ? <Rows {...props} /> : null}
      </div>
      <Foot
        shown={queue.rows.length}
        total={queue.total}
        exact={queue.totalExact}
        groups={isGrouped ? groups.shown.length : null}
      />
    </>
  );
}

function newsText({ newCount, doneCount }: Props['queue']): string {
  const parts = [
    newCount > 0 ? `↑ ${newCount} new` : null,
    doneCount > 0 ? `${doneCount} no longer in this view` : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

function Rows({ queue, items, filter, list, act, onGroupMenu }: Props) {
  const pages = queue.list;
  return (
    <QueueList
      items={items}
      filter={filter}
      total={filter.group.length === 0 ? queue.total : items.length}
      cursor={list.cursor}
      shown={list.shown.key}
      selected={list.selected}
      act={act}
      onSelectAll={list.selectAllOrNone}
      onGroupMenu={onGroupMenu}
      onGroupFocus={list.setCursor}
      onEnd={pages.hasNextPage && !pages.isFetchingNextPage ? () => void pages.fetchNextPage() : null}
      loadingMore={pages.isFetchNextPageError ? 'failed' : pages.isFetchingNextPage ? 'busy' : 'idle'}
    />
  );
}
