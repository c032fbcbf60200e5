/** Above the list: search, time, what else can be made, and the one primary act. */

import { IconChevronDown, IconDots, IconFilter } from '@tabler/icons-react';
import { memo } from 'react';
import { useActions } from '../../app/actions.tsx';
import { SearchBox } from '../../app/search-box.tsx';
import { useCanTriage } from '../../app/session.tsx';
import { client } from '../../lib/api.ts';
import { ask } from '../../lib/asks.ts';
import { capsOf } from '../../lib/commands.ts';
import { explain } from '../../lib/errors.ts';
import type { Filter } from '../../lib/filter.ts';
import { readWords } from '../../lib/filter-words.ts';
import { showMenu } from '../../lib/menus.ts';
import { noticesOn, toggleNotices } from '../../lib/notices.ts';
import { toInput } from '../../lib/queue-input.ts';
import { lastRanges, rangeName } from '../../lib/ranges.ts';
import { showToast } from '../../lib/toasts.ts';
import type { QueueRow } from '../../lib/types.ts';
import styles from './queue.module.css';

interface Props {
  readonly filter: Filter;
  readonly facetsOpen: boolean;
  readonly onFacets: () => void;
  readonly onFilter: (filter: Filter) => void;
  readonly onPeek: (key: string) => void;
}

export const QueueTools = memo(function QueueTools({
  filter,
  facetsOpen,
  onFacets,
  onFilter,
  onPeek,
}: Props) {
  const { apply } = useActions();
  const canTriage = useCanTriage();
  const takeNext = async () => {
    try {
      const next = await firstUnowned(filter);
      if (next === undefined) {
        showToast('Nothing open and unowned is in this view');
        return;
      }
      onPeek(next.key);
      await apply([next], { kind: 'assign', owner: 'me', ownerName: 'you' });
    } catch (error) {
      showToast(`The next one could not be read; nothing was changed. ${explain(error)}`, { failed: true });
    }
  };
  return (
    <>
      <button
        type="button"
        className={`btn ${styles.filterButton}`}
        aria-expanded={facetsOpen}
        onClick={onFacets}
      >
        <IconFilter size={15} aria-hidden /> Filters
      </button>
      <SearchBox
        label="Filter, e.g. host:ws-17 severity:high"
        value={filter.text}
        onChange={(words) => onFilter({ ...filter, text: words })}
        onEnter={(words) => onFilter(readWords(words, filter))}
      />
      <TimeButton filter={filter} onFilter={onFilter} />
      <button
        type="button"
        className="btn"
        data-icon
        data-quiet
        aria-haspopup="menu"
        aria-label="More"
        title="More"
        onClick={(event) =>
          showMenu(event.currentTarget, 'More', [
            ...(canTriage
              ? [
                  {
                    label: 'New alert by hand',
                    caps: capsOf('newAlert'),
                    act: () => ask({ type: 'create', kind: 'alert', alerts: [] }),
                  },
                  {
                    label: 'New incident by hand',
                    caps: capsOf('newIncident'),
                    act: () => ask({ type: 'create', kind: 'incident', alerts: [] }),
                  },
                ]
              : []),
            {
              label: 'Desktop notices for critical ones',
              checked: noticesOn(),
              apart: true,
              act: () => void toggleNotices(),
            },
          ])
        }
      >
        <IconDots size={17} aria-hidden />
      </button>
      {canTriage ? (
        <button
          type="button"
          className={`btn ${styles.primary}`}
          data-primary
          title="Assign the first unowned row to me and open it"
          onClick={() => void takeNext()}
        >
          Take next
        </button>
      ) : null}
    </>
  );
});

/** As the service has it now: what is shown may be older. */
async function firstUnowned(filter: Filter): Promise<QueueRow | undefined> {
  const open = filter.status.filter((status) => status !== 'closed');
  const input = toInput(
    { ...filter, owner: ['none'], status: open.length > 0 ? open : ['new', 'in_triage'] },
    Date.now(),
  );
  const { items } = await client.queue.list({ ...input, sort: filter.sort, limit: 1 });
  return items[0];
}

function TimeButton({ filter, onFilter }: Pick<Props, 'filter' | 'onFilter'>) {
  const { time } = filter;
  return (
    <button
      type="button"
      className={`btn ${styles.time}`}
      data-quiet
      aria-haspopup="menu"
      title={filter.basis === 'event' ? 'By event time' : 'By alert time'}
      onClick={(event) =>
        showMenu(event.currentTarget, filter.basis === 'event' ? 'Event time' : 'Alert time', [
          { label: 'Any time', checked: time === null, act: () => onFilter({ ...filter, time: null }) },
          ...lastRanges.map(({ range, name }) => ({
            label: name,
            checked: time === range,
            act: () => onFilter({ ...filter, time: range }),
          })),
          {
            label: 'From … to …',
            checked: time?.includes('..') ?? false,
            apart: true,
            act: () =>
              ask({ type: 'time', range: time, onRange: (range) => onFilter({ ...filter, time: range }) }),
          },
        ])
      }
    >
      <span className="cut">{rangeName(time)}</span> <IconChevronDown size={14} aria-hidden />
    </button>
  );
}
