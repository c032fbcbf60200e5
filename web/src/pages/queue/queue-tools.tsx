/** Above the list: search, time, what else can be made, and the one primary act. */
import { IconChevronDown, IconDots, IconFilter } from '@tabler/icons-react';
import { useActions } from '../../app/actions.tsx';
import { SearchBox } from '../../app/search-box.tsx';
import { useCanTriage } from '../../app/session.tsx';
import { ask } from '../../lib/asks.ts';
import { capsOf } from '../../lib/commands.ts';
import type { Filter } from '../../lib/filter.ts';
import { readWords } from '../../lib/filter-words.ts';
import { showMenu } from '../../lib/menus.ts';
import { noticesOn, toggleNotices } from '../../lib/notices.ts';
import { lastRanges, rangeName } from '../../lib/ranges.ts';
import { showToast } from '../../lib/toasts.ts';
import type { QueueRow } from '../../lib/types.ts';
import styles from './queue.module.css';

interface Props {
  readonly filter: Filter;
  readonly rows: readonly QueueRow[];
  readonly facetsOpen: boolean;
  readonly onFacets: () => void;
  readonly onFilter: (filter: Filter) => void;
  readonly onPeek: (key: string) => void;
}

export function QueueTools({ filter, rows, facetsOpen, onFacets, onFilter, onPeek }: Props) {
  const { apply } = useActions();
  const canTriage = useCanTriage();
  const takeNext = () => {
    const next = rows.find((row) => row.ownerId === null && row.status !== 'closed');
    if (next === undefined) {
      showToast('Nothing unowned is in this view');
      return;
    }
    onPeek(next.key);
    void apply([next], { kind: 'assign', owner: 'me', ownerName: 'you' });
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
          onClick={takeNext}
        >
          Take next
        </button>
      ) : null}
    </>
  );
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
