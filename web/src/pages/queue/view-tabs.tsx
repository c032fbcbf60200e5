/** Saved views: links with a name and what they hold. */
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo, useSyncExternalStore } from 'react';
import { client } from '../../lib/api.ts';
import { ask } from '../../lib/asks.ts';
import { countKey } from '../../lib/cache.ts';
import { withKey } from '../../lib/commands.ts';
import { type Filter, isSameView, readFilter, writeFilter } from '../../lib/filter.ts';
import { toInput } from '../../lib/queue-input.ts';
import { showToast } from '../../lib/toasts.ts';
import { builtInViews, ownViews, removeView, saveView, type View, watchViews } from '../../lib/views.ts';
import styles from './views.module.css';

const countAgainAfterMs = 30_000;

interface Props {
  readonly filter: Filter;
  /** Of the view that is shown; the others are counted by themselves. */
  readonly total: number | undefined;
}

export const ViewTabs = memo(function ViewTabs({ filter, total }: Props) {
  const own = useSyncExternalStore(watchViews, ownViews);
  const views = [...builtInViews, ...own];
  const counts = useCounts(views, total !== undefined);
  const isKnown = views.some((view) => isSameView(readFilter(view.search), filter));
  return (
    <nav className={styles.views} aria-label="Views">
      {views.map((view, i) => {
        const active = isSameView(readFilter(view.search), filter);
        return (
          <span key={`${view.own}${view.name}`} className={styles.view} data-active={active || undefined}>
            <Link
              to="/"
              search={view.search}
              aria-current={active ? 'page' : undefined}
              activeProps={{}}
              className={styles.link}
            >
              {view.name} <span className="num">{(active ? total : counts[i])?.toLocaleString('en')}</span>
            </Link>
            {view.own && active ? <Remove view={view} /> : null}
          </span>
        );
      })}
      {isKnown ? null : (
        <button
          type="button"
          className={styles.save}
          title={withKey('Save this view', 'saveView')}
          onClick={() => ask({ type: 'view', search: writeFilter(filter) })}
        >
          <IconPlus size={14} aria-hidden /> Save view
        </button>
      )}
    </nav>
  );
});

function Remove({ view }: { readonly view: View }) {
  return (
    <button
      type="button"
      className={styles.remove}
      aria-label={`Remove the view ${view.name}`}
      title="Remove this view; its address still works"
      onClick={() => {
        removeView(view.name);
        showToast(`Removed the view ${view.name}`, { undo: () => saveView(view.name, view.search) });
      }}
    >
      <IconX size={12} aria-hidden />
    </button>
  );
}

function useCounts(views: readonly View[], on: boolean): readonly (number | undefined)[] {
  return useQueries({
    queries: views.map((view) => ({
      queryKey: [...countKey, view.search],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => {
        const input = { ...toInput(readFilter(view.search), Date.now()), limit: 1 };
        return (await client.queue.list(input, { signal })).total;
      },
      enabled: on,
      staleTime: countAgainAfterMs,
    })),
    combine: (answers) => answers.map(({ data }) => data),
  });
}
