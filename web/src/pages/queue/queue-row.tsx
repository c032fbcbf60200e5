/** One incident or lone alert: what, where, since when, whose, and its acts within reach. */
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import { PresenceMark } from '../../components/presence.tsx';
import { QueueValue } from '../../components/queue-value.tsx';
import { SeverityMark } from '../../components/severity.tsx';
import { Value } from '../../components/value.tsx';
import { When } from '../../components/when.tsx';
import { withKey } from '../../lib/commands.ts';
import { chips, countsText } from '../../lib/row-text.ts';
import { standing } from '../../lib/subject.ts';
import type { QueueRow as Row } from '../../lib/types.ts';
import styles from './list.module.css';
import { AttackCell, type LineProps, RowFrame, stop } from './row-parts.tsx';

interface Props extends LineProps {
  readonly row: Row;
  readonly open: boolean;
  readonly me: string;
  readonly inGroup: boolean;
  /** No longer belongs to the view; stays until the list is refreshed. */
  readonly done: boolean;
}

export const QueueRow = memo(function QueueRow(props: Props) {
  const { row, open, inGroup, me, ...line } = props;
  const { act } = line;
  const isIncident = row.kind === 'incident';
  return (
    <RowFrame {...line} subject={row} kind={row.kind} nested={inGroup}>
      <div role="gridcell" className={styles.fold}>
        {isIncident ? (
          <button
            type="button"
            className={styles.foldButton}
            tabIndex={-1}
            aria-expanded={open}
            aria-label={open ? `Hide the alerts of ${row.key}` : `Show the alerts of ${row.key}`}
            title={withKey(open ? 'Hide its alerts' : 'Show its alerts', 'expand')}
            onClick={(event) => stop(event, () => act.fold(line.itemKey))}
          >
            {open ? <IconChevronDown size={15} aria-hidden /> : <IconChevronRight size={15} aria-hidden />}
          </button>
        ) : null}
      </div>
      <div role="gridcell" className={`num ${styles.priority}`}>
        {row.priority}
      </div>
      <div role="gridcell" className={styles.severity}>
        <SeverityMark severity={row.severity} />
      </div>
      <TitleCell row={row} onFold={() => act.fold(line.itemKey)} />
      <AttackCell tags={row.tags} />
      <EntityCell row={row} />
      <SourceCell row={row} />
      <OwnerCell row={row} me={me} />
    </RowFrame>
  );
});

function TitleCell({ row, onFold }: { readonly row: Row; readonly onFold: () => void }) {
  const reasons = chips(row.priorityReasons);
  return (
    <div role="gridcell" className={styles.title}>
      <p className="cut">
        <b>
          <Value text={row.title} plain />
        </b>
        {row.kind === 'alert' && row.detections > 1 ? (
          <span className={`num ${styles.times}`} title={`${row.detections} detections`}>
            ×{row.detections.toLocaleString('en')}
          </span>
        ) : null}
        <PresenceMark id={row.id} />
      </p>
      <p className={`cut ${styles.second}`}>
        {reasons === '' ? (
          <span className="mono">{row.key}</span>
        ) : (
          <span className={styles.chip} title={row.priorityReasons.map(({ text }) => text).join(', ')}>
            <Value text={reasons} plain />
          </span>
        )}
      </p>
      {row.kind === 'incident' ? (
        <p className={`cut ${styles.second}`}>
          <button
            type="button"
            className={styles.count}
            tabIndex={-1}
            onClick={(event) => stop(event, onFold)}
          >
            {row.alerts === 1 ? '1 alert' : `${row.alerts.toLocaleString('en')} alerts`}
          </button>{' '}
          <span title={row.reason}>{countsText(row)}</span>
        </p>
      ) : null}
    </div>
  );
}

function EntityCell({ row }: { readonly row: Row }) {
  return (
    <div role="gridcell" className={styles.entity}>
      <p className="cut">
        <Entity facet="host" all={row.hosts} count={row.hostCount} />
      </p>
      <p className={`cut ${styles.second}`}>
        <Entity facet="user" all={row.users} count={row.userCount} />
      </p>
    </div>
  );
}

function Entity({
  facet,
  all,
  count,
}: {
  readonly facet: 'host' | 'user';
  readonly all: Row['hosts'];
  readonly count: number;
}) {
  const [first] = all;
  if (first === undefined) return <span className="dim">no {facet}</span>;
  return (
    <>
      <QueueValue inRow facet={facet} id={first.id} name={first.name} />
      {count > 1 ? <span className={`num ${styles.times}`}>+{count - 1}</span> : null}
    </>
  );
}

function SourceCell({ row }: { readonly row: Row }) {
  const [first, ...more] = row.sources;
  return (
    <div role="gridcell" className={styles.source}>
      <p className="cut">
        {first === undefined ? null : <QueueValue inRow facet="source" id={first} name={first} plain />}
        {more.length > 0 ? <span className={`num ${styles.times}`}>+{more.length}</span> : null}
      </p>
      <p className={`cut ${styles.second}`}>
        <span className={styles.moment}>
          <When at={row.firstEventAt} as="moment" /> ·{' '}
        </span>
        <When at={row.firstEventAt} />
      </p>
    </div>
  );
}

function OwnerCell({ row, me }: { readonly row: Row; readonly me: string }) {
  return (
    <div role="gridcell" className={styles.owner}>
      <p className={row.ownerId === null ? 'cut dim' : 'cut'}>
        {row.ownerId === null ? (
          'Unowned'
        ) : row.ownerId === me ? (
          'You'
        ) : (
          <Value text={row.ownerName ?? ''} plain />
        )}
      </p>
      <p
        className={`cut ${styles.second}`}
        title={row.waiting === null ? '' : `waits for ${row.waiting.for}`}
      >
        {standing(row)}
        {row.waiting === null ? null : (
          <>
            {', '}
            <When at={row.waiting.until} />
          </>
        )}
      </p>
    </div>
  );
}
